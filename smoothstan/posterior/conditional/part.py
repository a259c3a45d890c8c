"""One effect: its table, with the data and draws that belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import OptionError
from smoothstan.posterior.conditional.conditions import LABEL
from smoothstan.posterior.conditional.estimate import ESTIMATES

if TYPE_CHECKING:
    import pandas as pd


CATEGORIES = "cats__"
"""The column that names the category of a row."""


def by_category(frame: pd.DataFrame, categories: tuple[str, ...]) -> pd.DataFrame:
    """Return rows for every category in turn, named in ``cats__`` and ``effect2__``; the same rows without any."""
    import pandas as pd

    if not categories:
        return frame
    repeated = pd.concat([frame] * len(categories), ignore_index=True)
    named = pd.Categorical(np.repeat(categories, len(frame)), categories=list(categories))
    return repeated.assign(cats__=named, effect2__=named)


@dataclass(frozen=True, repr=False, eq=False)
class ConditionalEffect:
    """One effect under every condition.

    Args:
        effect: its one or two variables.
        numeric: for each of them whether it is a continuous axis.
        response: what it is an effect on, or the smooth that it is.
        table: the variables, the values at which the others are held, ``cond__``, ``effect1__``, ``effect2__``,
            ``estimate__``, ``se__``, ``lower__`` and ``upper__``; condition by condition.
        surface: whether it is a map.
        titles: what to write above the figure of every condition.
        points: the data that meet the conditions: the variables, ``resp__`` and ``cond__``.
        draws: (draws, rows) if they were kept.
    """

    effect: tuple[str, ...]
    numeric: tuple[bool, ...]
    response: str
    table: pd.DataFrame
    surface: bool
    titles: tuple[str, ...]
    points: pd.DataFrame
    draws: FloatArray | None = None

    def shown(self) -> pd.DataFrame:
        """Return the columns of the table that tell its rows apart, and the estimates."""
        several = [LABEL] if len(self.titles) > 1 else []
        return self.table[[*self.effect, *several, *ESTIMATES]]

    def spaghetti(self) -> pd.DataFrame:
        """Return the draws as a table like ``table``, with ``estimate__`` and the number of the draw, ``sample__``.

        Raises:
            OptionError: if they were not kept.
        """
        import pandas as pd

        if self.draws is None:
            raise OptionError("the draws were not kept; ask for them with spaghetti=True")
        count, n = self.draws.shape
        table = self.table.drop(columns=list(ESTIMATES)).iloc[np.tile(np.arange(n), count)].reset_index(drop=True)
        return table.assign(estimate__=self.draws.ravel(), sample__=pd.Categorical(np.repeat(np.arange(count), n)))
