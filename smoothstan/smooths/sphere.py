"""Splines on the sphere, ``bs="sos"``, of latitude and longitude in degrees.

Source: Wahba (1981), SIAM J. Sci. Stat. Comput. 2, 5-16; Wendelberger (1981), thesis, University of Wisconsin.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from smoothstan.smooths.basis import Covariates, Request, Unsuitable
from smoothstan.smooths.duchon import place_low_rank
from smoothstan.smooths.kernels import SphereKernel, unit_vectors
from smoothstan.smooths.polynomials import monomials
from smoothstan.smooths.radial import PlacedRadial
from smoothstan.smooths.settings import whole_numbers
from smoothstan.smooths.sites import choose_sites, finite_numbers

_DEFAULT_K = 50
_CONSTANT = np.zeros((1, 3), dtype=np.int64)
_AFFINE = np.vstack([_CONSTANT, np.eye(3, dtype=np.int64)])


def place(covariates: Covariates, request: Request) -> PlacedRadial:
    """Put the sites at the distinct places; ``m`` is 0 (default), 1 to 4, -1 or -2, see ``SphereKernel``."""
    x = finite_numbers(covariates, request)
    if x.shape[1] != 2:
        raise ValueError(f"a spline on the sphere takes latitude and longitude, found {x.shape[1]} covariates")
    order = _order(request)
    exponents = _AFFINE if order == -1 else _CONSTANT
    k = request.dimension(_DEFAULT_K, len(exponents) + 1)
    sites = choose_sites(x, request, k, np.zeros(2))
    polynomials = monomials(unit_vectors(sites)[:, [1, 0, 2]], exponents)
    basis = place_low_rank(SphereKernel(order), sites, np.zeros(2), polynomials, exponents, k, sphere=True)
    return _unit_deviation(basis, covariates)


def _unit_deviation(basis: PlacedRadial, covariates: Covariates) -> PlacedRadial:
    """Scale every column but the constant to standard deviation one, and the penalty with it."""
    deviations = np.std(basis.design(covariates), axis=0, ddof=1)
    factors = np.where(deviations == deviations.min(), 1.0, 1 / np.where(deviations > 0, deviations, 1.0))
    kernels = len(factors) - len(basis.factors)
    return replace(
        basis,
        radial=basis.radial.scaled(factors[:kernels]),
        factors=basis.factors * factors[kernels:],
        penalty=basis.penalty * factors * factors[:, None],
    )


def _order(request: Request) -> int:
    given = whole_numbers(request.m, "m")
    if len(given) > 1 or (given and not -2 <= given[0] <= 4):
        raise Unsuitable(f"m must be one whole number from -2 to 4, found {', '.join(map(str, given))}", "m")
    return given[0] if given else 0
