"""The likelihood: how linear predictors and parameters enter the density of the family.

It is a part of its own, so that another form of it (coefficients integrated out) can stand in its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce

from smoothstan.codegen.environment import macro_names, rendered
from smoothstan.codegen.observed import CdfRows, Observed, RowSet
from smoothstan.design import Design
from smoothstan.terms import Addend, DensePart

_STACKED = "X_all"


@dataclass(frozen=True)
class PredictorPart:
    """A linear predictor as a vector of the program; ``transform`` is the inverse link, or empty."""

    name: str
    expression: str
    transform: str


@dataclass(frozen=True)
class GlmPart:
    """The matrix of a GLM primitive; ``stacked`` builds it from several, or is empty."""

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
        glm: the matrix of a GLM primitive, or None.
        assembled: the addends that are made of pieces beforehand.
        row_sets: the rows by kind of censoring; none without ``cens()``.
        cdf: the distribution function row by row, or None.
        edges: whether lower truncation bounds must be lowered by one, as those of whole numbers are.
        bounded: whether the distribution function is needed.
        on_link_scale: whether the density takes the linear predictor itself.
    """

    family_template: str
    increments: tuple[str, ...]
    predictors: tuple[PredictorPart, ...] = ()
    glm: GlmPart | None = None
    assembled: tuple[Addend, ...] = ()
    row_sets: tuple[RowSet, ...] = ()
    cdf: CdfRows | None = None
    edges: bool = False
    bounded: bool = False
    on_link_scale: bool = False
    template: str = field(default="likelihood.stan.jinja")


def likelihood_part(design: Design) -> LikelihoodPart:
    """Choose the form of the likelihood: the GLM primitive where Stan has one, the plain density else."""
    template = f"families/{design.family.name}.stan.jinja"
    assembled = tuple(a for dpar in design.predicted for a in _addends(design, dpar) if a.pieces)
    macros, link = macro_names(template), design.family.link("mu").name
    observed = Observed.of(design, template)
    dense = _dense(design, "mu")
    if f"glm_{link}" in macros and dense and observed.plain and observed.numbers and design.predicted == ("mu",):
        glm, beta = _glm(dense)
        addends = [*observed.on_log_scale(link), *(a.expression for a in _addends(design, "mu"))]
        names = observed.names.having(X=glm.matrix, alpha=" + ".join(addends) or "0", beta=beta)
        return LikelihoodPart(template, (rendered(template, f"glm_{link}", names),), (), glm, assembled)
    raw = f"density_{link}" in macros and observed.plain
    predictors = tuple(_predictor(design, dpar, raw=raw and dpar == "mu") for dpar in design.predicted)
    names = observed.at(link if raw else "")
    increments = (
        (rendered(template, f"density_{link}" if raw else "density", names),)
        if observed.plain
        else observed.increments(names)
    )
    return LikelihoodPart(
        template, increments, predictors, None, assembled, observed.row_sets, observed.cdf_rows(names),
        observed.edges, observed.bounded, raw,
    )  # fmt: skip


def _predictor(design: Design, dpar: str, *, raw: bool) -> PredictorPart:
    addends = _addends(design, dpar)
    products = [f"{part.matrix} * {part.coefficients}" for part in _dense(design, dpar)]
    text = " + ".join([*(a.expression for a in addends), *products])
    if not products and not any(a.vector for a in addends):
        text = f"rep_vector({text or '0.0'}, N)"
    link = design.family.link(dpar)
    transform = "" if raw or link.name == "identity" else link.stan_inverse.replace("{}", dpar)
    return PredictorPart(dpar, text, transform)


def _glm(dense: tuple[DensePart, ...]) -> tuple[GlmPart, str]:
    if len(dense) == 1:
        return GlmPart(dense[0].matrix, dense[0].columns, ""), dense[0].coefficients
    columns = " + ".join(part.columns for part in dense)
    stacked = _fold("append_col", (part.matrix for part in dense))
    return GlmPart(_STACKED, columns, stacked), _fold("append_row", (part.coefficients for part in dense))


def _fold(function: str, parts: Iterable[str]) -> str:
    return reduce(lambda left, right: f"{function}({left}, {right})", parts)


def _dense(design: Design, dpar: str) -> tuple[DensePart, ...]:
    return tuple(part for term in design.terms for part in term.dense(dpar))


def _addends(design: Design, dpar: str) -> tuple[Addend, ...]:
    return tuple(addend for term in design.terms for addend in term.addends(dpar))
