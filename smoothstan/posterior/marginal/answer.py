"""From an estimand to its table: rows or averages, and comparisons of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import OptionError
from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.marginal.estimand import Estimand, Summary
from smoothstan.posterior.marginal.hypotheses import compare_rows
from smoothstan.posterior.marginal.quantity import Quantity, Scale, settle
from smoothstan.posterior.marginal.result import ESTIMATES, Estimates
from smoothstan.posterior.marginal.rows import Rows, read_rows
from smoothstan.table import Table

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Wanted:
    """How estimates are averaged, compared and summarised.

    Args:
        by: columns whose values define averages; none for one average over all rows; None for no averages.
        weights: the column that weighs the rows of an average.
        hypothesis: see ``compare_rows``.
        summary: how draws are summarised.
    """

    by: tuple[str, ...] | None
    weights: str | None
    hypothesis: Any
    summary: Summary

    def __post_init__(self) -> None:
        if self.weights is not None and not isinstance(self.weights, str):
            raise OptionError(f"wts is the name of a column, got {self.weights!r}")
        if self.weights is not None and self.by is None:
            raise OptionError("wts weighs the rows of an average; say by=True or by='column'")


def settle_rows(fit: Fitted, new_data: Any, by: tuple[str, ...] | None, scale: Scale) -> tuple[Quantity, Rows]:
    """Read the rows and settle what is predicted there; the columns of the model are then coded as in the fit."""
    design, _ = scale.design(fit)
    rows = read_rows(design, new_data, by or ())
    quantity = settle(fit, rows.data, scale)
    conformed = quantity.prediction.table
    columns = {n: conformed.columns.get(n, column) for n, column in rows.table.columns.items()}
    return quantity, Rows(rows.data, Table(columns, conformed.n), rows.explicit)


def answer(estimand: Estimand, rows: Rows, wanted: Wanted, what: str, label: str) -> Estimates:
    """Estimate, average, compare and summarise."""
    items = estimand.labels
    named = tuple(dict.fromkeys(name for item in items for name in item))
    if wanted.by is None:
        names = (*rows.explicit, *named)
        table = _table(items, _numbered(rows.frame), (*rows.explicit, "rowid", *named))
        if wanted.hypothesis is None:
            filled = _filled(table, estimand.summaries(wanted.summary), len(names) + 1)
            shown = names if rows.explicit else ("rowid", *names)
            return Estimates(filled, what, label, shown, wanted.summary, estimand.row_draws, estimand.reference)
        return _of_draws(table, names, estimand.row_draws(), wanted, what, label, estimand.reference)
    groups = rows.groups(wanted.by, wanted.weights)
    names = (*wanted.by, *named)
    table = _table(items, groups.labels, names)
    draws = estimand.average_draws(groups)
    return _of_draws(table, names, draws, wanted, f"average {what}", f"average {label}", estimand.reference)


def _of_draws(
    table: pd.DataFrame, names: Sequence[str], draws: FloatArray, wanted: Wanted, what: str, label: str,
    reference: float | None,
) -> Estimates:  # fmt: skip
    if wanted.hypothesis is not None:
        compared = compare_rows(wanted.hypothesis, table, names, draws)
        table, draws, names = compared.labels, compared.draws, tuple(compared.labels.columns)
        what, label, reference = f"{what}, compared", f"comparison of {label}", None
    filled = _filled(table, wanted.summary.of(draws), len(names))
    return Estimates(filled, what, label, tuple(names), wanted.summary, partial(np.asarray, draws), reference)


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    if "rowid" not in frame:
        frame.insert(0, "rowid", np.arange(len(frame)))
    return frame


def _table(items: Sequence[Mapping[str, str]], rows: pd.DataFrame, first: Sequence[str]) -> pd.DataFrame:
    """Return one row per item and row, item by item, with some columns first."""
    import pandas as pd

    n, named = len(rows), dict.fromkeys(name for item in items for name in item)
    for name in (*named, *ESTIMATES):
        if name in rows:
            raise OptionError(f"the rows have a column {name!r}, which the result uses itself; rename it")
    labels = pd.DataFrame(
        {name: np.repeat([item[name] for item in items], n) for name in named}, index=range(len(items) * n)
    )
    repeated = rows.loc[np.tile(np.arange(n), len(items))].reset_index(drop=True)
    table = pd.concat([labels, repeated], axis=1)
    return table[[*first, *(name for name in table if name not in first)]]


def _filled(table: pd.DataFrame, estimates: FloatArray, place: int) -> pd.DataFrame:
    """Put estimate and interval behind the columns that name a row, before those of the data."""
    filled = table.copy()
    for i, (name, values) in enumerate(zip(ESTIMATES, estimates, strict=True)):
        filled.insert(place + i, name, values)
    return filled
