"""Smooths alone, on the scale of the linear predictor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.design import keep_group_effects
from smoothstan.errors import FormulaError, OptionError, suggestion
from smoothstan.formula import parse
from smoothstan.formula.syntax import deparse
from smoothstan.posterior.conditional.conditions import LABEL, condition_column, level_column, native_column, row_labels
from smoothstan.posterior.conditional.effects import Display
from smoothstan.posterior.conditional.estimate import Summarising
from smoothstan.posterior.conditional.grid import Axis, axis_of, far_from_data, numbers_of
from smoothstan.posterior.conditional.part import ConditionalEffect
from smoothstan.posterior.conditional.points import same_level
from smoothstan.posterior.conditional.predictor import Predictor, predictors_of
from smoothstan.posterior.conditional.result import ConditionalEffects
from smoothstan.posterior.estimates import check_probability
from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.prediction import Prediction, prepare
from smoothstan.table import Table
from smoothstan.terms import Smooth, SmoothTerm

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class WrittenSmooth:
    """All smooths of one call: one, or one per level of a factor ``by``.

    Args:
        term: where they stand.
        smooths: they.
    """

    term: SmoothTerm
    smooths: tuple[Smooth, ...]

    @property
    def text(self) -> str:
        """The call without spaces, as brms names it."""
        return "".join(self.smooths[0].term.split())

    @property
    def name(self) -> str:
        """The parameter and the call: ``mu: s(x,k=5)``."""
        return f"{self.term.dpar}: {self.text}"

    @property
    def covariates(self) -> tuple[str, ...]:
        """The variables that it is a function of."""
        return tuple(dict.fromkeys(v for c in self.smooths[0].bound.covariates for v in c.expression.variables))

    @property
    def by(self) -> tuple[str, ...]:
        """The variables that multiply it or choose the level."""
        own = self.smooths[0].bound.by
        return () if own is None else tuple(v for v in own.expression.variables if v not in self.covariates)

    def values(self, prediction: Prediction) -> FloatArray:
        """Return it for every draw and row of a block."""
        parts = [self.term.smooth_contribution(s, prediction.draws, prediction.table) for s in self.smooths]
        return np.asarray(sum(parts))


@dataclass(frozen=True)
class SmoothGrid:
    """The rows of one smooth: its first one or two variables, and every combination of the others.

    Args:
        axes: the first variables.
        others: third and further variables, and those of ``by``; every combination is a panel.
        places: (rows, axes and others) which value a row has.
        surface: whether it is a map.
    """

    axes: tuple[Axis, ...]
    others: tuple[Axis, ...]
    places: IntArray
    surface: bool

    def table(self) -> Table:
        """Return what the smooth reads."""
        every = (*self.axes, *self.others)
        columns = {axis.name: axis.values.take(self.places[:, i]) for i, axis in enumerate(every)}
        return Table(columns, len(self.places))

    def panels(self) -> tuple[tuple[str, ...], IntArray]:
        """Return the labels of the panels and the panel of every row."""
        if not self.others:
            return ("1",), np.zeros(len(self.places), dtype=np.int64)
        table = self.table().select(axis.name for axis in self.others)
        texts = row_labels(table)
        labels = tuple(dict.fromkeys(texts))
        place = {label: i for i, label in enumerate(labels)}
        return labels, np.asarray([place[text] for text in texts], dtype=np.int64)


def conditional_smooths(
    fit: Fitted, smooths: str | Sequence[str] | None, *, display: Display, summarising: Summarising,
    ndraws: int | None, seed: int | None,
) -> ConditionalEffects:  # fmt: skip
    """Compute smooths; see ``Conditioning.conditional_smooths``."""
    check_probability(summarising.prob)
    display.check_names(fit.design)
    predictors = predictors_of(keep_group_effects(fit.design, "NA"))
    base = prepare(fit, None, "linpred", re_formula="NA", ndraws=ndraws, seed=seed)
    parts = {}
    for written in _chosen(list(_written(fit)), predictors, smooths):
        grid = _grid(written, predictors, display)
        prediction = base.at(grid.table())
        columns, drawn = summarising.of(prediction, written.values)
        frame = _frame(grid).assign(**columns)
        labels, _ = grid.panels()
        parts[written.name] = ConditionalEffect(
            tuple(axis.name for axis in grid.axes), tuple(axis.numeric for axis in grid.axes), written.name, frame,
            grid.surface, labels if grid.others else ("",), _seen(fit.design.table, grid), drawn,
        )  # fmt: skip
    return ConditionalEffects(parts, "", summarising.prob, has_points=False)


def _written(fit: Fitted) -> Iterator[WrittenSmooth]:
    for dpar in fit.design.predicted:
        for term in fit.design.terms:
            if isinstance(term, SmoothTerm) and term.dpar == dpar:
                calls: dict[str, list[Smooth]] = {}
                for smooth in term.smooths:
                    calls.setdefault(smooth.term, []).append(smooth)
                yield from (WrittenSmooth(term, tuple(own)) for own in calls.values())


def _chosen(
    known: list[WrittenSmooth], predictors: Mapping[str, Predictor], asked: str | Sequence[str] | None
) -> list[WrittenSmooth]:
    if not known:
        raise OptionError("the model has no smooths")
    if asked is None:
        found = [written for written in known if not _whole_curve(written, predictors)]
        if not found:
            raise OptionError("no smooth can be shown: all are functions of whole rows of numbers")
        return found
    texts = [asked] if isinstance(asked, str) else list(asked)
    found = [written for text in texts for written in _named(text, known)]
    for written in found:
        if _whole_curve(written, predictors):
            raise OptionError(f"{written.name} cannot be shown: it is a function of whole rows of numbers")
    return list({written.name: written for written in found}.values())


def _named(text: str, known: Sequence[WrittenSmooth]) -> list[WrittenSmooth]:
    """Return the smooths that a text names: the call, the call with its parameter, or mgcv's label."""
    wanted = _canonical(text)
    found = [w for w in known if wanted in (w.name.replace(" ", ""), w.text, _canonical(w.text))]
    found = found or [w for w in known if wanted in [smooth.label for smooth in w.smooths]]
    if found:
        return found
    names = [written.name for written in known]
    raise OptionError(f"the model has no smooth {text!r}{suggestion(text, names)} (it has: {'; '.join(names)})")


