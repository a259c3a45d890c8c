"""A prediction with everything settled: the rows, the draws, the group effects, and the random numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.design import Design, keep_group_effects
from smoothstan.engines import check_whole
from smoothstan.errors import OptionError
from smoothstan.families import Response, draw_responses, expected_response, log_likelihood
from smoothstan.posterior.chosen_draws import chosen_draws
from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.memory import Demand, bytes_allowed, row_blocks
from smoothstan.posterior.new_levels import NewLevels
from smoothstan.table import Factor, MatrixColumn, Table

KINDS = ("linpred", "epred", "predict", "log_lik")
"""What can be computed for every draw and row."""

ADDITIONS_BESIDE_TRIALS = ("rate", "se", "trunc")
_ADDITIONS_OF_PREDICTIONS = ("trials", *ADDITIONS_BESIDE_TRIALS)
"""Weights and censoring say how an observation counts, nothing about the response."""

_ROWS_PER_STREAM = 16
"""Rows that share a stream of random numbers; blocks are multiples of it, so that their size changes no number."""

_STREAM = 2
_ARRAYS = 7
"""Arrays of the size of a block that a prediction and what summarises it need at most, beside the parameters;
one of them is the block before, which the caller may still hold."""

_COPIES_OF_COLUMNS = 4
"""How often the columns of the design exist at the same time, with what computes them."""


@dataclass(frozen=True)
class ParametersAsNeeded(Mapping[str, FloatArray]):
    """The distributional parameters of a model, each computed when it is asked for: most means need only mu.

    Args:
        design: the model.
        draws: posterior variable -> (draws, ...).
        table: the rows.
    """

    design: Design
    draws: Mapping[str, FloatArray]
    table: Table

    def __getitem__(self, dpar: str) -> FloatArray:
        if dpar not in tuple(self):
            raise KeyError(dpar)
        return self.design.parameter(dpar, self.draws, self.table)

    def __iter__(self) -> Iterator[str]:
        return iter(self.design.parameter_names)

    def __len__(self) -> int:
        return len(self.design.parameter_names)


@dataclass(frozen=True)
class Prediction:
    """What to predict, for which draws.  Made by ``prepare``.

    Args:
        design: the model, with the group effects that count.
        draws: posterior variable -> (draws, ...).
        table: the rows.
        draw_ids: the numbers of the draws among all draws, chain by chain.
        has_response: whether the rows have a response with its additions.
        new_levels: how effects of new levels are drawn, or None if they are refused.
        entropy: the seed of all random numbers.
        start: the number of the first row, where this is a block of another prediction.
    """

    design: Design
    draws: Mapping[str, FloatArray]
    table: Table
    draw_ids: IntArray
    has_response: bool
    new_levels: NewLevels | None
    entropy: int
    start: int = 0

    @property
    def n(self) -> int:
        """The number of rows."""
        return self.table.n

    @property
    def ndraws(self) -> int:
        """The number of draws."""
        return len(self.draw_ids)

    def blocks(self, max_memory: float | str | None = None, *, beside: int = 0) -> Iterator[Prediction]:
        """Split it into blocks of rows, each with all draws, that can be evaluated within the memory allowed.

        Args:
            max_memory: bytes or a text such as ``"200 MB"``; 256 MB by default. Neither the draws nor the rows
                themselves count.
            beside: how many arrays of the size of a block the caller holds beside its evaluation.

        Raises:
            OptionError: if not even 16 rows fit.
        """
        groups = self.design.grouping_only()
        slices = row_blocks(self.n, self._demand(beside), bytes_allowed(max_memory), _ROWS_PER_STREAM)
        return (self._block(rows, groups) for rows in slices)

    def _block(self, rows: slice, groups: Collection[str]) -> Prediction:
        table = self.table.take(np.arange(rows.start, rows.stop))
        # Only the levels at hand, so that many new levels cost no more than they must.
        columns = {k: c.drop_unused() if k in groups and isinstance(c, Factor) else c for k, c in table.columns.items()}
        return replace(self, table=Table(columns, table.n), start=self.start + rows.start)

    def _demand(self, beside: int = 0) -> Demand:
        # A category, or a predictor of one, has an array of its own.
        together = max(1, len(self.design.response.categories))
        arrays = (_ARRAYS + beside) * together + len(self.design.predicted)
        if self.new_levels is not None:
            # Every row may have levels of its own, and effects for them.
            arrays += sum(len(term.coefficients) for term in self.design.groups)
        width = sum(term.width for term in self.design.terms)
        read = sum(c.values.shape[1] if isinstance(c, MatrixColumn) else 1 for c in self.table.columns.values())
        return Demand(
            draws=self.ndraws, arrays=arrays, numbers_per_row=_COPIES_OF_COLUMNS * (width + read) + _ROWS_PER_STREAM,
            numbers_per_draw=_COPIES_OF_COLUMNS * width,
        )  # fmt: skip

    def at(self, table: Table) -> Prediction:
        """Return the same prediction at other rows, which have the same columns."""
        return replace(self, table=table, start=0)

    def evaluate(self, kind: str, *, dpar: str | None = None, transform: bool = False) -> FloatArray:
        """Compute one of ``KINDS`` for all rows at once, (draws, rows), or (draws, rows, labels) as ``third`` says.

        Args:
            kind: ``"linpred"`` is the linear predictor of ``dpar`` (by default of ``mu``, or of all that the main
                formula predicts), with ``transform`` the parameter itself; ``"epred"`` the expected response, the
                probabilities of categories, or the parameter ``dpar``; ``"predict"`` new responses; ``"log_lik"`` the
                log likelihood.
            dpar: a distributional parameter.
            transform: apply the inverse link to a linear predictor.
        """
        check_question(self.design, kind, dpar, transform)
        return _EVALUATE[kind](self, dpar, transform)

    def third(self, kind: str, dpar: str | None = None) -> ThirdDimension:
        """Return the name and the labels of a third dimension of what ``evaluate`` returns; no labels for none."""
        return third_dimension(self.design, kind, dpar)

    def settled(self) -> Prediction:
        """Return the prediction with the effects of new levels drawn."""
        if self.new_levels is None:
            return self
        design, draws = self.new_levels.settle(self.design, self.draws, self.table)
        return replace(self, design=design, draws=draws)

    def parameters(self) -> dict[str, FloatArray]:
        """Return every distributional parameter on its natural scale, broadcastable to (draws, rows)."""
        settled = self.settled()
        return settled.design.parameters(settled.draws, settled.table)

    def response(self) -> Response:
        """Return the response with its additions, where there is one, else what predictions need of it."""
        bound = self.design.response
        if self.has_response:
            return bound.at(self.table)
        return bound.without_values(self.table, _ADDITIONS_OF_PREDICTIONS)

    def observed(self) -> FloatArray:
        """Return the (rows,) response, of a prediction that was made with ``observed``."""
        return self.design.response.values(self.table)

    def _full(self, values: FloatArray) -> FloatArray:
        return np.broadcast_to(values, (self.ndraws, self.n, *values.shape[2:]))

    def _linpred(self, dpar: str | None, transform: bool) -> FloatArray:
        settled = self.settled()

        def predictor(name: str) -> FloatArray:
            return settled.design.linear_predictor(name, settled.draws, settled.table)

        several = third_dimension(self.design, "linpred", dpar).labels
        if several:
            return np.stack([predictor(name) for name in several], axis=2)
        name = dpar or "mu"
        return self.design.family.link(name).inverse(predictor(name)) if transform else predictor(name)

    def _epred(self, dpar: str | None, transform: bool) -> FloatArray:
        settled = self.settled()
        parameters = ParametersAsNeeded(settled.design, settled.draws, settled.table)
        if dpar is not None:
            return self._full(settled.design.parameter(dpar, settled.draws, settled.table, of_response=False))
        response = self.response()
        if response.lb is None and response.ub is None:
            return self._full(self.design.family.mean(parameters, response))
        return self._in_parts(lambda p, r, _: expected_response(self.design.family, r, p), dict(parameters), response)

    def _predict(self, dpar: str | None, transform: bool) -> FloatArray:
        def drawn(parameters: Mapping[str, FloatArray], response: Response, start: int) -> FloatArray:
            key = (_STREAM, (self.start + start) // _ROWS_PER_STREAM)
            rng = np.random.default_rng(np.random.SeedSequence(self.entropy, spawn_key=key))
            return draw_responses(self.design.family, rng, parameters, response)

        return self._in_parts(drawn, self.parameters(), self.response())

    def _log_lik(self, dpar: str | None, transform: bool) -> FloatArray:
        family = self.design.family
        return self._in_parts(lambda p, r, _: log_likelihood(family, r, p), self.parameters(), self.response())

    def _in_parts(
        self, compute: Callable[[Mapping[str, FloatArray], Response, int], FloatArray],
        parameters: Mapping[str, FloatArray], response: Response,
    ) -> FloatArray:  # fmt: skip
        """Compute (draws, rows) from few rows at a time, so that what a family needs on the way takes no memory."""
        full = {name: self._full(values) for name, values in parameters.items()}
        result: FloatArray | None = None
        for start in range(0, self.n, _ROWS_PER_STREAM):
            rows = slice(start, start + _ROWS_PER_STREAM)
            part = compute({name: values[:, rows] for name, values in full.items()}, response.rows(rows), start)
            if result is None:
                result = np.empty((self.ndraws, self.n, *part.shape[2:]))
            result[:, rows] = part
        assert result is not None
        return result


_EVALUATE: Mapping[str, Callable[[Prediction, str | None, bool], FloatArray]] = {
    "linpred": Prediction._linpred,
    "epred": Prediction._epred,
    "predict": Prediction._predict,
    "log_lik": Prediction._log_lik,
}


@dataclass(frozen=True)
class ThirdDimension:
    """What tells numbers of the same draw and row apart: categories, or parameters; no labels where there are none."""

    name: str
    labels: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many numbers a draw and row have."""
        return max(1, len(self.labels))


