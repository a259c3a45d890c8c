"""The polynomials that a roughness penalty leaves alone."""

from __future__ import annotations

import math

import numpy as np

from smoothstan.arrays import FloatArray, IntArray


def monomial_exponents(d: int, degree: int) -> IntArray:
    """Return the exponents of all monomials of total degree below ``degree`` in ``d`` variables.

    The first exponent runs fastest: for d = 2 and degree = 3 the monomials are 1, x, x^2, z, xz, z^2.

    Returns:
        (M, d), M = (degree + d - 1 choose d).
    """
    if d == 0:
        return np.zeros((1, 0), dtype=np.int64)
    rows = [
        np.insert(monomial_exponents(1, degree - used), 1, rest, axis=1) if d > 1 else np.array([[first]])
        for used, rest in _trailing(d - 1, degree)
        for first in ([0] if d > 1 else range(degree))
    ]
    return np.concatenate(rows)


def _trailing(d: int, degree: int) -> list[tuple[int, IntArray]]:
    return [(int(rest.sum()), rest) for rest in monomial_exponents(d, degree)] if d else [(0, np.zeros(0, np.int64))]


def count_monomials(d: int, degree: int) -> int:
    """Return how many monomials of total degree below ``degree`` there are in ``d`` variables."""
    return math.comb(degree + d - 1, d)


def monomials(points: FloatArray, exponents: IntArray) -> FloatArray:
    """Evaluate monomials.

    Args:
        points: (n, d).
        exponents: (M, d).

    Returns:
        (n, M).
    """
    values = np.ones((len(points), len(exponents)))
    for j, row in enumerate(exponents):
        for i in np.flatnonzero(row):
            values[:, j] *= points[:, i] ** row[i]
    return values
