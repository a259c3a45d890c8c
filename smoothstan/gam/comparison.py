"""Compare penalised fits of one response: a table of tests and criteria, and their smooths over each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from smoothstan import notebook
from smoothstan.errors import OptionError
from smoothstan.gam.penalised_fit import PenalisedFit
from smoothstan.gam.result import GamFit
from smoothstan.gam.smooth_estimates import EstimatedSmooth, band_width, estimate_smooth, smooth_grid
from smoothstan.numerals import format_p_values, format_together
from smoothstan.plots import Curves, draw_panels

if TYPE_CHECKING:
    import pandas as pd

    from smoothstan.plots.style import Axes

_DIGITS = 5
_POINTS = 200


@dataclass(frozen=True, repr=False)
class GamComparison:
    """Penalised fits side by side.  Made by ``compare_gam()``.

    Args:
        table: one row per model, see ``compare_gam``.
        formulas: what was fitted, in the same order.
        fits: the fits.
    """

    table: pd.DataFrame
    formulas: tuple[str, ...]
    fits: tuple[GamFit, ...]

    def __str__(self) -> str:
        heading = [f"{name}: {formula}" for name, formula in zip(self.table.index, self.formulas, strict=True)]
        return "\n".join(["Comparison of penalised fits", "", *heading, "", _written(self.table).to_string()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        models = [f"{name}: {formula}" for name, formula in zip(self.table.index, self.formulas, strict=True)]
        return notebook.page(
            notebook.heading("Comparison of penalised fits"),
            notebook.code("\n".join(models)),
            notebook.table(_written(self.table)),
        )

    def plot(self, *, prob: float | None = None, axes: Sequence[Axes] | None = None) -> tuple[Axes, ...]:
        """Draw the models' smooths of the same covariate (and the same level of ``by``) over each other.

        Args:
            prob: mass of the bands; by default they have two standard errors to each side.
            axes: one per covariate; a new figure by default.

        Raises:
            OptionError: if no model has a smooth of one number.
        """
        panels = list(_overlaid(self.fits, tuple(self.table.index), band_width(prob)))
        if not panels:
            raise OptionError("the models have no smooths of one number to draw")
        return draw_panels(panels, axes)


def compare_gam(*fits: GamFit, names: Sequence[str] | None = None, test: str | None = None) -> GamComparison:
    """Compare penalised fits of the same response, each with the one before, as mgcv's ``anova``.

    Args:
        fits: two or more, from the smaller to the larger model.
        names: what to call them; ``Model 1``, ``Model 2``, ... by default.
        test: ``"F"`` or ``"Chisq"``; by default F where a scale is estimated.

    Returns:
        The comparison; its ``table`` has the columns ``Resid. Df`` (rows minus the degrees of freedom edf1 that tests
        count, with the correction edf2 - edf for the uncertainty of the smoothing parameters), ``Resid. Dev``,
        ``Df`` and ``Deviance`` (differences), ``F`` or ``Chi.sq``, ``p-value``, ``edf``, ``AIC`` and ``BIC``.  The
        scale is that of the model with the fewest residual degrees of freedom.  The test is for nested models, and
        rough where they differ in random effects alone.

    Raises:
        OptionError: for fewer than two fits, or fits of different responses, weights or families.

    Source: Wood, Pya & Säfken (2016), JASA 111, 1548-1575, section 4, for edf2; the table is mgcv's.
    """
    import pandas as pd

    _check(fits, test)
    labels = [f"Model {i + 1}" for i in range(len(fits))] if names is None else list(names)
    if len(labels) != len(fits) or len(set(labels)) < len(labels):
        raise OptionError(f"names must be {len(fits)} different names, got {names!r}")
    numbers = [fit.penalised for fit in fits]
    residual_df = np.array([_residual_df(fit) for fit in numbers])
    deviance = np.array([fit.deviance for fit in numbers])
    largest = numbers[int(np.argmin(residual_df))]
    df = np.append(np.nan, -np.diff(residual_df))
    change = np.append(np.nan, -np.diff(deviance))
    kind = test or ("Chisq" if largest.problem.scale_known else "F")
    statistic, p = _test(kind, df, change, largest.scale, float(residual_df.min()))
    table = pd.DataFrame(
        {
            "Resid. Df": residual_df, "Resid. Dev": deviance, "Df": df, "Deviance": change,
            "F" if kind == "F" else "Chi.sq": statistic, "p-value": p, "edf": [f.total_edf for f in numbers],
            "AIC": [f.AIC for f in numbers], "BIC": [f.BIC for f in numbers],
        },
        index=labels,
    )  # fmt: skip
    return GamComparison(table, tuple(fit.formula for fit in fits), tuple(fits))


def _check(fits: Sequence[GamFit], test: str | None) -> None:
    if test not in (None, "F", "Chisq"):
        raise OptionError(f"test must be 'F' or 'Chisq', got {test!r}")
    if len(fits) < 2:
        raise OptionError(f"compare_gam() needs at least two fits, got {len(fits)}")
    for fit in fits:
        if not isinstance(fit, GamFit):
            raise OptionError(f"compare_gam() compares fits made by gam(), got {type(fit).__name__}")
    first = fits[0].penalised.problem
    for fit in fits[1:]:
        other = fit.penalised.problem
        if other.y.shape != first.y.shape:
            raise OptionError(
                f"the fits are to different data: {first.y.size} and {other.y.size} rows (missing values?)"
            )
        if not np.array_equal(first.y, other.y) or not np.array_equal(first.weights, other.weights):
            raise OptionError("the fits have different responses or weights")
        if other.family.name != first.family.name:
            raise OptionError(
                f"the fits have different families, {first.family.name} and {other.family.name}: compare their aic"
            )


def _residual_df(fit: PenalisedFit) -> float:
    """Return rows minus sum(edf1) minus sum(edf2 - edf)."""
    correction = 0.0 if fit.edf2 is None else float(np.sum(fit.edf2) - np.sum(fit.edf))
    return float(fit.problem.y.size - np.sum(fit.edf1) - correction)


def _test(
    kind: str, df: np.ndarray, change: np.ndarray, scale: float, residual_df: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the statistics and p-values; NaN where the deviance does not fall as the degrees of freedom rise."""
    from scipy.stats import chi2, f

    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = change / df
        usable = (np.abs(df) > 1e-10) & (ratio >= 0)
        size = np.where(usable, np.abs(df), np.nan)
        if kind == "F":
            statistic = np.where(usable, ratio / scale, np.nan)
            return statistic, np.asarray(f.sf(statistic, size, residual_df))
        statistic = np.where(usable, np.abs(change) / scale, np.nan)
        return statistic, np.asarray(chi2.sf(statistic, size))


