"""Estimated smooths on grids of their covariates: what ``plot()`` draws, as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import OptionError
from smoothstan.gam.design import GamDesign, GamTerm
from smoothstan.numerals import is_number
from smoothstan.smooths import Rows
from smoothstan.table import Factor, Table
from smoothstan.terms.bound_smooth import Level

if TYPE_CHECKING:
    import pandas as pd

_POINTS_PER_AXIS = 40
_STANDARD_ERRORS = 2.0


@dataclass(frozen=True)
class SmoothGrid:
    """Where a smooth is evaluated: all levels of its factors, for each the same grid of its numbers.

    Args:
        numbers: label -> (m,) values at the rows of the grid.
        factors: label -> (m,) levels.
        axes: label -> the values along the axis, for the first two numeric covariates.
        held: label -> the median at which a further numeric covariate is held.
        rows: the same for the basis.
    """

    numbers: Mapping[str, FloatArray]
    factors: Mapping[str, tuple[str, ...]]
    axes: Mapping[str, FloatArray]
    held: Mapping[str, float]
    rows: Rows


@dataclass(frozen=True)
class EstimatedSmooth:
    """A smooth on its grid with the ends of its interval, each (m,)."""

    term: GamTerm
    grid: SmoothGrid
    estimate: FloatArray
    se: FloatArray
    lower: FloatArray
    upper: FloatArray

    @property
    def by(self) -> str | None:
        """The level of a factor ``by``, the name of a numeric one, None without."""
        by = self.term.smooth.by
        if by is None:
            return None
        return by.level if isinstance(by, Level) else by.expression.label


def band_width(prob: float | None) -> float:
    """Return how many standard errors the band has to each side: two, or those of a probability."""
    from scipy.special import ndtri

    if prob is None:
        return _STANDARD_ERRORS
    if not (is_number(prob) and 0 < prob < 1):
        raise OptionError(f"prob must lie strictly between 0 and 1, got {prob!r}")
    return float(ndtri(0.5 + prob / 2))


def smooth_grid(term: GamTerm, table: Table, n: int) -> SmoothGrid:
    """Return where a smooth is looked at.

    Args:
        term: the smooth.
        table: the data, for the range of every covariate.
        n: number of points for one numeric covariate; two have at most 40 each.

    A random slope is evaluated at a slope of one; numeric covariates after the second are held at their medians.
    """
    covariates = term.smooth.covariates
    values = [covariate.at(table) for covariate in covariates]
    labels = [covariate.expression.label for covariate in covariates]
    slopes = term.block.random_effect
    numeric = [i for i, value in enumerate(values) if not isinstance(value, Factor)]
    size = n if len(numeric) == 1 else min(n, _POINTS_PER_AXIS)
    axes: dict[int, FloatArray] = {}
    for place, i in enumerate(numeric):
        value = np.asarray(values[i], dtype=float)
        if slopes:
            axes[i] = np.ones(1)
        elif place < 2:
            axes[i] = np.linspace(value.min(), value.max(), size)
        else:
            axes[i] = np.array([np.median(value)])
    lengths = [len(v.levels) if isinstance(v, Factor) else len(axes[i]) for i, v in enumerate(values)]
    # Factors outermost, and of the numbers the first fastest: one block of rows per combination of levels.
    order = [i for i in range(len(values)) if i not in axes] + list(reversed(numeric))
    places = np.indices([lengths[i] for i in order]).reshape(len(order), -1)
    at = {i: places[position] for position, i in enumerate(order)}
    built = tuple(
        Factor(at[i].astype(np.int64), v.levels) if isinstance(v, Factor) else axes[i][at[i]]
        for i, v in enumerate(values)
    )
    return SmoothGrid(
        {labels[i]: axes[i][at[i]] for i in numeric},
        {labels[i]: tuple(v.levels[c] for c in at[i]) for i, v in enumerate(values) if isinstance(v, Factor)},
        {labels[i]: axes[i] for i in numeric[:2]},
        {labels[i]: float(axes[i][0]) for i in numeric[2:]},
        Rows(built),
    )


def estimate_smooth(
    term: GamTerm, grid: SmoothGrid, coefficients: FloatArray, covariance: FloatArray, width: float
) -> EstimatedSmooth:
    """Evaluate a smooth on a grid; a numeric ``by`` counts as one.

    Args:
        term: the smooth.
        grid: where.
        coefficients, covariance: (p,), (p, p) of the whole model.
        width: of the band, in standard errors.
    """
    design, columns = term.at(grid.rows), term.block.columns
    estimate = design @ coefficients[columns]
    se = np.sqrt(np.maximum(np.einsum("ij,ij->i", design @ covariance[columns, columns], design), 0.0))
    return EstimatedSmooth(term, grid, estimate, se, estimate - width * se, estimate + width * se)


def chosen_terms(design: GamDesign, term: str | Sequence[str] | None) -> tuple[GamTerm, ...]:
    """Return the smooths with the given labels; a label without its level stands for all levels of ``by``."""
    if term is None:
        return design.terms
    wanted = (term,) if isinstance(term, str) else tuple(term)
    found = []
    for name in wanted:
        matching = [t for t in design.terms if name in (t.label, t.label.rpartition("):")[0] + ")")]
        if not matching:
            known = ", ".join(t.label for t in design.terms) or "none"
            raise OptionError(f"the model has no smooth {name!r} (smooths: {known})")
        found += matching
    return tuple({one.label: one for one in found}.values())


def estimates_table(estimated: Sequence[EstimatedSmooth]) -> pd.DataFrame:
    """Put estimated smooths under each other: smooth, by, covariates, estimate, se, lower, upper."""
    import pandas as pd

    labels = list(dict.fromkeys(name for e in estimated for name in (*e.grid.numbers, *e.grid.factors)))
    last = ["estimate", "se", "lower", "upper"]
    parts = []
    for e in estimated:
        values = {name: getattr(e, name) for name in last}
        part = pd.DataFrame({"smooth": e.term.label, "by": e.by, **e.grid.numbers, **e.grid.factors, **values})
        parts.append(part.astype({"by": object}))
    columns = ["smooth", "by", *labels, *last]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def level_blocks(grid: SmoothGrid) -> tuple[tuple[str, slice], ...]:
    """Return the name of every combination of levels and its rows of the grid."""
    levels = [tuple(dict.fromkeys(column)) for column in grid.factors.values()]
    names = [", ".join(combination) for combination in product(*levels)]
    size = grid.rows.n // len(names)
    return tuple((name, slice(i * size, (i + 1) * size)) for i, name in enumerate(names))
