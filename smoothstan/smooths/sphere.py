"""Splines on the sphere, ``bs="sos"``, of latitude and longitude in degrees.

Source: Wahba (1981), *SIAM J. Sci. Stat. Comput.* 2, 5-16, and the erratum 3, 385-386 (m = 1 to 4);
Wendelberger (1981), thesis (m = 0); Duchon splines of the surrounding space (m = -1, -2).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.smooths.basis import Covariates, PlacedBasis, Request, Unsuitable, side_by_side
from smoothstan.smooths.duchon import null_space_last
from smoothstan.smooths.order import whole_number
from smoothstan.smooths.polynomials import monomial_exponents, monomials
from smoothstan.smooths.radial import RadialFunctions, kernel_matrix
from smoothstan.smooths.radial_basis import PlacedRadial, column_moments, quadratic_form, truncated
from smoothstan.smooths.radial_kernels import PowerKernel, RadialKernel
from smoothstan.smooths.sites import (
    DistinctRows,
    distinct_rows,
    enough,
    finite_numbers,
    given_sites,
    sites_by_text,
    subsampling,
)

_DEFAULT_K = 50
_ORDERS = range(-2, 5)
_TINY = 1e-300


def place(covariates: Covariates, request: Request) -> PlacedSphere:
    """Take the best basis of ``k`` functions for a spline on the sphere with a function at every site."""
    if len(covariates) != 2:
        raise ValueError(f"sos takes a latitude and a longitude, found {len(covariates)} ({', '.join(request.names)})")
    x = request.numbers(covariates)
    finite_numbers(x, request.names)
    m = sphere_order(request)
    exponents = monomial_exponents(3, 2 if m == -1 else 1)
    null_dimension = len(exponents)
    k = request.dimension(_DEFAULT_K, null_dimension + 1)
    given, drawing = given_sites(request, k, len(x)), subsampling(request, k)
    rows = distinct_rows(x)
    enough(len(rows.points), k, request.names)
    sites = unit_vectors(sites_by_text(rows.points, drawing) if given is None else given)

    kernel = sphere_kernel(m)
    vectors, core = truncated(kernel_matrix(kernel, sites), k)
    free = null_space_last(monomials(sites, exponents).T @ vectors)
    unscaled = PlacedRadial(
        centre=np.zeros(3),
        functions=RadialFunctions(kernel, sites, vectors @ free),
        offsets=np.zeros(k - null_dimension),
        exponents=exponents,
        polynomial_scales=np.ones(null_dimension),
        penalty=quadratic_form(core, free, null_dimension),
        rank=k - null_dimension,
    )
    return PlacedSphere(_scaled(unscaled, rows))


@final
@dataclass(frozen=True)
class PlacedSphere(PlacedBasis):
    """A spline on the sphere as a spline of the unit vectors."""

    in_space: PlacedRadial

    def design(self, covariates: Covariates) -> FloatArray:
        """Evaluate the basis anywhere on the sphere."""
        return self.in_space.at(unit_vectors(side_by_side(covariates)))

    @property
    def penalties(self) -> tuple[FloatArray, ...]:
        """The one penalty."""
        return self.in_space.penalties

    @property
    def ranks(self) -> tuple[int, ...]:
        """Its rank."""
        return self.in_space.ranks

    @property
    def null_space_dimension(self) -> int:
        """One, the constant; four for m = -1."""
        return self.in_space.null_space_dimension

    @property
    def knots(self) -> FloatArray:
        """The sites as latitude and longitude, (N, 2)."""
        y, x, z = self.in_space.knots.T
        return np.column_stack([np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))])


@final
@dataclass(frozen=True)
class SphereKernel(RadialKernel):
    """The kernel of order m as a function of the chord, |u - v|^2 = 2 - 2 cos(angle).

    The chord of neighbours is exact where the cosine is rounded to one.
    """

    m: int

    def __call__(self, squared: FloatArray) -> FloatArray:
        """Return the kernel at squared chords."""
        squared *= 0.25
        w = np.clip(squared, _TINY, 1.0, out=squared)
        if self.m == 0:
            from scipy.special import spence

            # The dilogarithm Li2(1 - w) is Spence's function of w.
            return np.asarray((1 - math.pi**2 / 6 + spence(w)) / (4 * math.pi))
        c = np.sqrt(w)
        q = _PSEUDO_SPLINES[self.m](w, c, np.log1p(1 / c))
        factorial = math.factorial(self.m)
        return np.asarray((q / factorial - 1 / (factorial * (self.m + 1))) / (2 * math.pi))


def _q1(w: FloatArray, c: FloatArray, a: FloatArray) -> FloatArray:
    return 2 * a * w - 2 * c + 1


def _q2(w: FloatArray, c: FloatArray, a: FloatArray) -> FloatArray:
    return a * (6 * w**2 - 2 * w) - 6 * c * w + 3 * w + 0.5


def _q3(w: FloatArray, c: FloatArray, a: FloatArray) -> FloatArray:
    return (a * (60 * w**3 - 36 * w**2) + 30 * w**2 + 2 * c * (8 * w - 30 * w**2) - 3 * w + 1) / 3


def _q4(w: FloatArray, c: FloatArray, a: FloatArray) -> FloatArray:
    logarithmic = a * (70 * w**4 - 60 * w**3 + 6 * w**2)
    return logarithmic + 35 * w**3 * (1 - 2 * c) + 2 * c * 55 * w**2 / 3 - 12.5 * w**2 - w / 3 + 0.25


_PSEUDO_SPLINES = {1: _q1, 2: _q2, 3: _q3, 4: _q4}


def sphere_kernel(m: int) -> RadialKernel:
    """Return the kernel of order ``m``."""
    if m == -1:
        return PowerKernel(1 / (8 * math.pi), 2)
    return PowerKernel(-1.0, 1) if m == -2 else SphereKernel(m)


def sphere_order(request: Request) -> int:
    """Read ``m``, a whole number from -2 to 4."""
    if len(request.m) > 1:
        raise Unsuitable(f"m must be one number for sos, found {len(request.m)}", "m")
    m = whole_number(request.m, 0, default=0)
    if m not in _ORDERS:
        raise Unsuitable(f"m must be from {_ORDERS[0]} to {_ORDERS[-1]} for sos, found {m}", "m")
    return m


def unit_vectors(degrees: FloatArray) -> FloatArray:
    """Return (n, 3) vectors cos(la) sin(lo), cos(la) cos(lo), sin(la) of (n, 2) latitudes and longitudes."""
    latitude, longitude = np.radians(degrees).T
    across = np.cos(latitude)
    return np.column_stack([across * np.sin(longitude), across * np.cos(longitude), np.sin(latitude)])


def _scaled(basis: PlacedRadial, rows: DistinctRows) -> PlacedRadial:
    """Divide the columns by their standard deviations over the data, but not the constant."""
    deviations = column_moments(lambda x: basis.at(unit_vectors(x)), rows).deviations
    scales = np.where(deviations == deviations.min(), 1.0, 1 / np.where(deviations > 0, deviations, 1.0))
    radial, null = np.split(scales, [len(basis.offsets)])
    penalty = basis.penalty * np.outer(scales, scales)
    return replace(basis, functions=basis.functions.scaled(radial), polynomial_scales=null, penalty=penalty)