def third_dimension(design: Design, kind: str, dpar: str | None) -> ThirdDimension:
    """Return the third dimension of a kind of prediction."""
    if kind == "linpred":
        return ThirdDimension("dpar", design.family.main if dpar is None and design.family.by_category else ())
    expected = kind == "epred" and dpar is None and design.family.categorical
    return ThirdDimension("category", design.response.categories if expected else ())


def check_question(design: Design, kind: str, dpar: str | None, transform: bool = False) -> None:
    """Refuse a kind of prediction that does not exist, and a parameter that it does not have.

    Raises:
        OptionError: naming what there is.
    """
    if kind not in KINDS:
        raise OptionError(f"unknown kind of prediction {kind!r} (known: {', '.join(map(repr, KINDS))})")
    if not isinstance(transform, bool):
        raise OptionError(f"transform must be True or False, got {transform!r}")
    if transform and kind != "linpred":
        raise OptionError(f"transform belongs to kind='linpred', not to {kind!r}")
    if transform and dpar is None and design.family.by_category:
        raise OptionError("the probability of a category depends on all linear predictors: use posterior_epred()")
    if dpar is None:
        return
    if kind in ("predict", "log_lik"):
        raise OptionError(f"dpar belongs to the kinds 'linpred' and 'epred', not to {kind!r}")
    names = tuple(p.name for p in design.family.parameters)
    if kind == "epred" and dpar not in names:
        raise OptionError(f"family {design.family.name} has no parameter {dpar!r} (it has: {', '.join(names)})")
    if kind == "linpred" and dpar not in design.predicted:
        hint = f"; its draws are those of posterior_epred(dpar={dpar!r})" if dpar in names else ""
        raise OptionError(f"{dpar!r} has no linear predictor (predicted: {', '.join(design.predicted)}){hint}")


