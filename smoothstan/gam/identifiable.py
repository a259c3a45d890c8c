"""Which coefficients data and penalties determine; the others are left out, as a regression leaves out aliases.

Source: SPEC B.10; Wood (2011), JRSS B 73:3, section 3.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.gam.log_determinant import cholesky_factor
from smoothstan.gam.penalised_least_squares import symmetric_root
from smoothstan.gam.problem import PenaltyBlock


def identifiable_columns(information: FloatArray, blocks: tuple[PenaltyBlock, ...]) -> IntArray:
    """Return the columns to keep, in order.

    Args:
        information: (p, p) X'WX.
        blocks: the smooths with their penalties.
    """
    p = information.shape[0]
    balanced = information / max(float(np.linalg.norm(information)), 1e-300)
    for block in blocks:
        for penalty in block.penalties:
            balanced[block.columns, block.columns] += penalty / max(float(np.linalg.norm(penalty)), 1e-300)
    scale = np.sqrt(np.maximum(balanced.diagonal(), 1e-300))
    balanced = balanced / scale / scale[:, None]
    if cholesky_factor(balanced + 0.0) is not None and float(np.linalg.eigvalsh(balanced)[0]) > 1e-13:
        return np.arange(p)
    from scipy.linalg import qr

    r, pivots = qr(symmetric_root(balanced), mode="r", pivoting=True)
    size = np.abs(r.diagonal())
    rank = int(np.sum(size > size[0] * 1e-7))
    return np.sort(pivots[:rank]).astype(np.int64)


def keep_columns(blocks: tuple[PenaltyBlock, ...], keep: IntArray) -> tuple[PenaltyBlock, ...]:
    """Return the blocks of a model from which the columns not in ``keep`` were left out."""
    out = []
    for block in blocks:
        inside = keep[(keep >= block.start) & (keep < block.stop)] - block.start
        start = int(np.searchsorted(keep, block.start))
        penalties = tuple(penalty[np.ix_(inside, inside)] for penalty in block.penalties)
        ranks = tuple(
            int(np.linalg.matrix_rank(new, hermitian=True)) if inside.size < block.size else rank
            for new, rank in zip(penalties, block.ranks, strict=True)
        )
        out.append(replace(block, start=start, stop=start + inside.size, penalties=penalties, ranks=ranks))
    return tuple(out)
