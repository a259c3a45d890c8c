"""Parameters that are not sampled themselves: held at constants, or made from the scales of a shrinkage prior.

Terms declare all their parameters alike.  The declarations of those here are taken out of the parameters block, and
stand, with what they equal, at the beginning of the transformed parameters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray, StanData
from smoothstan.codegen.shrinking import Member, ShrinkagePart
from smoothstan.design import Design
from smoothstan.errors import PriorError
from smoothstan.numerals import format_number
from smoothstan.priors import PriorTable
from smoothstan.priors.shrinking import shrinkage_of
from smoothstan.terms import AuxiliaryTerm, PriorParameter, Variable, prior_dpar, suffix

_DECLARED = re.compile(
    r"^[ ]*(?P<kind>\w+)(?:<[^>\n]*>)?(?:\[(?P<size>[^;\n]*)\])? (?P<name>\w+);(?: *// (?P<comment>[^\n]*))?$",
    re.MULTILINE,
)
_BLOCK = re.compile(r"^parameters \{\n(.*?)^\}\n", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Held:
    """A parameter of which some elements, or all, are held at constants.

    Args:
        name: its Stan name.
        size: the Stan expression for its length, empty for a number.
        comment: what it is.
        values: the constants of the elements, None where they are sampled.
        bounds: the bounds of those.
    """

    name: str
    size: str
    comment: str
    values: tuple[float | None, ...]
    bounds: str

    @property
    def free(self) -> tuple[int, ...]:
        """The elements that are sampled, from 0."""
        return tuple(i for i, value in enumerate(self.values) if value is None)

    @property
    def free_name(self) -> str:
        """The Stan name of the vector of these elements."""
        return f"par_{self.name}"

    @property
    def expression(self) -> str:
        """All elements, where all are constants."""
        numbers = [format_number(value) for value in self.values if value is not None]
        if not self.size:
            return numbers[0]
        return f"rep_vector({numbers[0]}, {self.size})" if len(set(numbers)) == 1 else f"[{', '.join(numbers)}]'"

    @property
    def elements(self) -> tuple[str, ...]:
        """The elements one by one."""
        place = {i: n for n, i in enumerate(self.free, start=1)}
        return tuple(
            f"{self.free_name}[{place[i]}]" if value is None else format_number(value)
            for i, value in enumerate(self.values)
        )

    def whole(self, parameters: Mapping[str, FloatArray], draws: int) -> FloatArray:
        """Return the parameter, (draws,) or (draws, elements), from those that are sampled."""
        values = np.tile([np.nan if value is None else value for value in self.values], (draws, 1))
        if self.free:
            values[:, list(self.free)] = parameters[self.free_name]
        return values if self.size else values[:, 0]


@dataclass(frozen=True)
class HeldPart:
    """The held parameters, as their template sees them."""

    parameters: tuple[Held, ...]
    template: str = "priors/constant.stan.jinja"


@dataclass(frozen=True)
class Derived:
    """All parameters of a model that are not sampled themselves."""

    held: tuple[Held, ...]
    shrinkages: tuple[ShrinkagePart, ...]

    @property
    def parts(self) -> tuple[HeldPart | ShrinkagePart, ...]:
        """The parts of the program that make them; shrinkage comes last, since it may need a held sigma."""
        return (*((HeldPart(self.held),) if self.held else ()), *self.shrinkages)

    @property
    def names(self) -> frozenset[str]:
        """Their Stan names."""
        return frozenset((*(h.name for h in self.held), *(m.name for s in self.shrinkages for m in s.members)))

    @property
    def variables(self) -> tuple[Variable, ...]:
        """What shrinkage adds to the posterior."""
        return tuple(variable for part in self.shrinkages for variable in part.variables)

    def without_declarations(self, code: str) -> str:
        """Return a program in which they are no parameters."""
        block = _BLOCK.search(code)
        if block is None or not self.names:
            return code
        kept = _DECLARED.sub(lambda m: "\0" if m["name"] in self.names else m[0], block[1]).replace("\0\n", "")
        kept = f"parameters {{\n{kept}}}\n" if re.search(r"^[ ]*[^/\s]", kept, re.MULTILINE) else ""
        return code[: block.start()] + kept + code[block.end() :]

    def data(self, rows: int) -> StanData:
        """Return the data of shrinkage priors."""
        found: StanData = {}
        for part in self.shrinkages:
            found |= part.shrinkage.data(part.p, part.count, rows)
        return found

    def starts(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return starting values by Stan name in which what is sampled stands in their place."""
        found = {name: value for name, value in values.items() if name not in self.names}
        for h in (h for h in self.held if h.free and h.name in values):
            found[h.free_name] = np.asarray(values[h.name], dtype=float)[list(h.free)]
        for part in self.shrinkages:
            found |= part.starts(values)
        return found

    def program_parameters(self, values: Mapping[str, FloatArray], draws: Mapping[str, FloatArray]) -> StanData:
        """Return what is sampled in their place, from their values by Stan name and the posterior variables."""
        found: StanData = {h.free_name: values[h.name][:, list(h.free)] for h in self.held if h.free}
        for part in self.shrinkages:
            found |= part.program_parameters(values, draws)
        return found

    def program_results(self, parameters: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """Return them from what is sampled, by Stan name."""
        count = len(next(iter(parameters.values())))
        found = {h.name: h.whole(parameters, count) for h in self.held}
        for part in self.shrinkages:
            found |= part.program_results({**parameters, **found})
        return found


def derived_of(design: Design, priors: PriorTable, declarations: str) -> Derived:
    """Find the parameters of a model that are not sampled themselves.

    Args:
        design: the bound model.
        priors: its priors.
        declarations: what its terms declare as parameters.

    Raises:
        PriorError: for a constant or a shrinkage prior of a parameter that cannot have one.
    """
    declared = {match["name"]: match for match in _DECLARED.finditer(declarations)}
    parameters = [parameter for term in design.terms for parameter in term.prior_parameters]
    held = (
        _held(parameter, priors, declared[parameter.stan]) for parameter in parameters if parameter.stan in declared
    )
    shrinkages = (_shrinkage(design, priors, parameters, declared, dpar) for dpar in design.predicted)
    return Derived(tuple(h for h in held if h), tuple(part for part in shrinkages if part))


def _held(parameter: PriorParameter, priors: PriorTable, declared: re.Match[str]) -> Held | None:
    resolved = [priors.resolve(*address) for address in parameter.addresses]
    values = tuple(None if r.distribution is None else r.distribution.constant for r in resolved)
    if all(value is None for value in values):
        return None
    whole = declared["kind"] == "ordered" and None not in values and list(values) == sorted(values)  # type: ignore[type-var]
    if declared["kind"] not in ("real", "vector") and not whole:
        raise PriorError(
            f"constant() cannot hold {', '.join(parameter.labels)} (in Stan {declared['kind']} {parameter.stan}): only "
            "numbers, whole vectors and their elements can be held"
        )
    given = (("lower", resolved[0].lb), ("upper", resolved[0].ub))
    bounds = ", ".join(f"{name}={format_number(bound)}" for name, bound in given if bound is not None)
    size = (declared["size"] or "") if declared["kind"] != "real" else ""
    return Held(parameter.stan, size, declared["comment"] or "", values, f"<{bounds}>" if bounds else "")


def _shrinkage(
    design: Design, priors: PriorTable, parameters: Sequence[PriorParameter], declared: Mapping[str, re.Match[str]],
    dpar: str,
) -> ShrinkagePart | None:  # fmt: skip
    shrinkage, classes = shrinkage_of(priors, prior_dpar(dpar))
    if shrinkage is None:
        return None
    members = tuple(_members(parameters, classes, declared, prior_dpar(dpar)))
    scaled = dpar == "mu" and shrinkage.autoscale and any(_is_scale(term) for term in design.terms)
    return ShrinkagePart(shrinkage, suffix(dpar), members, "sigma" if scaled else "")


def _is_scale(term: object) -> bool:
    """Return whether a term is a sigma that is the same in every row."""
    return isinstance(term, AuxiliaryTerm) and term.name == "sigma" and term.value != 0


def _members(
    parameters: Sequence[PriorParameter], classes: tuple[str, ...], declared: Mapping[str, re.Match[str]], dpar: str
) -> Iterator[Member]:  # fmt: skip
    for parameter in parameters:
        covered = [address[0] in classes and address[3] == dpar for address in parameter.addresses]
        if not any(covered):
            continue
        found = declared.get(parameter.stan)
        if not all(covered) or found is None or found["kind"] != "vector":
            labels, reason = ", ".join(parameter.labels), "" if all(covered) else ", since they belong to several"
            raise PriorError(f"{labels} cannot have the shrinkage prior of the predictor of {dpar or 'mu'}{reason}")
        class_ = parameter.addresses[0][0]
        yield Member(parameter.stan, class_, found["size"], found["comment"] or "", parameter.labels)
