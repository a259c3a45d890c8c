"""Duchon splines, ``bs="ds"``: thin plate splines with a penalty on fractional derivatives.

Source: Duchon (1977), in *Constructive Theory of Functions of Several Variables*, 85-100; Wood (2017),
section 5.5.
"""

from __future__ import annotations

import math

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.smooths.basis import Covariates, Request, Unsuitable
from smoothstan.smooths.kernels import Kernel, PowerKernel
from smoothstan.smooths.low_rank import leading_eigenpairs
from smoothstan.smooths.polynomials import count_monomials, monomial_exponents, monomials
from smoothstan.smooths.radial import PlacedRadial, radial_part
from smoothstan.smooths.sites import choose_sites, finite_numbers

_EXTRA_K = (10, 30, 100)


def place(covariates: Covariates, request: Request) -> PlacedRadial:
    """Put the sites at the distinct rows; ``m = c(m, s)``, default c(2, 0), with 2s whole, -d < 2s < d, 2m + 2s > d."""
    x = finite_numbers(covariates, request)
    d = x.shape[1]
    m, s = _order(request, d)
    null_dimension = count_monomials(d, m)
    k = request.dimension(null_dimension + _EXTRA_K[min(d, 3) - 1], null_dimension + 1)
    centre = x.mean(axis=0)
    original = choose_sites(x, request, k, np.zeros(d))
    exponents = monomial_exponents(d, m)
    sites = original - centre
    return place_low_rank(_kernel(2 * m + 2 * s - d), original, centre, monomials(sites, exponents), exponents, k)


def place_low_rank(
    kernel: Kernel, original: FloatArray, centre: FloatArray, polynomials: FloatArray, exponents: IntArray, k: int,
    *, sphere: bool = False,
) -> PlacedRadial:  # fmt: skip
    """Return the leading eigenvectors of a kernel at its sites, orthogonal to the polynomials there.

    Args:
        kernel: the kernel.
        original: (N, d) sites.
        centre: (d,) what is subtracted from them.
        polynomials: (N, M) the functions without a penalty at the sites.
        exponents: (M, d) their exponents.
        k: dimension of the basis, more than M.
        sphere: whether the polynomials are of the position on the unit sphere.
    """
    sites = original - centre
    leading = leading_eigenpairs(kernel.between(sites, sites), k)
    count = polynomials.shape[1]
    free = np.linalg.qr((polynomials.T @ leading.vectors).T, mode="complete")[0][:, count:]
    penalty = np.zeros((k, k))
    penalty[: k - count, : k - count] = (free.T * leading.values) @ free
    lines = not sphere and count >= 2
    radial = radial_part(kernel, sites, leading.vectors @ free, orthogonal_to_lines=lines)
    penalty = (penalty + penalty.T) / 2
    return PlacedRadial(centre, radial, exponents, np.ones(count), penalty, k - count, original, sphere=sphere)


def _kernel(power: float) -> PowerKernel:
    whole = math.floor(power / 2) + 1
    return PowerKernel(1.0 if whole % 2 == 0 else -1.0, power)


def _order(request: Request, d: int) -> tuple[int, float]:
    if len(request.m) > 2:
        raise Unsuitable(f"m must be c(order, s), found {len(request.m)} numbers", "m")
    m = request.m[0] if request.m else 2
    s = float(request.m[1]) if len(request.m) > 1 else 0.0
    if m != int(m) or m < 1:
        raise Unsuitable(f"the order, the first of m, must be a whole number of at least 1, found {m:g}", "m")
    if 2 * s != round(2 * s) or abs(s) >= d / 2:
        raise Unsuitable(
            f"s, the second of m, must be a multiple of 0.5 between {-d / 2:g} and {d / 2:g}, found {s:g}", "m"
        )
    if m + s <= d / 2:
        raise Unsuitable(
            f"m = c({m:g}, {s:g}) is too low for {d} covariates: their sum must be above {d / 2:g}; "
            f"write m = c({m:g}, {0.5 + d / 2 - m:g})", "m",
        )  # fmt: skip
    return int(m), s
