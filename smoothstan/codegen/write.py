"""Write the Stan program of a design."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from smoothstan.arrays import StanData
from smoothstan.codegen.derived import Derived, HeldPart, derived_of
from smoothstan.codegen.environment import environment
from smoothstan.codegen.likelihood import LikelihoodPart, likelihood_part
from smoothstan.codegen.long_lines import break_long_lines
from smoothstan.codegen.priors import PriorDraw, PriorPart, bounds_of, distinct, draws_of, improper, statements_of
from smoothstan.codegen.program import StanProgram, declared_data
from smoothstan.codegen.shrinking import ShrinkagePart
from smoothstan.design import BoundResponse, Design
from smoothstan.errors import PriorError
from smoothstan.families import Constant
from smoothstan.priors import PriorTable
from smoothstan.terms import BoundTerm, GroupTerm, PriorParameter, Variable, suffix
from smoothstan.terms.centring import offset

SAMPLE_PRIOR = ("no", "yes", "only")


@dataclass(frozen=True)
class TermPart:
    """A bound term as its template sees it.

    ``bounds`` is by Stan name, ``on`` names a parameter other than mu; centred effects have an ``offset``, or none.
    """

    term: BoundTerm
    bounds: Mapping[str, str]
    on: str
    offset: str = ""

    @property
    def template(self) -> str:
        """The term's template."""
        return self.term.template


@dataclass(frozen=True)
class ResponsePart:
    """The response as its template sees it."""

    response: BoundResponse
    constants: tuple[Constant, ...]
    template: str = "response.stan.jinja"


Part: TypeAlias = ResponsePart | TermPart | LikelihoodPart | PriorPart | HeldPart | ShrinkagePart


@dataclass(frozen=True)
class ProgramModel:
    """What the templates place: comment lines and the parts of the program."""

    header: tuple[str, ...]
    response: ResponsePart
    derived: Derived
    terms: tuple[TermPart, ...]
    likelihood: LikelihoodPart
    priors: PriorPart

    @property
    def declarations(self) -> tuple[Part, ...]:
        """The parts in the order in which they declare things."""
        return (self.response, *self.terms, self.likelihood, self.priors)

    @property
    def additions(self) -> tuple[Part, ...]:
        """The parts in the order of functions, data and parameters: what shrinkage and constants add comes last."""
        return (*self.declarations, *self.derived.parts)

    @property
    def transformed(self) -> tuple[Part, ...]:
        """The parts in the order in which they transform parameters: terms need those that are derived."""
        return (self.response, *self.derived.parts, *self.terms, self.likelihood, self.priors)

    @property
    def statements(self) -> tuple[Part, ...]:
        """The parts in the order in which they add to the target: likelihood, priors, standardised effects."""
        return (self.likelihood, self.priors, *self.derived.parts, *self.terms)


def write_program(design: Design, priors: PriorTable, *, version: str, sample_prior: str = "no") -> StanProgram:
    """Write the Stan program of a model and collect its data.

    Args:
        design: the bound model.
        priors: its resolved priors.
        version: the version of smoothstan, for the first comment.
        sample_prior: ``"no"``; ``"yes"`` to draw from the proper priors as well; ``"only"`` to leave
            the likelihood out.

    Raises:
        PriorError: if ``sample_prior="only"`` and a prior is flat.
    """
    parts = _model(design, priors, version, sample_prior)
    code = _render(parts)
    data = design.stan_data(prior_only=sample_prior == "only") | _prior_data(design, priors, parts.derived)
    variables = _variables(design, parts)
    latent = tuple(variable for term in design.terms for variable in term.latent_variables)
    return StanProgram(code, {name: data[name] for name in declared_data(code)}, variables, latent)


def prior_data(design: Design, priors: PriorTable) -> StanData:
    """Return the data that priors give, under brms's names: ``hs_df``, ``R2D2_mean_R2``, ``con_simo_1``, ..."""
    return _prior_data(design, priors, derived_parameters(design, priors))


def _prior_data(design: Design, priors: PriorTable, derived: Derived) -> StanData:
    data = derived.data(design.n)
    for term in design.terms:
        data |= term.prior_data(priors)
    return data


def derived_parameters(design: Design, priors: PriorTable) -> Derived:
    """Return the parameters that are not sampled themselves: constants, and those with a shrinkage prior."""
    return _derived(design, priors, _term_parts(design, priors))


