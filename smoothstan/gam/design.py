"""A formula bound to data for a penalised fit: parametric columns, smooths, offset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from smoothstan.arrays import BoolArray, FloatArray, IntArray
from smoothstan.design import complete_rows, expand_predictors
from smoothstan.errors import FormulaError, NotYetSupported
from smoothstan.families.links import LINKS, Link
from smoothstan.families.penalised import PenalisedFamily
from smoothstan.formula import ModelFormula, TermList, expand, parse_formula
from smoothstan.formula.algebra import WrittenGroup
from smoothstan.formula.syntax import Argument, Call, Name, Node, Text, variables
from smoothstan.formula.vocabulary import EFFECTS, SMOOTHS
from smoothstan.gam.model_matrix import RowBlocks, row_slices
from smoothstan.gam.problem import PenaltyBlock, Problem
from smoothstan.gam.response import GamResponse, bind_gam_response
from smoothstan.gam.side import side_constraints
from smoothstan.smooths import Rows, null_space_penalty
from smoothstan.smooths.tensor_t2 import PlacedT2
from smoothstan.table import Factor, Table
from smoothstan.terms import (
    BoundSmooth,
    OffsetTerm,
    SmoothOptions,
    bind_linear,
    bind_offset,
    bind_smooth_calls,
    smooth_covariates,
)
from smoothstan.terms.model_matrix import ModelMatrix

LARGEST_MATRIX = 256 * 2**20
"""Bytes; a larger model matrix is never held in memory as a whole."""


@dataclass(frozen=True)
class GamTerm:
    """A smooth of a penalised fit.

    Args:
        smooth: the bound smooth.
        block: its columns in the model matrix and its penalties.
        kept: the columns of its design that stay, None for all.
        means: what is taken off the columns, None for nothing.
    """

    smooth: BoundSmooth
    block: PenaltyBlock
    kept: IntArray | None
    means: FloatArray | None

    @property
    def label(self) -> str:
        """mgcv's label."""
        return self.smooth.label

    def design(self, table: Table) -> FloatArray:
        """Return its (n, q) columns."""
        return self._kept(self.smooth.design(table))

    def at(self, rows: Rows) -> FloatArray:
        """Return its columns at values of its covariates."""
        return self._kept(self.smooth.smooth.design(rows))

    def _kept(self, design: FloatArray) -> FloatArray:
        if self.kept is not None:
            design = design[:, self.kept]
        return design if self.means is None else design - self.means


