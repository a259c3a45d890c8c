"""Thin plate regression splines, ``bs="tp"``, and the same with a penalised null space, ``bs="ts"``.

The leading eigenvectors of the thin plate kernel at the data sites, orthogonal to the polynomials that the
penalty does not touch.

Source: Wood (2003), JRSSB 65, 95-114; Wood (2017), *Generalized Additive Models*, 2nd ed., section 5.5.1.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.smooths.basis import Covariates, Request, Unsuitable
from smoothstan.smooths.kernels import PowerKernel
from smoothstan.smooths.low_rank import leading_eigenpairs
from smoothstan.smooths.polynomials import count_monomials, monomial_exponents, monomials
from smoothstan.smooths.radial import PlacedRadial, radial_part
from smoothstan.smooths.settings import whole_numbers
from smoothstan.smooths.sites import choose_sites, finite_numbers

_EXTRA_K = (8, 27, 100)
_SHRINKAGE = 0.1


def place(covariates: Covariates, request: Request) -> PlacedRadial:
    """Put the sites at the distinct rows; ``m`` is the order of the derivatives, ``m = c(2, 0)`` drops the null space.

    The default order is the smallest m with 2m >= d + 2 for d covariates.
    """
    x = finite_numbers(covariates, request)
    n, d = x.shape
    m, without_null_space = _order(request, d)
    null_dimension = count_monomials(d, m)
    k = request.dimension(null_dimension + _EXTRA_K[min(d, 3) - 1], null_dimension + 1)
    centre = x.mean(axis=0)
    original = choose_sites(x, request, k, centre)
    sites = original - centre
    kernel = thin_plate_kernel(m, d)
    exponents = monomial_exponents(d, m)
    between = kernel.between(sites, sites)
    if len(sites) == k:
        vectors, inner = np.eye(k), between
    else:
        leading = leading_eigenpairs(between, k)
        vectors, inner = leading.vectors, np.diag(leading.values)
    rotation = _remove_from_the_right(monomials(sites, exponents).T @ vectors)
    free = rotation[:, : k - null_dimension]
    radial = radial_part(kernel, sites, vectors @ free, orthogonal_to_lines=m == 2)
    penalty = np.zeros((k, k))
    penalty[: k - null_dimension, : k - null_dimension] = free.T @ inner @ free
    raw = PlacedRadial(centre, radial, exponents, np.ones(null_dimension), penalty, k - null_dimension, original)
    scaled = _unit_mean_square(raw, covariates, n)
    return _without_null_space(scaled, covariates) if without_null_space else scaled


def place_shrunk(covariates: Covariates, request: Request) -> PlacedRadial:
    """As ``place``, with the zero eigenvalues of the penalty at a tenth of the smallest other one."""
    basis = place(covariates, request)
    values, vectors = np.linalg.eigh(basis.penalty)
    nulls = len(values) - basis.rank
    values[:nulls] = _SHRINKAGE * values[nulls]
    penalty = (vectors * values) @ vectors.T
    return replace(basis, penalty=(penalty + penalty.T) / 2, rank=len(values))


def thin_plate_kernel(m: int, d: int) -> PowerKernel:
    """Return the kernel of the penalty on derivatives of order ``m`` in ``d`` dimensions, 2m > d."""
    if d % 2 == 0:
        sign = (-1) ** (m + 1 + d // 2)
        factor = sign / (2 ** (2 * m - 1) * math.pi ** (d / 2) * math.factorial(m - 1) * math.factorial(m - d // 2))
    else:
        factor = math.gamma(d / 2 - m) / (2 ** (2 * m) * math.pi ** (d / 2) * math.factorial(m - 1))
    return PowerKernel(factor, 2 * m - d)


def _order(request: Request, d: int) -> tuple[int, bool]:
    """Return the order of the derivatives, and whether the null space is dropped."""
    given = whole_numbers(request.m, "m")
    if len(given) > 2 or (len(given) == 2 and given[1] != 0):
        raise Unsuitable(f"m must be one number, or c(order, 0), found {', '.join(map(str, given))}", "m")
    order = given[0] if given else 0
    if order < 0:
        raise Unsuitable(f"m must not be negative, found {order}", "m")
    smallest = (d + 3) // 2
    return (order if 2 * order > d else smallest), len(given) == 2


def _remove_from_the_right(crossed: FloatArray) -> FloatArray:
    """Return the (k, k) rotation that makes the (M, k) matrix zero but for its last M columns.

    Householder reflections, each putting a row onto the last of the columns that are left.
    """
    count, k = crossed.shape
    rotation = np.eye(k)
    left = crossed.copy()
    for i in range(count):
        size = k - i
        v = left[i, :size].copy()
        v[-1] += math.copysign(float(np.linalg.norm(v)), v[-1])
        scale = 2 / (v @ v)
        left[:, :size] -= scale * np.outer(left[:, :size] @ v, v)
        rotation[:, :size] -= scale * np.outer(rotation[:, :size] @ v, v)
    return rotation


def _unit_mean_square(basis: PlacedRadial, covariates: Covariates, n: int) -> PlacedRadial:
    """Scale every column to mean square one over the rows of the data, and the penalty with it."""
    squares = np.sum(basis.design(covariates) ** 2, axis=0) / n
    factors = 1 / np.sqrt(squares)
    kernels = len(factors) - len(basis.factors)
    return replace(
        basis,
        radial=basis.radial.scaled(factors[:kernels]),
        factors=basis.factors * factors[kernels:],
        penalty=basis.penalty * factors * factors[:, None],
    )


def _without_null_space(basis: PlacedRadial, covariates: Covariates) -> PlacedRadial:
    """Keep the penalised columns and take off their means."""
    rank = basis.rank
    kept = replace(basis, exponents=basis.exponents[:0], factors=basis.factors[:0], penalty=basis.penalty[:rank, :rank])
    return replace(kept, means=kept.design(covariates).mean(axis=0))
