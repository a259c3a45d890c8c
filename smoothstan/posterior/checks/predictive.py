"""Data with the prediction of the same rows: what every predictive check is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.design import Design
from smoothstan.errors import DataError, DataWarning, OptionError, warn
from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.prediction import Prediction, prepare
from smoothstan.table import Column, Factor, MatrixColumn, Table, as_factor, read_table

_DOUBLES_PER_BATCH = 10**7
_STREAM = 3
_MOST_GROUPS = 100


@dataclass(frozen=True)
class Group:
    """Rows that are shown in a panel of their own.

    Args:
        label: the level; empty where there are no groups.
        rows: the numbers of the rows, ascending.
    """

    label: str
    rows: IntArray


@dataclass(frozen=True)
class Predictive:
    """Observed values and the prediction of them.

    Args:
        label: the response, as the axes call it.
        y: (n,) observed.
        prediction: of the same rows.
        is_prior: whether the parameters are draws from the prior.
        groups: the rows, at least one group.
        group_name: the column that tells them apart, or empty.
        x: (n,) positions of the rows, or None.
        x_label: the column that they are.
    """

    label: str
    y: FloatArray
    prediction: Prediction
    is_prior: bool
    groups: tuple[Group, ...]
    group_name: str
    x: FloatArray | None
    x_label: str

    @property
    def n(self) -> int:
        """The number of rows."""
        return len(self.y)

    @property
    def ndraws(self) -> int:
        """The number of draws."""
        return self.prediction.ndraws

    @property
    def discrete(self) -> bool:
        """Whether the response is a count."""
        return self.prediction.design.family.discrete

    @property
    def categories(self) -> tuple[str, ...]:
        """What the responses 1, 2, ... stand for; nothing unless they are categories."""
        return self.prediction.design.response.categories

    @property
    def source(self) -> str:
        """What the predictions are, in words."""
        return "prior predictive" if self.is_prior else "posterior predictive"

    def blocks(self) -> Iterator[tuple[slice, Prediction]]:
        """Return the rows block by block, with all draws."""
        for block in self.prediction.blocks():
            yield slice(block.start, block.start + block.n), block

    def batches(self) -> Iterator[tuple[slice, FloatArray]]:
        """Return predictions (draws of the batch, n) batch by batch, with all rows.

        How many draws a batch has depends on the number of rows alone, so that the numbers are always the same.
        """
        whole = replace(self.prediction.settled(), new_levels=None)
        size = max(1, min(self.ndraws, _DOUBLES_PER_BATCH // self.n))
        for number, start in enumerate(range(0, self.ndraws, size)):
            draws = slice(start, min(start + size, self.ndraws))
            part = replace(
                whole,
                draws={name: values[draws] for name, values in whole.draws.items()},
                draw_ids=whole.draw_ids[draws],
                entropy=_entropy(whole.entropy, number),
            )
            yield draws, np.concatenate([predicted(block) for block in part.blocks()], axis=1)


def predicted(block: Prediction) -> FloatArray:
    """Return the predictions of a block; a mean too large for a double is infinite, without a warning."""
    with np.errstate(over="ignore"):
        return block.evaluate("predict")


def _entropy(entropy: int, number: int) -> int:
    """Return a seed for a batch; the first has that of the prediction."""
    if number == 0:
        return entropy
    words = np.random.SeedSequence(entropy, spawn_key=(_STREAM, number)).generate_state(4)
    return int.from_bytes(words.tobytes(), "little")


def predictive_of(
    fit: Fitted, new_data: Any, *, group: str | None, x: str | None, re_formula: Any, allow_new_levels: bool,
    sample_new_levels: str, ndraws: int | None, seed: int | None,
) -> Predictive:  # fmt: skip
    """Put data and prediction together; the arguments are those of ``Checking.pp_check``.

    Raises:
        DataError, OptionError: for a column that is not there or of the wrong kind, and as ``prepare`` does.
    """
    prediction = prepare(
        fit, new_data, "predict", re_formula=re_formula, allow_new_levels=allow_new_levels,
        sample_new_levels=sample_new_levels, ndraws=ndraws, seed=seed,
    )  # fmt: skip
    y = fit.design.observed.y if new_data is None else _observed_in(fit.design, new_data)
    columns = _named_columns(fit, new_data, [name for name in (group, x) if name is not None])
    if new_data is None and fit.design.observed.cens is not None:
        rows = _uncensored_rows(fit.design.observed.cens)
        y, prediction = y[rows], prediction.at(prediction.table.take(rows))
        columns = {name: column.take(rows) for name, column in columns.items()}
    groups = (Group("", np.arange(len(y))),) if group is None else _groups(group, columns[group])
    binomial = "trials" in fit.design.family.required_additions
    label = f"{fit.design.response.label} (successes)" if binomial else fit.design.response.label
    positions = None if x is None else _positions(x, columns[x])
    return Predictive(label, y, prediction, fit.model.sample_prior == "only", groups, group or "", positions, x or "")


def _uncensored_rows(cens: FloatArray) -> IntArray:
    """Return the rows whose response was seen; what the others would have been is not known.

    Warns:
        DataWarning: if others are left out.
    """
    rows = np.flatnonzero(cens == 0)
    if len(rows) == 0:
        raise DataError("all responses are censored, so that there is nothing to compare predictions with")
    if len(rows) < len(cens):
        warn(f"{len(cens) - len(rows)} of {len(cens)} responses are censored and not shown", DataWarning)
    return rows


def _observed_in(design: Design, new_data: Any) -> FloatArray:
    """Return the response in new data; weights, which predictions have no use for, may be missing there."""
    bound = design.response
    needed = replace(bound, additions=tuple(a for a in bound.additions if a.function not in ("weights", "cens")))
    design = replace(design, response=needed)
    response = needed.at(design.at(new_data, response=True, new_levels=True))
    design.family.check_response(response)
    return response.y


def _named_columns(fit: Fitted, new_data: Any, names: list[str]) -> dict[str, Column]:
    for name in names:
        if not isinstance(name, str):
            raise OptionError(f"group and x are names of columns, got {name!r}")
    table: Table = fit.design.table if new_data is None else read_table(new_data, names)
    found = {}
    for name in names:
        if name not in table and new_data is None:
            raise DataError(
                f"the fit has no column {name!r} (it keeps those of its formula: {', '.join(table.columns)}); "
                "give the data as new_data to use other columns"
            )
        found[name] = table[name]
        missing = found[name].missing()
        if missing.any():
            raise DataError(f"column {name!r} has no value in row {int(np.argmax(missing))} (rows count from 0)")
    return found


def _groups(name: str, column: Column) -> tuple[Group, ...]:
    if isinstance(column, MatrixColumn):
        raise DataError(f"group needs a column with one value per row, {name!r} is a matrix")
    factor = as_factor(column).drop_unused()
    if len(factor.levels) > _MOST_GROUPS:
        raise OptionError(f"group {name!r} has {len(factor.levels)} levels; there can be at most {_MOST_GROUPS} panels")
    order = np.argsort(factor.codes, kind="stable")
    ends = np.searchsorted(factor.codes[order], np.arange(len(factor.levels) + 1))
    return tuple(Group(level, order[ends[i] : ends[i + 1]]) for i, level in enumerate(factor.levels))


def _positions(name: str, column: Column) -> FloatArray:
    if isinstance(column, Factor | MatrixColumn):
        raise DataError(f"x needs a numeric column, {name!r} is {column.kind}; a factor can be given as group")
    return column.values
