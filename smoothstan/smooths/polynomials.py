"""The polynomials that a roughness penalty leaves alone."""

from __future__ import annotations

import itertools
import math

import numpy as np

from smoothstan.arrays import FloatArray, IntArray


def monomial_exponents(d: int, degree: int) -> IntArray:
    """Return the exponents of all monomials of total degree below ``degree`` in ``d`` variables.

    The first exponent runs fastest: for d = 2 and degree = 3 the monomials are 1, x, x^2, z, xz, z^2.

    Returns:
        (M, d), M = (degree + d - 1 choose d).
    """
    last_runs_fastest = itertools.product(range(degree), repeat=d)
    kept = [row[::-1] for row in last_runs_fastest if sum(row) < degree]
    return np.array(kept, dtype=np.int64).reshape(-1, d)


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


def null_space_at(sites: FloatArray, exponents: IntArray, names: tuple[str, ...]) -> FloatArray:
    """Evaluate the monomials at (N, d) sites that must tell them apart: (N, M).

    Raises:
        ValueError: if some combination of the monomials is zero at all sites.
    """
    values = monomials(sites, exponents)
    scaled = values / np.maximum(np.abs(values).max(axis=0), np.finfo(float).tiny)
    rank = np.linalg.matrix_rank(scaled)
    if rank < len(exponents):
        raise ValueError(
            f"the values of {', '.join(names)} lie on a line or a curve: only {rank} of the {len(exponents)} "
            f"polynomials of order below {exponents.sum(axis=1).max() + 1} differ on them"
        )
    return values
