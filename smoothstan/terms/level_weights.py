"""Weights of the levels of a grouping in the prior of their effects: ``gr(g, pw = w)``.

The log density of the standardised effects of a level counts as many times as its weight says, as if there were so many
levels with the same effects; standard deviations and correlations are not weighted.

Source: brms 2.23; Savitsky & Williams (2022), Journal of Official Statistics 38, 901-928.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray, StanData
from smoothstan.errors import DataError, underline
from smoothstan.formula import WrittenGrouping
from smoothstan.table import Table
from smoothstan.terms.membership import Membership, bind_columns, columns_at


@dataclass(frozen=True)
class LevelWeights:
    """Weights of the levels.

    Args:
        values: (levels,) not negative.
    """

    values: FloatArray

    def stan_data(self, index: int) -> StanData:
        """Return the weights."""
        return {f"PW_{index}": self.values}

    def density(self, squares: str, index: int) -> str:
        """Return the Stan expression for the weighted log density of standard normal values.

        Args:
            squares: the expression for a row vector of every level's sum of squares.
            index: the number of the grouping.
        """
        i = index
        return f"-0.5 * ({squares} * PW_{i} + M_{i} * log(2 * pi()) * sum(PW_{i}))"


def bind_level_weights(
    written: WrittenGrouping, membership: Membership, levels: Sequence[str], table: Table, text: str
) -> LevelWeights | None:
    """Bind the weights of the levels of a grouping; None if they have none.

    Raises:
        DataError: if they vary within a level, are negative or no numbers, or are not one per grouping factor.
    """
    node = written.level_weights
    if node is None:
        return None
    values, where = columns_at(bind_columns(node, table, text), table), underline(text, node.span)
    if values.shape[1] != len(membership.factors):
        count = len(membership.factors)
        raise DataError(f"pw needs {count} columns, one for each grouping factor, found {values.shape[1]}\n{where}")
    if (values < 0).any():
        row = int(np.argmax((values < 0).any(axis=1)))
        raise DataError(f"weights of levels must not be negative, found one in row {row} (rows count from 0)\n{where}")
    found: dict[str, float] = {}
    for labels, own in zip(membership.labels(table), values.T, strict=True):
        for code, value in dict.fromkeys(zip(labels.codes.tolist(), own.tolist(), strict=True)):
            level = labels.levels[code]
            if found.setdefault(level, value) != value:
                raise DataError(
                    f"pw must be the same in all rows of a level, but the level {level!r} has {found[level]:g} and "
                    f"{value:g}\n{where}"
                )
    return LevelWeights(np.asarray([found[level] for level in levels]))
