"""Which draws an answer is computed from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from smoothstan.arrays import IntArray
from smoothstan.engines import check_whole
from smoothstan.errors import OptionError


def chosen_draws(
    total: int, ndraws: int | None, draw_ids: Sequence[int] | None, sequence: np.random.SeedSequence
) -> IntArray:
    """Return the numbers of the draws to use, which count from 0 through all chains.

    Args:
        total: how many draws there are.
        ndraws: so many, chosen at random without replacement, in their order.
        draw_ids: these, in the order given.
        sequence: the seed of the choice.

    Raises:
        OptionError: for numbers of draws that do not exist, or both arguments.
    """
    if draw_ids is not None:
        if ndraws is not None:
            raise OptionError("give ndraws or draw_ids, not both")
        return _checked_ids(total, draw_ids)
    if ndraws is None:
        return np.arange(total)
    check_whole("ndraws", ndraws, 1)
    if ndraws > total:
        raise OptionError(f"ndraws is {ndraws}, but the fit has {total} draws")
    return np.sort(np.random.default_rng(sequence).choice(total, ndraws, replace=False))


def _checked_ids(total: int, draw_ids: Sequence[int]) -> IntArray:
    try:
        ids = np.asarray(draw_ids)
    except ValueError:
        ids = np.empty(0)
    if ids.ndim != 1 or ids.dtype.kind not in "iu" or len(ids) == 0:
        raise OptionError(f"draw_ids holds whole numbers, got {draw_ids!r}")
    outside = ids[(ids < 0) | (ids >= total)]
    if len(outside):
        raise OptionError(f"draw_ids count from 0 to {total - 1}, got {int(outside[0])}")
    return ids.astype(np.int64)