def _canonical(text: str) -> str:
    try:
        return "".join(deparse(parse(text)).split())
    except FormulaError:
        return "".join(text.split())


def _whole_curve(written: WrittenSmooth, predictors: Mapping[str, Predictor]) -> bool:
    return any(predictors[name].whole_curve for name in (*written.covariates, *written.by))


def _grid(written: WrittenSmooth, predictors: Mapping[str, Predictor], display: Display) -> SmoothGrid:
    """Place the rows of a smooth, its first variable changing fastest."""
    first, others = written.covariates[:2], (*written.covariates[2:], *written.by)
    numbers = all(predictors[name].numeric for name in first)
    surface = display.surface and numbers and len(first) == 2
    along = [True, display.surface or not numbers][: len(first)]

    def axis(name: str, *, along: bool) -> Axis:
        return axis_of(predictors[name], display.int_conditions, display.resolution, along=along)

    axes = tuple(axis(name, along=whole) for name, whole in zip(first, along, strict=True))
    rest = tuple(axis(name, along=False) for name in others)
    sizes = [a.size for a in (*axes, *rest)]
    # The first variable changes fastest, as in brms.
    places = np.stack(np.unravel_index(np.arange(int(np.prod(sizes))), sizes, order="F"), axis=-1)
    if surface and display.too_far > 0:
        points = np.column_stack([numbers_of(a.values)[places[:, i]] for i, a in enumerate(axes)])
        data = np.column_stack([numbers_of(predictors[name].column) for name in first])
        places = places[~far_from_data(points, data, display.too_far)]
    return SmoothGrid(axes, rest, places.astype(np.int64), surface)


def _frame(grid: SmoothGrid) -> pd.DataFrame:
    """Return the variables, ``effect1__``, ``effect2__`` and ``cond__``."""
    import pandas as pd

    table = grid.table()
    frame = pd.DataFrame({name: native_column(column) for name, column in table.columns.items()})
    for i, axis in enumerate(grid.axes, start=1):
        frame[f"effect{i}__"] = axis.shown(grid.places[:, i - 1], surface=grid.surface or i == 1)
    labels, panel = grid.panels()
    frame[LABEL] = condition_column(panel, labels)
    return frame


def _seen(table: Table, grid: SmoothGrid) -> pd.DataFrame:
    """Return the variables in the data for the rug, in every panel the rows of its levels."""
    import pandas as pd

    labels, panel = grid.panels()
    parts = [np.arange(table.n)] if not grid.others else [
        _rows_of(table, grid, np.flatnonzero(panel == i)[:1]) for i in range(len(labels))
    ]  # fmt: skip
    rows = np.concatenate(parts)
    frame = pd.DataFrame({"resp__": np.full(len(rows), np.nan)})
    for i, axis in enumerate(grid.axes, start=1):
        column = table[axis.name].take(rows)
        frame[axis.name] = native_column(column)
        frame[f"effect{i}__"] = frame[axis.name] if axis.numeric else level_column(column)
    frame[LABEL] = condition_column(np.repeat(np.arange(len(labels)), list(map(len, parts))), labels)
    return frame


def _rows_of(table: Table, grid: SmoothGrid, row: IntArray) -> IntArray:
    """Return the rows of the data that have the levels of a row of the grid; numbers do not count."""
    mask = np.ones(table.n, dtype=bool)
    shown = grid.table()
    for axis in grid.others:
        if not axis.numeric:
            mask &= same_level(table[axis.name], shown[axis.name].take(row))
    return np.flatnonzero(mask)
