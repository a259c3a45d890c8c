"""The conditions under which effects are shown: where all other variables are held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.arrays import IntArray
from smoothstan.design import Design
from smoothstan.errors import DataError, DataWarning, OptionError, warn
from smoothstan.numerals import format_number
from smoothstan.posterior.conditional.predictor import Predictor, mean_and_deviations, n_rows, predictors_of
from smoothstan.table import Column, Factor, Logical, MatrixColumn, Numeric, Table, as_factor, no_column, read_table

if TYPE_CHECKING:
    import pandas as pd

LABEL = "cond__"
_DIGITS = 2
_MOST_DIGITS = 15


@dataclass(frozen=True)
class Conditions:
    """Values of all variables but those that are shown.

    Args:
        labels: of every condition, brms's ``cond__``.
        titles: what to write above its figure; empty where there is only the default condition.
        columns: variable -> column with one row per condition. A grouping that is not given is missing, which
            stands for a level that the fit has not seen.
        given: the variables that the user gave.
    """

    labels: tuple[str, ...]
    titles: tuple[str, ...]
    columns: Mapping[str, Column]
    given: frozenset[str]

    @property
    def n(self) -> int:
        """The number of conditions."""
        return len(self.labels)


def bind_conditions(
    fitted: Design, predictors: Mapping[str, Predictor], trials: Sequence[str], conditions: Any,
    beside: Sequence[str] = (),
) -> Conditions:  # fmt: skip
    """Settle where variables are held.

    Args:
        fitted: the model with all its group effects.
        predictors: the variables that predictions need.
        trials: the columns of the number of trials, held at 1.
        beside: the columns of other additions that predictions need, held as other variables are.
        conditions: a table, or a mapping from variables to one value or several, with a row per condition and perhaps
            labels in ``cond__``. Other variables are held at their mean, or at their first level.

    Raises:
        DataError: for a variable that is not in the model, or a value that it cannot have.
        OptionError: for labels that are not unique.

    Warns:
        DataWarning: for a grouping whose effects are left out.
    """
    names, table = _read(conditions)
    columns: dict[str, Column] = {}
    for name, column in table.columns.items():
        _check_known(name, fitted, predictors)
        if name in predictors:
            columns[name] = predictors[name].conformed(column)
        elif name in trials or name in beside:
            columns[name] = column
    if names and len(set(names)) < len(names):
        raise OptionError(f"the labels of conditions must differ, got {', '.join(names)}")
    n = table.n if table.columns else len(names) or 1
    repeat = np.zeros(n, dtype=np.int64)
    for name in trials:
        columns.setdefault(name, Numeric(np.ones(n), whole=True))
    for name, predictor in predictors.items():
        if name not in columns and not predictor.free:
            columns[name] = predictor.reference().take(repeat)
    for name in beside:
        if name not in columns:
            columns[name] = Predictor(name, fitted.table[name], False).reference().take(repeat)
    labels = names or tuple(str(i + 1) for i in range(n))
    titles = names or (row_labels(table) if table.columns else ("",) * n)
    return Conditions(labels, titles, columns, frozenset(table.columns))


def _check_known(name: str, fitted: Design, predictors: Mapping[str, Predictor]) -> None:
    if name in predictors:
        return
    if name not in fitted.table:
        raise DataError(f"conditions: {no_column(name, tuple(fitted.table.columns))}")
    if name in fitted.predictor_reads():
        warn(f"the condition on {name!r} has no effect: its group-level effects are left out (re_formula)", DataWarning)


def _read(conditions: Any) -> tuple[tuple[str, ...], Table]:
    """Return the labels, none if none are given, and the conditions, each once."""
    if conditions is None:
        return (), Table({}, 1)
    index = _text_index(conditions)
    table = read_table(_broadcast(conditions) if isinstance(conditions, Mapping) else conditions)
    if table.n == 0:
        raise OptionError("conditions has no rows")
    labels = _label_texts(table[LABEL]) if LABEL in table else index
    columns = {name: column for name, column in table.columns.items() if name != LABEL}
    keys = list(zip(labels or [""] * table.n, *map(_texts, columns.values()), strict=True))
    first = {key: i for i, key in reversed(list(enumerate(keys)))}
    rows: IntArray = np.sort(np.asarray(list(first.values()), dtype=np.int64))
    return tuple(labels[i] for i in rows) if labels else (), Table(columns, table.n).take(rows)


def _broadcast(conditions: Mapping[str, Any]) -> dict[str, Any]:
    """Repeat single values beside lists."""
    columns = {
        name: [v] if isinstance(v, str) or not hasattr(v, "__len__") else list(v) for name, v in conditions.items()
    }
    n = max(map(len, columns.values()), default=0)
    for name, values in columns.items():
        if len(values) not in (1, n):
            raise OptionError(f"conditions: {name!r} has {len(values)} values, others have {n}")
    return {name: values * n if len(values) == 1 else values for name, values in columns.items()}


def _text_index(conditions: Any) -> tuple[str, ...]:
    """Return the row names of a pandas frame that has some."""
    index = getattr(conditions, "index", None)
    values = list(index) if hasattr(conditions, "iloc") and index is not None else []
    return tuple(values) if values and all(isinstance(value, str) for value in values) else ()


def _label_texts(column: Column) -> tuple[str, ...]:
    if column.missing().any():
        raise OptionError(f"{LABEL} of conditions has no label in row {int(np.argmax(column.missing()))}")
    return _texts(column)


def _texts(column: Column, digits: int | None = None) -> tuple[str, ...]:
    """Write every value of a column, numbers with at most so many decimals."""
    if isinstance(column, Factor):
        levels = (*column.levels, "NA")
        return tuple(levels[code] for code in column.codes)
    if isinstance(column, Logical):
        return tuple("NA" if np.isnan(v) else "TRUE" if v else "FALSE" for v in column.values)
    if isinstance(column, MatrixColumn):
        return tuple(" ".join(map(repr, row)) for row in column.values.tolist())
    values = column.values.tolist()
    return tuple(format_number(v if digits is None else round(v, digits)) for v in values)


def short_texts(values: Sequence[float]) -> tuple[str, ...]:
    """Write numbers with two decimals, or as many as tell them apart."""
    for digits in range(_DIGITS, _MOST_DIGITS):
        texts = tuple(format_number(round(value, digits)) for value in values)
        if len(set(texts)) == len(set(values)):
            return texts
    return tuple(map(format_number, values))


def row_labels(table: Table) -> tuple[str, ...]:
    """Write every row of a table as ``"x = 1.5 & f = a"``."""
    columns = []
    for name, column in table.columns.items():
        shown = _texts(column)
        if isinstance(column, Numeric):
            distinct = np.unique(column.values)
            shown = tuple(dict(zip(distinct.tolist(), short_texts(distinct.tolist()), strict=True)).get(v, "NA")
                          for v in column.values.tolist())  # fmt: skip
        columns.append([f"{name} = {text}" for text in shown])
    return tuple(" & ".join(row) for row in zip(*columns, strict=True))


def make_conditions(fit: Any, vars: str | Sequence[str]) -> pd.DataFrame:
    """Make a table of conditions for ``conditional_effects``: all combinations of values of some variables.

    Args:
        fit: a fit.
        vars: predictors of the model: of numbers the mean and what lies a standard deviation below and above it are
            taken, of others all levels.

    Returns:
        One row per combination, the last variable changing fastest, with its label ``cond__``: ``"x = 1.5 & f = a"``.

    Raises:
        DataError: for a variable that is not a predictor of the model.

    Source: the function of the same name in brms.
    """
    import pandas as pd

    names = [vars] if isinstance(vars, str) else list(vars)
    if not names:
        raise OptionError("make_conditions() needs a variable")
    known = predictors_of(fit.design)
    for name in names:
        if name not in known:
            raise DataError(f"make_conditions(): {no_column(name, tuple(known))}")
    values = [_combined_values(known[name]) for name in names]
    places = np.meshgrid(*(np.arange(n_rows(column)) for column in values), indexing="ij")
    columns = {name: column.take(place.ravel()) for name, column, place in zip(names, values, places, strict=True)}
    table = Table(columns, places[0].size)
    native = {name: native_column(column) for name, column in columns.items()}
    return pd.DataFrame({**native, LABEL: list(row_labels(table))})


def _combined_values(predictor: Predictor) -> Column:
    if predictor.whole_curve:
        raise DataError(f"make_conditions(): {predictor.name!r} has a whole row of numbers in every row")
    if predictor.discrete or not isinstance(predictor.column, Numeric):
        return predictor.levels()
    return Numeric(mean_and_deviations(predictor.column.values))


def condition_column(codes: IntArray, labels: Sequence[str]) -> Any:
    """Return the labels of conditions as categories, in the order of the conditions."""
    import pandas as pd

    return pd.Categorical.from_codes(codes, categories=pd.Index(list(labels)))


def level_column(column: Column) -> Any:
    """Return a column whose values are levels: categories, also of numbers, or logicals."""
    return native_column(as_factor(column) if isinstance(column, Numeric) else column)


def native_column(column: Column) -> Any:
    """Return a column as pandas holds it: numbers, logicals or categories."""
    import pandas as pd

    if isinstance(column, Factor):
        return pd.Categorical.from_codes(column.codes, categories=pd.Index(list(column.levels)), ordered=column.ordered)
    if isinstance(column, Logical):
        return column.values.astype(bool)
    if isinstance(column, MatrixColumn):
        return list(column.values)
    return column.values
