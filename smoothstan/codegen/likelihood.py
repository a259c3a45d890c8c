"""The likelihood: how linear predictors and parameters enter the density of the family.

It is a part of its own, so that another form of it (coefficients integrated out) can stand in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce

from smoothstan.codegen.environment import macro_names, rendered
from smoothstan.design import Design
from smoothstan.terms import Addend, AuxiliaryTerm, DensePart

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

    ``increments`` are the expressions added to the target; ``assembled`` the addends that are made of pieces
    beforehand; ``family`` what the family's template says.
    """

    family_template: str
    increments: tuple[str, ...]
    predictors: tuple[PredictorPart, ...]
    glm: GlmPart | None
    assembled: tuple[Addend, ...] = ()
    template: str = field(default="likelihood.stan.jinja")


def likelihood_part(design: Design) -> LikelihoodPart:
    """Choose the form of the likelihood: the GLM primitive where Stan has one, the plain density else."""
    template = f"families/{design.family.name}.stan.jinja"
    assembled = tuple(a for dpar in design.predicted for a in _addends(design, dpar) if a.pieces)
    names = {"y": "Y", "trials": "trials"} | {t.name: t.name for t in design.terms if isinstance(t, AuxiliaryTerm)}
    macros, link = macro_names(template), design.family.link("mu").name
    weighted = design.observed.weights is not None
    dense = _dense(design, "mu")
    if f"glm_{link}" in macros and dense and not weighted and design.predicted == ("mu",):
        glm, beta = _glm(dense)
        names |= {"X": glm.matrix, "alpha": _sum(_addends(design, "mu")) or "0", "beta": beta}
        return LikelihoodPart(template, (rendered(template, f"glm_{link}", names),), (), glm, assembled)
    names |= {dpar: dpar for dpar in design.predicted}
    raw = f"density_{link}" in macros and not weighted
    predictors = tuple(_predictor(design, dpar, raw=raw and dpar == "mu") for dpar in design.predicted)
    increment = _weighted(template, names) if weighted else _density(template, names, link if raw else "")
    return LikelihoodPart(template, (increment,), predictors, None, assembled)


def _density(template: str, names: Mapping[str, str], link: str) -> str:
    return rendered(template, f"density_{link}" if link else "density", names)


def _weighted(template: str, names: Mapping[str, str]) -> str:
    """Return the densities row by row, as one vector, times the weights."""
    return f"dot_product(weights, {rendered(template, 'pointwise', names)})"


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


def _sum(addends: tuple[Addend, ...]) -> str:
    return " + ".join(addend.expression for addend in addends)
