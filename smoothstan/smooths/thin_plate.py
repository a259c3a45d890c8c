"""Thin plate regression splines of any number of covariates, ``bs="tp"``, and with shrinkage, ``bs="ts"``.

Source: Wood (2003), *JRSSB* 65, 95-114; the shrinkage: Marra and Wood (2011), *CSDA* 55, 2372-2387.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.smooths.basis import Covariates, Request, Unsuitable
from smoothstan.smooths.order import whole_number
from smoothstan.smooths.polynomials import count_monomials, monomial_exponents, monomials, null_space_at
from smoothstan.smooths.radial import kernel_matrix
from smoothstan.smooths.radial_basis import (
    PlacedRadial,
    column_moments,
    precise_mean,
    quadratic_form,
    sums_of_kernels,
    truncated,
)
from smoothstan.smooths.radial_kernels import thin_plate_kernel
from smoothstan.smooths.sites import (
    distinct_rows,
    enough,
    finite_numbers,
    given_sites,
    sites_by_value,
    subsampling,
)

_DEFAULT_RANK = (8, 27, 100)
_SHRINKAGE = 0.1


@dataclass(frozen=True)
class ThinPlateOrder:
    """The penalty: the order of its derivatives, and whether what it leaves alone is dropped."""

    derivatives: int
    drops_null_space: bool


def place(covariates: Covariates, request: Request) -> PlacedRadial:
    """Take the best basis of ``k`` functions for a thin plate spline with a function at every site."""
    x = request.numbers(covariates)
    finite_numbers(x, request.names)
    order = thin_plate_order(request, x.shape[1])
    m = order.derivatives
    null_dimension = count_monomials(x.shape[1], m)
    default = null_dimension + _DEFAULT_RANK[min(x.shape[1], 3) - 1]
    k = request.dimension(default, null_dimension + 1)
    given, drawing = given_sites(request, k, len(x)), subsampling(request, k)
    centre = precise_mean(x)
    rows = distinct_rows(x - centre)
    enough(len(rows.points), k, request.names)
    sites = sites_by_value(rows.points, drawing) if given is None else distinct_rows(given - centre).points

    kernel, exponents = thin_plate_kernel(x.shape[1], m), monomial_exponents(x.shape[1], m)
    vectors, core = truncated(kernel_matrix(kernel, sites), k)
    free = null_space_first(null_space_at(sites, exponents, request.names).T @ vectors)
    raw = sums_of_kernels(kernel, sites, vectors @ free)
    moments = column_moments(raw, rows)
    scales = 1 / np.sqrt(moments.mean_squares)
    spline = PlacedRadial(
        centre=centre,
        functions=raw.scaled(scales),
        offsets=moments.means * scales,
        exponents=exponents,
        polynomial_scales=1 / np.sqrt(column_moments(lambda u: monomials(u, exponents), rows).mean_squares),
        penalty=quadratic_form(core, free * scales, null_dimension),
        rank=k - null_dimension,
    )
    return _without_null_space(spline) if order.drops_null_space else spline


def place_shrunk(covariates: Covariates, request: Request) -> PlacedRadial:
    """Penalise also the polynomials, a tenth as much as the least penalised of the other functions."""
    spline = place(covariates, request)
    if spline.sums_to_zero:
        raise Unsuitable("m with a 0 as its second number drops the functions that ts penalises; use tp", "m")
    smallest = np.linalg.eigvalsh(spline.penalty[: spline.rank, : spline.rank])[0]
    ridge = np.repeat([0.0, _SHRINKAGE * smallest], [spline.rank, spline.null_space_dimension])
    return replace(spline, penalty=spline.penalty + np.diag(ridge), rank=len(spline.penalty))


def thin_plate_order(request: Request, d: int) -> ThinPlateOrder:
    """Read ``m``: the order of the derivatives, and 0 as a second number to drop the null space.

    The order is the smallest with 2 m > d + 1 if it is not given, or if 2 m > d does not hold.
    """
    if len(request.m) > 2:
        raise Unsuitable(f"m must be one or two numbers here, found {len(request.m)}", "m")
    m = whole_number(request.m, 0, default=0)
    if m < 0:
        raise Unsuitable(f"m must not be negative, found {m}", "m")
    derivatives = m if 2 * m > d else (d + 3) // 2
    return ThinPlateOrder(derivatives, whole_number(request.m, 1, default=1) == 0)


def null_space_first(constraint: FloatArray) -> FloatArray:
    """Return Z, (k, k - M), orthonormal with ``constraint @ Z = 0`` for an (M, k) constraint.

    Householder reflections from the right fold row after row onto the last columns, so that the first
    k - M columns of their product are Z.  Column signs of the constraint only change signs of Z.
    """
    rest, product = constraint.copy(), np.eye(constraint.shape[1])
    for i in range(len(rest)):
        leading = slice(0, rest.shape[1] - i)
        mirror = rest[i, leading].copy()
        mirror[-1] += np.copysign(np.linalg.norm(mirror), mirror[-1])
        mirror *= np.sqrt(2) / np.linalg.norm(mirror)
        for matrix in (rest, product):
            matrix[:, leading] -= np.outer(matrix[:, leading] @ mirror, mirror)
    return product[:, : rest.shape[1] - len(rest)]


def _without_null_space(spline: PlacedRadial) -> PlacedRadial:
    """Drop the polynomials and subtract from the other functions their means over the data."""
    return replace(
        spline,
        exponents=spline.exponents[:0],
        polynomial_scales=spline.polynomial_scales[:0],
        penalty=spline.penalty[: spline.rank, : spline.rank],
        sums_to_zero=True,
    )