@dataclass(frozen=True)
class GamDesign:
    """Everything of a penalised model but the fit."""

    formula: ModelFormula
    family: PenalisedFamily
    link_name: str
    response: GamResponse
    parametric: ModelMatrix
    terms: tuple[GamTerm, ...]
    offset: OffsetTerm | None
    table: Table
    dropped: int

    @property
    def link(self) -> Link:
        """The link of the mean."""
        return LINKS[self.link_name]

    @property
    def columns(self) -> tuple[str, ...]:
        """mgcv's names of the coefficients: ``(Intercept)``, ``s(x).1``, ..."""
        smooths = (f"{term.label}.{i + 1}" for term in self.terms for i in range(term.block.size))
        return (*self.parametric.labels, *smooths)

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns that predictions need."""
        smooths = (name for term in self.terms for name in term.smooth.reads)
        offset = () if self.offset is None else self.offset.reads
        return tuple(dict.fromkeys((*self.parametric.reads, *smooths, *offset)))

    def matrix(self, table: Table, unseen: Mapping[str, BoolArray] | None = None) -> FloatArray:
        """Return the (n, p) model matrix; random effects of rows with unseen levels are zero."""
        result = np.empty((table.n, len(self.columns)))
        start = len(self.parametric.labels)
        result[:, :start] = self.parametric.at(table)
        for term in self.terms:
            result[:, term.block.columns] = term.design(table)
            for name in set(unseen or ()) & set(term.smooth.reads):
                result[(unseen or {})[name], term.block.columns] = 0.0
        return result

    def offset_at(self, table: Table) -> FloatArray:
        """Return the (n,) sum of the offsets."""
        return np.zeros(table.n) if self.offset is None else self.offset.values(table)

    def released(self) -> GamDesign:
        """Return the design without what its smooths keep of the data only to save time."""
        terms = (replace(term, smooth=replace(term.smooth, at_data=None)) for term in self.terms)
        return replace(self, terms=tuple(terms))

    def problem(self, method: str = "REML", scale: float | None = None) -> Problem:
        """Return what is to be fitted."""
        return Problem(
            self._matrix_of_fit(),
            self.response.y,
            self.response.weights,
            self.offset_at(self.table),
            tuple(term.block for term in self.terms),
            self.family,
            self.link,
            method,
            scale,
        )

    def _matrix_of_fit(self) -> FloatArray | RowBlocks:
        """Return the model matrix; a larger one than ``LARGEST_MATRIX`` is evaluated block by block when needed."""
        n, p = self.table.n, len(self.columns)
        if 8 * n * p <= LARGEST_MATRIX:
            return np.ascontiguousarray(self.matrix(self.table))

        def blocks() -> Iterator[tuple[slice, FloatArray]]:
            for rows in row_slices(n, p):
                yield rows, self.matrix(self.table.take(np.arange(rows.start, rows.stop)))

        return RowBlocks(n, p, blocks)


def bind_gam(
    formula: Any,
    data: Any,
    family: PenalisedFamily,
    link: str,
    options: SmoothOptions,
    *,
    select: bool = False,
) -> GamDesign:
    """Bind a formula for a penalised fit.

    Args:
        formula: as for ``brm()``; also ``cbind(successes, failures)``.
        data: a table; rows with missing values are left out.
        family, link: of the response.
        options: knots, and objects that smooths name.
        select: add a penalty on the null space of every smooth, so that it can vanish.

    Raises:
        FormulaError, DataError, FamilyError: naming the place.
    """
    parsed = parse_formula(formula)
    if len(parsed.predictors) > 1 or parsed.held:
        raise NotYetSupported("gam() has one linear predictor; parameters such as sigma can be predicted in brm()")
    expanded = expand_predictors(parsed, data)
    table, dropped = complete_rows(parsed, expanded, data)
    ((predictor, parts),) = expanded
    text = predictor.text
    for call in parts.specials:
        if call.function not in SMOOTHS:
            raise NotYetSupported(f"the term {call.function}() is not built for gam()", text, call.span)
    _refuse_special_effects(parts, text)
    calls = (*parts.specials, *(call for group in parts.groups for call in _as_random_effects(group, table, text)))
    options.check_knots(smooth_covariates(parts.specials))
    response = bind_gam_response(parsed, family, table)
    family = family if response.trials is None else family.with_trials(response.trials)
    parametric = bind_linear(parts, "mu", "", table, text, cmc=predictor.cmc).matrix
    bound = [smooth for level in bind_smooth_calls(calls, table, text, options) for smooth in level]
    refuse_repeated(bound, text)
    terms = gam_terms(bound, table, len(parametric.labels), select=select)
    offset = bind_offset(parts.offsets, "mu", table, text) if parts.offsets else None
    return GamDesign(parsed, family, link, response, parametric, terms, offset, table, dropped)


def _refuse_special_effects(parts: TermList, text: str) -> None:
    for call in (f for term in parts.special_effects for f in term if isinstance(f, Call) and f.function in EFFECTS):
        raise NotYetSupported(f"the term {call.function}() is not built for gam()", text, call.span)


def refuse_repeated(smooths: Sequence[BoundSmooth], text: str) -> None:
    """Raise FormulaError if two smooths are the same."""
    labels = [smooth.label for smooth in smooths]
    for label in labels:
        if labels.count(label) > 1:
            raise FormulaError(f"the smooth {label} is given twice", text, None)


def group_nodes(columns: tuple[str, ...], table: Table, span: tuple[int, int] = (0, 0)) -> tuple[Node, ...]:
    """Return the columns of a group as covariates; one that is no factor is made one."""
    names = [Name(column, span) for column in columns]
    return tuple(
        name if isinstance(table[name.name], Factor) else Call("factor", (Argument(None, name, span),), span)
        for name in names
    )


def _as_random_effects(group: WrittenGroup, table: Table, text: str) -> list[Call]:
    """Write ``(1 + x || g)`` as ``s(g, bs="re") + s(g, x, bs="re")``."""
    if group.grouping.special:
        raise NotYetSupported(f"gam() has no {group.grouping.special} effects; use brm()", text, group.group.span)
    terms: TermList = expand(group.effects, text)
    effects = len(terms.population) + int(terms.intercept)
    if group.correlated and effects > 1:
        raise FormulaError(
            "gam() has no correlation between effects of a group: write '||' for independent ones, or use brm()",
            text,
            group.span,
        )
    _refuse_special_effects(terms, text)
    if terms.specials or terms.groups or terms.offsets:
        raise FormulaError("only population-level terms can vary by group", text, group.span)
    columns = group_nodes(variables(group.grouping.factors[0]), table, group.span)
    calls = [_random_effect(columns, group)] if terms.intercept else []
    return calls + [_random_effect((*columns, *term), group) for term in terms.population]


def _random_effect(covariates: tuple[Node, ...], group: WrittenGroup) -> Call:
    arguments = tuple(Argument(None, node, group.span) for node in covariates)
    return Call("s", (*arguments, Argument("bs", Text("re", group.span), group.span)), group.span)


def gam_terms(bound: Sequence[BoundSmooth], table: Table, start: int, *, select: bool = False) -> tuple[GamTerm, ...]:
    """Give smooths their columns, from ``start``, without what smooths of fewer covariates already say."""
    nested = _may_nest(bound)
    kept = side_constraints(bound, [smooth.design(table) for smooth in bound]) if nested else (None,) * len(bound)
    terms = []
    for smooth, columns in zip(bound, kept, strict=True):
        block = _block(smooth, columns, start, select=select)
        tensor = isinstance(smooth.smooth.basis, PlacedT2)
        # Only part of a t2 smooth is constrained; centred columns leave the intercept its meaning.
        means = smooth.design(table).mean(axis=0) if tensor else None
        terms.append(GamTerm(smooth, block, columns, means if means is None or columns is None else means[columns]))
        start = block.stop
    return tuple(terms)


def _may_nest(bound: Sequence[BoundSmooth]) -> bool:
    """Whether some covariate is smoothed over more than once."""
    names = [c.expression.label for s in bound if s.smooth.basis.nests for c in s.covariates]
    return len(set(names)) < len(names)


def _block(smooth: BoundSmooth, kept: IntArray | None, start: int, *, select: bool) -> PenaltyBlock:
    made = smooth.smooth
    penalties, ranks, null = made.penalties, made.ranks, made.null_space_dimension
    scales = made.scales if penalties else ()
    if kept is not None:
        penalties = tuple(s[np.ix_(kept, kept)] for s in penalties)
        ranks = tuple(int(np.linalg.matrix_rank(s, hermitian=True)) for s in penalties)
        null = len(kept) - int(np.linalg.matrix_rank(np.sum(penalties, axis=0), hermitian=True)) if penalties else null
    fixed, extra = smooth.smoothing, null_space_penalty(penalties, null) if select else None
    if extra is not None:
        penalties, ranks, scales, null = (*penalties, extra), (*ranks, null), (*scales, 1.0), 0
        fixed = (*fixed, None)
    basis = made.basis
    names = None
    if len(basis.penalty_names) == len(penalties) > 1:
        names = tuple(f"{smooth.label}{name}" for name in basis.penalty_names)
    links = None if smooth.link is None else tuple(f"{smooth.link}:{j}" for j in range(len(penalties)))
    return PenaltyBlock(
        start,
        start + (made.size if kept is None else len(kept)),
        penalties,
        ranks,
        scales,
        smooth.label,
        null,
        random_effect=basis.random_effect,
        fixed_sp=fixed if any(sp is not None for sp in fixed) else None,
        links=links,
        tested_as_random=False if isinstance(basis, PlacedT2) else None,
        names=names,
    )
