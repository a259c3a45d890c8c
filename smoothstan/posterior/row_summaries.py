"""Summaries of draws row by row, from blocks of rows, so that memory is bounded whatever their number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import OptionError
from smoothstan.posterior.estimates import check_probability
from smoothstan.posterior.prediction import ThirdDimension

if TYPE_CHECKING:
    import pandas as pd

_MAD_CONSTANT = 1.4826


def summary_by_row(
    blocks: Iterable[FloatArray], *, prob: float, robust: bool, third: ThirdDimension | None = None
) -> pd.DataFrame:
    """Return Estimate, Est.Error and the ends of an equal-tailed interval for every row.

    Args:
        blocks: arrays (draws, rows of the block), or (draws, rows, categories), that follow each other.
        prob: mass of the interval.
        robust: median and median absolute deviation in place of mean and standard deviation.
        third: name and labels of the third dimension of the blocks, if they have one.

    Returns:
        Columns Estimate, Est.Error and the two quantiles, named as brms names them; the index counts the rows.
    """
    tail = 100 * (1 - prob) / 2
    columns = ["Estimate", "Est.Error", f"Q{tail:.10g}", f"Q{100 - tail:.10g}"]
    return _table(blocks, lambda rows: _summaries(rows, prob, robust), columns, third)


def intervals_by_row(blocks: Iterable[FloatArray], *, prob: float) -> pd.DataFrame:
    """Return the ends of an equal-tailed interval for every row, in columns such as ``5%`` and ``95%``."""
    tail = 100 * (1 - prob) / 2
    return _table(blocks, lambda rows: _intervals(rows, prob), [f"{tail:.10g}%", f"{100 - tail:.10g}%"])


def proportions_by_row(blocks: Iterable[FloatArray], categories: Sequence[str]) -> pd.DataFrame:
    """Return the proportions of draws of every category in columns such as ``P(Y = a)``; draws are codes from 1."""

    def proportions(rows: FloatArray) -> list[FloatArray]:
        return [(rows == code).mean(axis=1) for code in range(1, len(categories) + 1)]

    return _table(blocks, proportions, [f"P(Y = {label})" for label in categories])


def check_summary(prob: float, robust: bool = False, summary: bool = True) -> None:
    """Refuse options of a summary outside their range."""
    check_probability(prob)
    for name, value in (("robust", robust), ("summary", summary)):
        if not isinstance(value, bool):
            raise OptionError(f"{name} must be True or False, got {value!r}")


def _table(
    blocks: Iterable[FloatArray], summarise: Callable[[FloatArray], list[FloatArray]], columns: Sequence[str],
    third: ThirdDimension | None = None,
) -> pd.DataFrame:  # fmt: skip
    import pandas as pd

    parts, index, start = [], [], 0
    for block in blocks:
        index.append(_index(block.shape[1], start, third))
        start += block.shape[1]
        parts.append(np.column_stack(summarise(_copied_rows(block))))
    return pd.DataFrame(np.concatenate(parts), index=index[0].append(index[1:]), columns=list(columns))


def _copied_rows(block: FloatArray) -> FloatArray:
    """Return (rows, draws), a copy whatever the layout of the block, as it is sorted in place."""
    return np.array(block.reshape(len(block), -1).T, order="C", copy=True)


def _index(n: int, start: int, third: ThirdDimension | None) -> Any:
    import pandas as pd

    obs = pd.RangeIndex(start, start + n, name="obs")
    if third is None or not third.labels:
        return obs
    return pd.MultiIndex.from_product([obs, third.labels], names=["obs", third.name])


def _intervals(rows: FloatArray, prob: float) -> list[FloatArray]:
    rows.sort(axis=1)
    return _sorted_quantiles(rows, ((1 - prob) / 2, (1 + prob) / 2))


def _summaries(rows: FloatArray, prob: float, robust: bool) -> list[FloatArray]:
    """Summarise every row of (rows, draws), which are overwritten."""
    rows.sort(axis=1)
    low, high, middle = _sorted_quantiles(rows, ((1 - prob) / 2, (1 + prob) / 2, 0.5))
    with np.errstate(all="ignore"):
        if robust:
            rows -= middle[:, None]
            np.abs(rows, out=rows)
            rows.sort(axis=1)
            return [middle, _MAD_CONSTANT * _sorted_quantiles(rows, (0.5,))[0], low, high]
        mean = rows.mean(axis=1)
        rows -= mean[:, None]
        squares = np.einsum("rs,rs->r", rows, rows)
        return [mean, np.sqrt(squares / np.float64(rows.shape[1] - 1)), low, high]


def _sorted_quantiles(rows: FloatArray, probabilities: Sequence[float]) -> list[FloatArray]:
    """Return quantiles of sorted rows, (rows, draws) -> one (rows,) each; R's type 7, numpy's default.

    Sorting is twice as fast as ``numpy.quantile``.
    """
    last = rows.shape[1] - 1
    result = []
    for probability in probabilities:
        place = probability * last
        below = min(int(place), last)
        low, high = rows[:, below], rows[:, min(below + 1, last)]
        with np.errstate(invalid="ignore"):
            value = np.where(low == high, low, low + (high - low) * (place - below))
        # What is not a number is sorted to the end.
        result.append(np.where(np.isnan(rows[:, -1]), np.nan, value))
    return result
