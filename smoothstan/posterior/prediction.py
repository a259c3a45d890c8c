"""A prediction with everything settled: the rows, the draws, the group effects, and the random numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.design import Design, keep_group_effects
from smoothstan.engines import check_whole
from smoothstan.errors import OptionError
from smoothstan.families import Response
from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.memory import bytes_allowed, row_blocks
from smoothstan.posterior.new_levels import NewLevels
from smoothstan.table import Factor, Table

KINDS = ("linpred", "epred", "predict", "log_lik")
"""What can be computed for every draw and row."""

_ADDITIONS_OF_PREDICTIONS = ("trials",)
"""Weights say how much an observation counts, nothing about the response."""

_ROWS_PER_STREAM = 16
"""Rows that share a stream of random numbers; blocks are multiples of it, so that their size changes no number."""

_STREAM = 2
_ARRAYS = 8
"""Arrays of the size of a block that a family's density or draws need at most, beside those of the predictors."""

_ARRAYS_PER_PREDICTOR = 3


@dataclass(frozen=True)
class Prediction:
    """What to predict, for which draws.  Made by ``prepare``.

    Args:
        design: the model, with the group effects that count.
        draws: posterior variable -> (draws, ...).
        table: the rows.
        draw_ids: the numbers of the draws among all draws, chain by chain.
        has_response: whether the rows have a response.
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
            max_memory: bytes or a text such as ``"200 MB"``; 256 MB by default. The draws themselves do not count.
            beside: how many arrays of the size of a block the caller holds beside its evaluation.

        Raises:
            OptionError: if not even 16 rows fit.
        """
        arrays = _ARRAYS + _ARRAYS_PER_PREDICTOR * len(self.design.predicted) + beside
        groups = self.design.grouping_only()
        for rows in row_blocks(self.n, self.ndraws, arrays, bytes_allowed(max_memory), _ROWS_PER_STREAM):
            table = self.table.take(np.arange(rows.start, rows.stop))
            # Only the levels at hand, so that many new levels cost no more than they must.
            columns = {
                k: c.drop_unused() if k in groups and isinstance(c, Factor) else c for k, c in table.columns.items()
            }
            yield replace(self, table=Table(columns, table.n), start=self.start + rows.start)

    def at(self, table: Table) -> Prediction:
        """Return the same prediction at other rows, which have the same columns."""
        return replace(self, table=table, start=0)

    def evaluate(self, kind: str, *, dpar: str | None = None, transform: bool = False) -> FloatArray:
        """Compute one of ``KINDS`` for all rows at once, (draws, rows).

        Args:
            kind: ``"linpred"`` is the linear predictor of ``dpar`` (``mu`` by default), with ``transform`` the
                parameter itself; ``"epred"`` the expected response, or the parameter ``dpar``; ``"predict"`` new
                responses; ``"log_lik"`` the log likelihood.
            dpar: a distributional parameter.
            transform: apply the inverse link to a linear predictor.
        """
        return _EVALUATE[kind](self, dpar, transform)

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
        return Response(bound.label, np.empty(0), **bound.additions_at(self.table, _ADDITIONS_OF_PREDICTIONS))

    def _full(self, values: FloatArray) -> FloatArray:
        return np.broadcast_to(values, (self.ndraws, self.n, *values.shape[2:]))

    def _linpred(self, dpar: str | None, transform: bool) -> FloatArray:
        name = dpar or "mu"
        if name not in self.design.predicted:
            raise OptionError(f"{name!r} has no linear predictor (predicted: {', '.join(self.design.predicted)})")
        settled = self.settled()
        values = settled.design.linear_predictor(name, settled.draws, settled.table)
        return self.design.family.link(name).inverse(values) if transform else values

    def _epred(self, dpar: str | None, transform: bool) -> FloatArray:
        parameters = self.parameters()
        if dpar is None:
            return self._full(self.design.family.mean(parameters, self.response()))
        if dpar not in parameters:
            raise OptionError(f"family {self.design.family.name} has no parameter {dpar!r} ({', '.join(parameters)})")
        return self._full(parameters[dpar])

    def _predict(self, dpar: str | None, transform: bool) -> FloatArray:
        parameters = {name: self._full(values) for name, values in self.parameters().items()}
        response = self.response()
        family, result = self.design.family, []
        for start in range(0, self.n, _ROWS_PER_STREAM):
            rows = slice(start, start + _ROWS_PER_STREAM)
            key = (_STREAM, (self.start + start) // _ROWS_PER_STREAM)
            rng = np.random.default_rng(np.random.SeedSequence(self.entropy, spawn_key=key))
            part = {name: values[:, rows] for name, values in parameters.items()}
            result.append(family.draw(rng, part, response.rows(rows)))
        return np.concatenate(result, axis=1)

    def _log_lik(self, dpar: str | None, transform: bool) -> FloatArray:
        response = self.response()
        values = self.design.family.log_density(response, self.parameters())
        return self._full(values if response.weights is None else values * response.weights)


_EVALUATE: Mapping[str, Callable[[Prediction, str | None, bool], FloatArray]] = {
    "linpred": Prediction._linpred,
    "epred": Prediction._epred,
    "predict": Prediction._predict,
    "log_lik": Prediction._log_lik,
}


def prepare(
    fit: Fitted, new_data: Any = None, kind: str = "epred", *, re_formula: Any = None, allow_new_levels: bool = False,
    sample_new_levels: str = "uncertainty", ndraws: int | None = None, draw_ids: Sequence[int] | None = None,
    seed: int | None = None,
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

    Raises:
        DataError: for a missing column or value, another kind of column, or a level that is not allowed.
        OptionError, FormulaError: for an argument outside its range.
    """
    if seed is not None:
        check_whole("seed", seed, 0)
    sequence = np.random.SeedSequence(seed)
    assert isinstance(sequence.entropy, int)
    design = keep_group_effects(fit.design, re_formula)
    has_response = kind == "log_lik" or new_data is None
    if new_data is None:
        table = fit.design.table
    else:
        table = design.at(
            new_data, additions=() if kind == "linpred" else _ADDITIONS_OF_PREDICTIONS, response=has_response,
            new_levels=allow_new_levels,
        )  # fmt: skip
        if has_response:
            design.family.check_response(design.response.at(table))
    ids = _chosen_draws(fit.ndraws, ndraws, draw_ids, sequence)
    draws = fit.flat if len(ids) == fit.ndraws and draw_ids is None else {k: v[ids] for k, v in fit.flat.items()}
    levels = NewLevels(sample_new_levels, sequence.entropy)
    return Prediction(design, draws, table, ids, has_response, levels if allow_new_levels else None, sequence.entropy)


def _chosen_draws(
    total: int, ndraws: int | None, draw_ids: Sequence[int] | None, sequence: np.random.SeedSequence
) -> IntArray:
    if draw_ids is not None:
        if ndraws is not None:
            raise OptionError("give ndraws or draw_ids, not both")
        ids = np.asarray(draw_ids)
        if ids.ndim != 1 or ids.dtype.kind not in "iu" or len(ids) == 0:
            raise OptionError(f"draw_ids holds whole numbers, got {draw_ids!r}")
        if ids.min() < 0 or ids.max() >= total:
            raise OptionError(f"draw_ids count from 0 to {total - 1}, got {int(ids[(ids < 0) | (ids >= total)][0])}")
        return ids.astype(np.int64)
    if ndraws is None:
        return np.arange(total)
    check_whole("ndraws", ndraws, 1)
    if ndraws > total:
        raise OptionError(f"ndraws is {ndraws}, but the fit has {total} draws")
    return np.sort(np.random.default_rng(sequence).choice(total, ndraws, replace=False))