def prepare(
    fit: Fitted, new_data: Any = None, kind: str = "epred", *, re_formula: Any = None, allow_new_levels: bool = False,
    sample_new_levels: str = "uncertainty", ndraws: int | None = None, draw_ids: Sequence[int] | None = None,
    seed: int | None = None, design: Design | None = None, observed: bool = False,
) -> Prediction:  # fmt: skip
    """Settle what is to be predicted.

    Args:
        fit: the fit.
        new_data: a table with the columns that ``kind`` needs; the rows of the fit by default.
        kind: one of ``KINDS``: all need the columns of the predictors; ``"epred"`` and ``"predict"`` also trials,
            ``"log_lik"`` the response and all its additions.
        re_formula: the group-level effects to include: None for all, ``"NA"`` for none, or a formula
            such as ``"~ (1 | g)"``.
        allow_new_levels: let groups have levels that the fit has not seen; a missing value or a missing
            column of a grouping is one of them.
        sample_new_levels: how their effects are drawn, see ``new_levels.py``.
        ndraws: use so many draws, chosen at random without replacement; all by default.
        draw_ids: use the draws with these numbers, which count from 0 through all chains.
        seed: of new responses, new levels and the choice of draws.
        design: a part of the fit's model to predict by; all of it by default.
        observed: whether the response is needed, without its weights.

    Raises:
        DataError: for a missing column or value, another kind of column, or a level that is not allowed.
        OptionError, FormulaError: for an argument outside its range.
    """
    check_question(fit.design, kind, None)
    if not isinstance(allow_new_levels, bool):
        raise OptionError(f"allow_new_levels must be True or False, got {allow_new_levels!r}")
    if seed is not None:
        check_whole("seed", seed, 0)
    sequence = np.random.SeedSequence(seed)
    assert isinstance(sequence.entropy, int)
    levels = NewLevels(sample_new_levels, sequence.entropy)
    ids = chosen_draws(fit.ndraws, ndraws, draw_ids, sequence)
    kept = keep_group_effects(fit.design if design is None else design, re_formula)
    has_response = kind == "log_lik" or new_data is None
    if new_data is None:
        table = kept.table
    else:
        table = kept.at(
            new_data, additions=() if kind == "linpred" and not observed else _ADDITIONS_OF_PREDICTIONS,
            response=has_response, new_levels=allow_new_levels, observed=observed,
        )  # fmt: skip
        _check_response(kept, table, has_response, observed)
    draws = fit.flat if len(ids) == fit.ndraws and draw_ids is None else {k: v[ids] for k, v in fit.flat.items()}
    return Prediction(kept, draws, table, ids, has_response, levels if allow_new_levels else None, sequence.entropy)


def _check_response(design: Design, table: Table, has_response: bool, observed: bool) -> None:
    """Refuse values of the response, where there are any, that the family cannot have."""
    bound = design.response
    if has_response:
        design.family.check_response(bound.at(table))
    elif observed:
        known = bound.without_values(table, _ADDITIONS_OF_PREDICTIONS)
        design.family.check_response(replace(known, y=bound.values(table)))
