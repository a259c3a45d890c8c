"""The summary of a penalised fit: tables of terms and overall numbers, printed as mgcv prints them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from smoothstan import notebook
from smoothstan.gam.design import GamDesign
from smoothstan.gam.penalised_fit import PenalisedFit
from smoothstan.numerals import format_p_values, format_together, significant

if TYPE_CHECKING:
    import pandas as pd

_DIGITS = 4
_STATISTIC_DIGITS = 3
_STARS = ((0.001, "***"), (0.01, "**"), (0.05, "*"), (0.1, "."))
_LEGEND = "Signif. codes:  0 '***' 0.001 '**' 0.01 '*' 0.05 '.' 0.1 ' ' 1"


@dataclass(frozen=True, repr=False)
class GamSummary:
    """What ``print(gam(...))`` shows.

    Args:
        heading: family, link and formula.
        parametric: Estimate, Std. Error, t (or z) and p of every unpenalised coefficient.
        smooths: edf, Ref.df, F (or Chi.sq) and p of every smooth.
        r_squared, deviance_explained: adjusted R^2, and the share of the null deviance.
        method, score: the criterion and its value.
        scale: the scale.
        n: the number of rows.
        rank, columns: the number of coefficients that data and penalties determine, and of all.
    """

    heading: tuple[str, ...]
    parametric: pd.DataFrame
    smooths: pd.DataFrame
    r_squared: float
    deviance_explained: float
    method: str
    score: float
    scale: float
    n: int
    rank: int
    columns: int

    def __str__(self) -> str:
        lines = [*self.heading, ""]
        if len(self.parametric):
            lines += ["Parametric coefficients:", *_printed(self.parametric, together=2), ""]
        if len(self.smooths):
            lines += ["Approximate significance of smooth terms:", *_printed(self.smooths, together=1), ""]
        return "\n".join([*lines, *self._numbers()])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        parts = [notebook.code("\n".join(line for line in self.heading if line))]
        for title, rows in (("Parametric coefficients", self.parametric), ("Smooth terms", self.smooths)):
            if len(rows):
                parts += [notebook.heading(title), notebook.table(rows, write=lambda v: significant(v, _DIGITS))]
        return notebook.page(*parts, notebook.code("\n".join(self._numbers())))

    def _numbers(self) -> list[str]:
        r_squared = f"R-sq.(adj) =  {significant(self.r_squared, 3):>5}"
        explained = f"Deviance explained = {significant(100 * self.deviance_explained, 3):>4}%"
        score = f"{_criterion(self.method)} = {significant(self.score, 5):>6}"
        rank = [f"Rank: {self.rank}/{self.columns}"] if self.rank < self.columns else []
        return [
            *rank,
            f"{r_squared}   {explained}",
            f"{score}  Scale est. = {significant(self.scale, 5):<8}  n = {self.n}",
        ]


def summarise_gam(design: GamDesign, fit: PenalisedFit) -> GamSummary:
    """Collect the summary of a fit."""
    import pandas as pd

    known = fit.problem.scale_known
    statistic, probability = ("z value", "Pr(>|z|)") if known else ("t value", "Pr(>|t|)")
    tests = fit.parametric_tests()
    parametric = pd.DataFrame(
        {
            "Estimate": [t.estimate for t in tests],
            "Std. Error": [t.standard_error for t in tests],
            statistic: [t.statistic for t in tests],
            probability: [t.p_value for t in tests],
        },
        index=[design.columns[t.column] for t in tests],
    )
    terms = fit.smooth_tests()
    smooths = pd.DataFrame(
        {
            "edf": [t.edf for t in terms],
            "Ref.df": [t.reference_df for t in terms],
            "Chi.sq" if known else "F": [t.statistic for t in terms],
            "p-value": [t.p_value for t in terms],
        },
        index=[term.label for term in design.terms],
    )
    shapes = ", ".join(f"{name} = {significant(value, 4)}" for name, value in fit.shape.items())
    heading = (
        f"Family: {fit.problem.family.name}{f' ({shapes})' if shapes else ''}",
        f"Link function: {design.link_name}",
        "",
        "Formula:",
        str(design.formula),
        *(() if not design.dropped else (f"({design.dropped} rows with missing values left out)",)),
    )
    method = "UBRE" if fit.problem.method == "GCV" and known else fit.problem.method
    return GamSummary(
        heading,
        parametric,
        smooths,
        fit.r_squared,
        fit.deviance_explained,
        method,
        fit.score,
        fit.scale,
        design.table.n,
        fit.rank,
        fit.coefficients.size,
    )


def _criterion(method: str) -> str:
    return f"-{method}" if method in ("REML", "ML") else method


def _printed(table: pd.DataFrame, *, together: int) -> list[str]:
    """Write a table of coefficients as R's printCoefmat() does.

    Args:
        table: estimates first, the statistic and its p-value last.
        together: the number of first columns that are written with common decimals.
    """
    values = table.to_numpy(dtype=float)
    columns = _estimates(values[:, :together])
    for j in range(together, values.shape[1] - 2):
        columns.append(format_together(values[:, j], _DIGITS))
    columns.append(format_together(np.round(values[:, -2], _STATISTIC_DIGITS), _DIGITS))
    columns.append(format_p_values(values[:, -1], _STATISTIC_DIGITS))
    stars = [next((mark for limit, mark in _STARS if p < limit), "") for p in values[:, -1]]
    names = [str(name) for name in table.columns]
    width = max(len(str(label)) for label in table.index)
    widths = [max(len(name), *map(len, cells)) for name, cells in zip(names, columns, strict=True)]
    lines = [_line("", width, names, widths, "")]
    for i, label in enumerate(table.index):
        lines.append(_line(str(label), width, [cells[i] for cells in columns], widths, stars[i]))
    return [*lines, "---", _LEGEND] if any(stars) else lines


def _estimates(values: np.ndarray) -> list[list[str]]:
    """Write estimates and standard errors, rounded to the digits that the largest of them can show."""
    sizes = np.abs(values[np.isfinite(values) & (values != 0)])
    power = 1 + int(np.floor(np.log10(sizes.min()))) if sizes.size else 0
    rounded = np.round(values, max(1, _DIGITS - power))
    cells = format_together(rounded.reshape(-1), _DIGITS)
    return [cells[j :: values.shape[1]] for j in range(values.shape[1])]


def _line(label: str, width: int, cells: Sequence[str], widths: Sequence[int], stars: str) -> str:
    numbers = " ".join(f"{cell:>{w}}" for cell, w in zip(cells, widths, strict=True))
    return f"{label:<{width}} {numbers} {stars}".rstrip()
