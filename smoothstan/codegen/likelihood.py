"""The likelihood: how linear predictors and parameters enter the density of the family.

It is a part of its own, so that another form of it (coefficients integrated out) can stand in its place.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from smoothstan.codegen.environment import macro_names, rendered
from smoothstan.codegen.names import Names, folded
from smoothstan.codegen.observed import CdfRows, Increment, Observed, RowSet
from smoothstan.design import Design
from smoothstan.terms import Addend, DensePart, Supply

_STACKED = "X_all"


@dataclass(frozen=True)
class PredictorPart:
    """A linear predictor as a vector of the program; ``transform`` is the inverse link, or empty."""

    name: str
    expression: str
    transform: str


@dataclass(frozen=True)
class MatrixPart:
    """The matrix of a linear predictor; ``stacked`` builds it from those of several terms, or is empty."""

    matrix: str
    columns: str
    stacked: str


@dataclass(frozen=True)
class LikelihoodPart:
    """What the likelihood adds to the program.

    Args:
        family_template: the template of the family.
        increments: the expressions added to the target.
        predictors: the linear predictors, in the order in which they are computed.
        matrices: the matrices of the linear predictors.
        assembled: the addends that are made of pieces beforehand.
        row_sets: the rows by kind of censoring; none without ``cens()``.
        cdf: the distribution function row by row, or None.
        edges: whether lower truncation bounds must be lowered by one, as those of whole numbers are.
        bounded: whether the distribution function is needed.
        names: the expressions that the family's macros place, for those macros that take them.
        observed: the same of the rows whose responses are known, rather than where they lie.
        locals: the local variables that terms give to the family.
        pointwise: whether the density of every row by itself is needed.
        by_category: the matrix of the linear predictors of categories, or empty.
    """

    family_template: str
    increments: tuple[Increment, ...]
    predictors: tuple[PredictorPart, ...] = ()
    matrices: tuple[MatrixPart, ...] = ()
    assembled: tuple[Addend, ...] = ()
    row_sets: tuple[RowSet, ...] = ()
    cdf: CdfRows | None = None
    edges: bool = False
    bounded: bool = False
    names: Names | None = None
    observed: Names | None = None
    locals: tuple[Supply, ...] = ()
    pointwise: bool = False
    by_category: str = ""
    template: str = field(default="likelihood.stan.jinja")


def likelihood_part(design: Design) -> LikelihoodPart:
    """Choose the form of the likelihood: the GLM primitive where Stan has one, the plain density else."""
    observed = Observed.of(design)
    template = observed.template
    assembled = tuple(a for dpar in design.predicted for a in _addends(design, dpar) if a.pieces)
    macros, link = macro_names(template), design.family.link("mu").name
    if design.family.by_category:
        return _of_categories(design, observed, LikelihoodPart(template, (), assembled=assembled))
    dense = _dense(design, "mu")
    if f"glm_{link}" in macros and dense and observed.plain and observed.numbers and design.predicted == ("mu",):
        whole, beta = _stacked(dense, "mu")
        addends = [*observed.on_log_scale(link), *(a.expression for a in _addends(design, "mu"))]
        names = observed.names.having(X=whole.matrix, alpha=" + ".join(addends) or "0", beta=beta)
        return LikelihoodPart(template, (Increment(rendered(template, f"glm_{link}", names)),), (), (whole,), assembled)
    raw = f"{observed.form}_{link}" in macros
    predictors = tuple(_predictor(design, dpar, raw=raw and dpar == "mu") for dpar in design.predicted)
    names = observed.at(link if raw else "")
    increments = (
        (Increment(rendered(template, f"density_{link}" if raw else "density", names)),)
        if observed.plain
        else observed.increments(names, link if raw else "")
    )
    return LikelihoodPart(
        template, increments, predictors, _matrices(design), assembled, observed.row_sets, observed.cdf_rows(names),
        observed.edges, observed.bounded, names, observed.known_rows(names), _locals(design), not observed.plain,
    )  # fmt: skip


def _of_categories(design: Design, observed: Observed, part: LikelihoodPart) -> LikelihoodPart:
    """Complete the likelihood of categories that have linear predictors of their own."""
    template, columns = part.family_template, design.family.by_category
    if f"glm_{design.family.link('mu').name}" in macro_names(template) and observed.plain and _same_columns(design):
        whole, _ = _stacked(_dense(design, design.family.main[0]), "mu")
        alpha = ", ".join(_sum_of_numbers(design, dpar) if dpar else "0" for dpar in columns)
        none = f"rep_vector(0, {whole.columns})"
        beta = folded("append_col", (_stacked(_dense(design, dpar), dpar)[1] if dpar else none for dpar in columns))
        names = observed.names.having(X=whole.matrix, alpha=f"[{alpha}]'", beta=beta)
        return replace(part, increments=(Increment(rendered(template, "glm_logit", names)),), matrices=(whole,))
    predictors = tuple(_predictor(design, dpar, raw=False) for dpar in design.predicted)
    names = observed.matrix_of_predictors()
    increments = (Increment(rendered(template, "density", names)),) if observed.plain else observed.increments(names)
    matrix = folded("append_col", (dpar or "rep_vector(0.0, N)" for dpar in columns))
    return replace(
        part, increments=increments, predictors=predictors, matrices=_matrices(design), pointwise=not observed.plain,
        by_category=matrix,
    )  # fmt: skip


def _same_columns(design: Design) -> bool:
    """Return whether the predictors of all categories are one and the same matrix times coefficients of their own."""
    main = design.family.main
    if {predictor.dpar for predictor in design.formula.predictors} & set(main):
        return False
    return all(_dense(design, d) and not any(a.vector for a in _addends(design, d)) for d in main)


def _sum_of_numbers(design: Design, dpar: str) -> str:
    return " + ".join(addend.expression for addend in _addends(design, dpar)) or "0"


def _predictor(design: Design, dpar: str, *, raw: bool) -> PredictorPart:
    addends = _addends(design, dpar)
    products: list[str] = []
    if dense := _dense(design, dpar):
        whole, beta = _stacked(dense, dpar)
        products = [f"{whole.matrix} * {beta}"]
    text = " + ".join([*(a.expression for a in addends), *products])
    if not products and not any(a.vector for a in addends):
        text = f"rep_vector({text or '0.0'}, N)"
    link = design.family.link(dpar)
    raw = raw or (dpar == "mu" and design.family.joint_link)
    transform = "" if raw or link.name == "identity" else link.stan_inverse.replace("{}", dpar)
    return PredictorPart(dpar, text, transform)


def _locals(design: Design) -> tuple[Supply, ...]:
    return tuple(supply for supply in design.supplies if supply.declaration)


def _matrices(design: Design) -> tuple[MatrixPart, ...]:
    return tuple(_stacked(dense, dpar)[0] for dpar in design.predicted if (dense := _dense(design, dpar)))


def _stacked(dense: tuple[DensePart, ...], dpar: str) -> tuple[MatrixPart, str]:
    """Return one matrix with the columns of all terms, and its coefficients: one product instead of several."""
    if len(dense) == 1:
        return MatrixPart(dense[0].matrix, dense[0].columns, ""), dense[0].coefficients
    columns = " + ".join(part.columns for part in dense)
    stacked = folded("append_col", (part.matrix for part in dense))
    name = _STACKED if dpar == "mu" else f"{_STACKED}_{dpar}"
    return MatrixPart(name, columns, stacked), folded("append_row", (part.coefficients for part in dense))


def _dense(design: Design, dpar: str) -> tuple[DensePart, ...]:
    return tuple(part for term in design.terms for part in term.dense(dpar))


def _addends(design: Design, dpar: str) -> tuple[Addend, ...]:
    return tuple(addend for term in design.terms for addend in term.addends(dpar))