def _written(table: pd.DataFrame) -> pd.DataFrame:
    shown = table.astype(object)
    for name in table.columns:
        values = table[name]
        cells = format_p_values(values) if name == "p-value" else format_together(values, _DIGITS)
        shown[name] = ["" if cell == "NA" else cell for cell in cells]
    return shown


def _overlaid(fits: Sequence[GamFit], names: Sequence[str], width: float) -> Iterator[Curves]:
    found: dict[tuple[str, str | None], list[tuple[str, EstimatedSmooth]]] = {}
    for fit, name in zip(fits, names, strict=True):
        for term in fit.design.terms:
            grid = smooth_grid(term, fit.design.table, _POINTS)
            if term.block.random_effect or len(grid.axes) != 1 or grid.factors:
                continue
            one = estimate_smooth(term, grid, fit.penalised.coefficients, fit.covariance, width)
            label = name if len(fit.design.terms) == 1 else f"{name}, {term.label}"
            found.setdefault((next(iter(grid.axes)), one.by), []).append((label, one))
    for (covariate, by), several in found.items():
        yield Curves(
            np.stack([one.grid.numbers[covariate] for _, one in several]),
            np.stack([one.estimate for _, one in several]),
            tuple(label for label, _ in several),
            covariate,
            f"smooth of {covariate}" + (f", {by}" if by else ""),
            np.stack([np.stack([one.lower, one.upper]) for _, one in several]),
        )
