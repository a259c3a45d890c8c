"""Rows repeated for several values of some variables: the argument ``variables`` of predictions()."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from smoothstan.design import Design
from smoothstan.errors import OptionError
from smoothstan.posterior.marginal.contrast import numbers
from smoothstan.posterior.marginal.datagrid import mark_explicit, repeated_rows, values_of
from smoothstan.posterior.marginal.rows import Rows
from smoothstan.posterior.marginal.variables import check_variable, level_values, variable_kind
from smoothstan.table import table_frame

_FEW = 6


def counterfactual_rows(design: Design, rows: Rows, variables: Any) -> Any:
    """Return rows repeated for every combination of values of some variables.

    Args:
        design: the model, with the group effects that count.
        rows: the rows.
        variables: names, or a dict of name -> values, one value, a function of the column of the fit, or None. For
            a name alone these are its levels; of a number all values if there are fewer than six, else Tukey's
            five numbers.
    """
    if isinstance(variables, str):
        variables = [variables]
    if not isinstance(variables, (Mapping, list, tuple)) or not variables:
        raise OptionError(f"variables is a column, a list of columns, or a dict of column -> values, got {variables!r}")
    wanted: Mapping[str, Any] = variables if isinstance(variables, Mapping) else dict.fromkeys(variables)
    data = table_frame(design.table)
    given = {}
    for name, values in wanted.items():
        check_variable(design, name)
        given[name] = values_of(name, _usual(design, name) if values is None else values, data[name])
    frame = repeated_rows(rows.frame, given)
    return mark_explicit(frame, tuple(given))


def _usual(design: Design, name: str) -> list[Any]:
    kind = variable_kind(design, name)
    if kind == "categorical":
        return level_values(design, name)
    if kind == "logical":
        return [False, True]
    values = np.unique(numbers(design.table[name]))
    if len(values) < _FEW:
        return [float(value) for value in values]
    return _five_numbers(values=numbers(design.table[name]))


def _five_numbers(values: np.ndarray) -> list[float]:
    """Return minimum, lower hinge, median, upper hinge and maximum.

    Source: Tukey (1977), Exploratory Data Analysis, section 2C; R's fivenum().
    """
    ordered = np.sort(values)
    depth = ((len(ordered) + 3) // 2) / 2
    places = np.asarray([1, depth, (len(ordered) + 1) / 2, len(ordered) + 1 - depth, len(ordered)])
    below, above = np.floor(places).astype(int) - 1, np.ceil(places).astype(int) - 1
    return [float(value) for value in 0.5 * (ordered[below] + ordered[above])]
