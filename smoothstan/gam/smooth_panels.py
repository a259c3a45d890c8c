"""What ``plot()`` shows of every smooth: curves, surfaces, curves by level, effects against normal quantiles."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.gam.design import GamTerm
from smoothstan.gam.penalised_fit import PenalisedFit
from smoothstan.gam.smooth_estimates import EstimatedSmooth, level_blocks
from smoothstan.plots import Curve, Curves, Levels, Panel, Quantiles, Surface
from smoothstan.smooths import Rows
from smoothstan.table import Factor, Table
from smoothstan.terms.bound_smooth import Multiplier

_TOO_FAR = 0.1


def smooth_panels(
    estimated: EstimatedSmooth, fit: PenalisedFit, table: Table, *, rug: bool, residuals: bool
) -> Iterator[Panel]:
    """Yield the panels of one smooth: one, or one per level for a surface by level.

    Args:
        estimated: the smooth on its grid.
        fit: the fit.
        table: its data.
        rug: mark the data.
        residuals: add partial residuals to curves.
    """
    term, grid = estimated.term, estimated.grid
    label = labelled_edf(term.label, float(np.sum(fit.edf[term.block.columns])))
    numbers = list(grid.axes)
    if term.block.random_effect:
        yield Quantiles(estimated.estimate, estimated.lower, estimated.upper, label)
    elif not numbers:
        names = tuple(name for name, _ in level_blocks(grid))
        yield Levels(names, estimated.estimate, estimated.lower, estimated.upper, "effect", label)
    elif len(numbers) == 1:
        seen = _data(term, table)[:, 0] if rug else None
        if grid.factors:
            yield _by_level(estimated, numbers[0], label, seen)
        else:
            partial = _partial_residuals(term, fit, table) if residuals else None
            x = grid.numbers[numbers[0]]
            yield Curve(x, estimated.estimate, estimated.lower, estimated.upper, numbers[0], label, seen, partial)
    else:
        yield from _surfaces(estimated, label, table)


def labelled_edf(label: str, edf: float) -> str:
    """Write the effective degrees of freedom into a label: ``s(x)`` becomes ``s(x, 3.21)``."""
    depth = 0
    for i, letter in enumerate(label):
        depth += (letter == "(") - (letter == ")")
        if letter == ")" and depth == 0:
            return f"{label[:i]}, {edf:.2f}{label[i:]}"
    return label


def _by_level(estimated: EstimatedSmooth, name: str, label: str, seen: FloatArray | None) -> Curves:
    blocks = level_blocks(estimated.grid)
    x, values = estimated.grid.numbers[name], estimated.estimate
    return Curves(
        np.stack([x[rows] for _, rows in blocks]),
        np.stack([values[rows] for _, rows in blocks]),
        tuple(level for level, _ in blocks),
        name,
        label,
        rug=seen,
    )


def _surfaces(estimated: EstimatedSmooth, label: str, table: Table) -> Iterator[Surface]:
    grid = estimated.grid
    (x_name, x), (y_name, y) = grid.axes.items()
    data = _data(estimated.term, table)[:, :2]
    largest = float(np.abs(estimated.estimate).max())
    held = ", ".join(f"{name} = {value:.3g}" for name, value in grid.held.items())
    for level, rows in level_blocks(grid):
        # Covariates that are held have one value, so that a block is the grid of the first two.
        values = estimated.estimate[rows].reshape(len(y), len(x))
        shown = np.where(_too_far(x, y, data), np.nan, values)
        title = "; ".join(part for part in (label, level, held) if part)
        yield Surface(x, y, shown, data, largest, x_name, y_name, title)


def _data(term: GamTerm, table: Table) -> FloatArray:
    """Return the numeric covariates at the rows where the smooth exists, (n, d); functionals row by row."""
    numbers = [c for c in term.smooth.rows(table).stacked if not isinstance(c, Factor)]
    return np.column_stack(numbers)


def _too_far(x: FloatArray, y: FloatArray, data: FloatArray) -> FloatArray:
    """Return (b, a) where a grid point is farther from all data than a tenth of the ranges."""
    from scipy.spatial import cKDTree

    corner, spread = np.array([x[0], y[0]]), np.array([np.ptp(x), np.ptp(y)])
    spread[spread == 0] = 1.0
    across, up = np.meshgrid(x, y)
    points = np.column_stack([across.ravel(), up.ravel()])
    distance = cKDTree((data - corner) / spread).query((points - corner) / spread)[0]
    return np.asarray(distance > _TOO_FAR).reshape(len(y), len(x))


def _partial_residuals(term: GamTerm, fit: PenalisedFit, table: Table) -> FloatArray | None:
    """Return (n, 2) covariate and partial residuals, None where a row is not one value of the smooth.

    The partial residuals are the smooth plus the working residuals times the roots of the working weights.
    """
    rows = term.smooth.rows(table)
    x = rows.covariates[0]
    if isinstance(term.smooth.by, Multiplier) or isinstance(x, Factor) or x.ndim > 1:
        return None
    weights = fit.data.slopes(fit.eta, fit.fitted, fit.theta)[2]
    whole = fit.residuals("working") * np.sqrt(weights)
    selected = term.smooth.selected(table)
    own = whole if selected is None else whole[selected]
    return np.column_stack([x, term.at(Rows(rows.covariates)) @ fit.coefficients[term.block.columns] + own])
