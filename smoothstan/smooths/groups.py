"""Rows that belong to groups: factors apart from numbers, codes of combined levels, blocks of columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.smooths.basis import Covariates
from smoothstan.table import Factor


def factors_of(covariates: Covariates) -> tuple[Factor, ...]:
    """Return the factors among the covariates."""
    return tuple(c for c in covariates if isinstance(c, Factor))


def numbers_of(covariates: Covariates) -> tuple[FloatArray, ...]:
    """Return the numeric covariates."""
    return tuple(c for c in covariates if not isinstance(c, Factor))


def combined_codes(factors: Sequence[Factor], sizes: Sequence[int]) -> IntArray:
    """Return the combination of levels of every row, (n,), the first factor varying fastest.

    Args:
        factors: at least one, of n rows each.
        sizes: the number of levels of each at the fit.

    Returns:
        Codes below the product of the sizes; -1 where any of the levels is new.
    """
    codes = np.zeros(len(factors[0].codes), dtype=np.int64)
    known = np.ones(len(codes), dtype=bool)
    stride = 1
    for factor, size in zip(factors, sizes, strict=True):
        codes += stride * factor.codes
        known &= (factor.codes >= 0) & (factor.codes < size)
        stride *= size
    return np.where(known, codes, -1)


def spread(inner: FloatArray, codes: IntArray, n_groups: int) -> FloatArray:
    """Return (n, n_groups * q): the (n, q) inner columns in the block of each row's group; -1 gives zeros."""
    n, q = inner.shape
    dense = np.zeros((n, n_groups, q))
    known = np.flatnonzero(codes >= 0)
    dense[known, codes[known]] = inner[known]
    return dense.reshape(n, -1)
