"""The penalised twin of a model for ``brm()``: the same columns, smooths and groups, bound once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from smoothstan.design import Design
from smoothstan.errors import NotYetSupported
from smoothstan.formula.syntax import Argument, Call, Node, Text
from smoothstan.gam.design import GamDesign, GamTerm, gam_terms, group_nodes, refuse_repeated
from smoothstan.gam.response import bind_gam_response, choose_gam_family
from smoothstan.terms import (
    BoundSmooth,
    Coefficient,
    Effects,
    GroupTerm,
    LinearTerm,
    OffsetTerm,
    SmoothOptions,
    SmoothTerm,
    bind_smooth_calls,
)
from smoothstan.terms.numbered_smooth import NumberedSmooth

_MAIN = "mu"


@dataclass(frozen=True)
class TwinSmooth:
    """A smooth in both models: under its Stan names, and as a penalised term."""

    numbered: NumberedSmooth
    term: GamTerm


@dataclass(frozen=True)
class TwinEffect:
    """The effects of a group's levels in both models: a coefficient of a grouping, and a random-effect smooth."""

    group: GroupTerm
    coefficient: Coefficient
    term: GamTerm


@dataclass(frozen=True)
class Twin:
    """A model for ``brm()`` and the penalised one that says the same of the mean.

    Args:
        design: the model for ``brm()``.
        gam: its penalised twin.
        linear: the population-level term.
        smooths, effects: what corresponds to what.
    """

    design: Design
    gam: GamDesign
    linear: LinearTerm
    smooths: tuple[TwinSmooth, ...]
    effects: tuple[TwinEffect, ...]


def twin_of(design: Design, *, independent: bool = False) -> Twin:
    """Return the penalised twin of a model's linear predictor of ``mu``.

    Args:
        design: the model.
        independent: take correlated effects of a group as independent instead of refusing them.

    Raises:
        NotYetSupported: if ``gam()`` has no such term; FamilyError: no such family or link.
    """
    _refuse_unpenalised(design)
    facts, link = choose_gam_family(design.family, None)
    table = design.table
    response = bind_gam_response(design.formula, facts, table)
    (linear,) = (t for t in design.terms if isinstance(t, LinearTerm) and t.dpar == _MAIN)
    numbered = [n for t in design.terms if isinstance(t, SmoothTerm) and t.dpar == _MAIN for n in t.numbered]
    offsets = [t for t in design.terms if isinstance(t, OffsetTerm) and t.dpar == _MAIN]
    groups = [
        (term, *pair)
        for term in design.groups
        for effects in term.effects
        if effects.dpar == _MAIN
        for pair in _effect_calls(term, effects, design, independent=independent)
    ]
    text = str(design.formula)
    random = [s for level in bind_smooth_calls([c for *_, c in groups], table, text, SmoothOptions()) for s in level]
    bound: list[BoundSmooth] = [n.smooth.bound for n in numbered] + random
    refuse_repeated(bound, text)
    terms = gam_terms(bound, table, len(linear.matrix.labels))
    offset = offsets[0] if offsets else None
    gam = GamDesign(design.formula, facts, link, response, linear.matrix, terms, offset, table, design.dropped)
    smooths = tuple(TwinSmooth(n, term) for n, term in zip(numbered, terms, strict=False))
    effects = tuple(
        TwinEffect(group, coefficient, term)
        for (group, coefficient, _), term in zip(groups, terms[len(numbered) :], strict=True)
    )
    return Twin(design, gam, linear, smooths, effects)


def _refuse_unpenalised(design: Design) -> None:
    for term in (term for term in design.terms if not term.penalised):
        names = [name for dpar in design.predicted for name, _ in term.coefficient_names(dpar)]
        raise NotYetSupported(f"gam() has no such terms as those of {', '.join(names)}")


def _effect_calls(
    term: GroupTerm, effects: Effects, design: Design, *, independent: bool
) -> list[tuple[Coefficient, Call]]:
    """Return every varying coefficient as ``s(g, x, bs="re")``."""
    if term.special:
        raise NotYetSupported(f"gam() has no {term.special} effects, as those of {term.group!r} are")
    if term.has_correlations and not independent:
        raise NotYetSupported(
            f"gam() has no correlation between effects of a group, as those of {term.group!r} have: "
            "write '||' for independent ones"
        )
    nodes = group_nodes(term.columns, design.table)
    by_name: Mapping[str, Coefficient] = {c.name: c for c in term.coefficients if c.dpar == effects.dpar}
    matrix = effects.matrix
    slopes: list[tuple[Node, ...]] = [()] if matrix.intercept else []
    for columns in matrix.terms:
        if any(column.coding is not None or len(column.labels) > 1 for column in columns):
            raise NotYetSupported(
                f"gam() codes the varying effects of a factor or a matrix differently (group {term.group!r})"
            )
        slopes.append(tuple(column.expression.node for column in columns))
    calls = [
        Call("s", (*(Argument(None, n) for n in (*nodes, *slope)), Argument("bs", Text("re")))) for slope in slopes
    ]
    return [(by_name[name], call) for name, call in zip(matrix.names, calls, strict=True)]