def _derived(design: Design, priors: PriorTable, terms: tuple[TermPart, ...]) -> Derived:
    modules = ((environment().get_template(part.template).module, part) for part in terms)
    texts = (str(module.parameters(part)) for module, part in modules if hasattr(module, "parameters"))
    return derived_of(design, priors, "".join(texts))


def write_code(design: Design, priors: PriorTable, *, version: str, sample_prior: str = "no") -> str:
    """Write the Stan program of a model without collecting its data; the arguments are those of ``write_program``."""
    return _render(_model(design, priors, version, sample_prior))


def _render(model: ProgramModel) -> str:
    code = environment().get_template("program.stan.jinja").render(model=model)
    return break_long_lines(model.derived.without_declarations(code))


def _model(design: Design, priors: PriorTable, version: str, sample_prior: str) -> ProgramModel:
    parameters = _prior_parameters(design)
    if sample_prior == "only" and (flat := improper(parameters, priors)):
        raise PriorError(
            f"sample_prior='only' needs a proper prior for every parameter; {', '.join(flat)} "
            f"{'has' if len(flat) == 1 else 'have'} a flat one"
        )
    terms = _term_parts(design, priors)
    derived = _derived(design, priors, terms)
    return ProgramModel(
        _header(design, version),
        ResponsePart(design.response, design.family.constants),
        derived,
        tuple(_about_intercepts(terms, design, derived)),
        likelihood_part(design),
        _prior_part(design, priors, derived.shrinkages, draw=sample_prior == "yes"),
    )


def _header(design: Design, version: str) -> tuple[str, ...]:
    lines = [line for text in str(design.formula).splitlines() for line in (text.strip(),) if line]
    return (f"generated with smoothstan {version}", f"family: {design.family.name}", *lines)


def _term_parts(design: Design, priors: PriorTable) -> tuple[TermPart, ...]:
    return tuple(
        TermPart(term, {p.stan: bounds_of(p, priors) for p in term.prior_parameters}, _on(term))
        for term in design.terms
    )


def _about_intercepts(terms: tuple[TermPart, ...], design: Design, derived: Derived) -> Iterator[TermPart]:
    """Yield the terms; the first centred effects of a parameter are sampled about its intercept, if that is sampled."""
    free: dict[str, str] = {}
    for part in terms:
        term = part.term
        about = ""
        if isinstance(term, GroupTerm) and (about := offset(term, free)):
            free = {dpar: name for dpar, name in free.items() if all(e.dpar != dpar for e in term.effects)}
        for dpar in design.predicted:
            name = f"Intercept{suffix(dpar)}"
            if any(a.expression == name and not a.vector for a in term.addends(dpar)) and name not in derived.names:
                free[dpar] = name
        yield replace(part, offset=f"<offset={about}>" if about else "")


def _on(term: BoundTerm) -> str:
    dpar = getattr(term, "dpar", "mu")
    return "" if dpar == "mu" else f" of {dpar}"


def _prior_parameters(design: Design) -> tuple[PriorParameter, ...]:
    return tuple(parameter for term in design.terms for parameter in term.prior_parameters)


def _prior_part(design: Design, priors: PriorTable, shrinkages: tuple[ShrinkagePart, ...], *, draw: bool) -> PriorPart:
    statements = [s for p in _prior_parameters(design) for s in statements_of(p, priors)]
    draws = []
    if draw:
        for term in design.terms:
            group = term if isinstance(term, GroupTerm) else None
            draws += [d for p in term.prior_parameters for d in draws_of(p, priors, group)]
        draws += [PriorDraw(f"prior_{name}", text, "", f"prior_{name}") for s in shrinkages for name, text in s.draws]
    return PriorPart(tuple(statements), distinct(draws), shrinkages)


def _variables(design: Design, model: ProgramModel) -> tuple[Variable, ...]:
    own = tuple(variable for term in design.terms for variable in term.variables)
    drawn = tuple(map(_drawn, model.priors.draws))
    return (*own, *model.derived.variables, *drawn, Variable("lprior", ("lprior",)))


def _drawn(draw: PriorDraw) -> Variable:
    """Return the posterior variable of a draw from a prior."""
    if not draw.size:
        return Variable(draw.label, (draw.name,))
    labels = tuple(str(i + 1) for i in range(draw.size))
    return Variable(draw.label, tuple(f"{draw.name}[{i}]" for i in labels), (f"{draw.label}_dim",), (labels,))
