"""Low-rank Gaussian processes with a fixed range, ``bs="gp"``.

Source: Kammann and Wand (2003), *Applied Statistics* 52, 1-18; Wood (2017), *Generalized Additive Models*,
2nd ed., section 5.8.2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.smooths.basis import Covariates, Request, Unsuitable
from smoothstan.smooths.order import number, whole_number
from smoothstan.smooths.polynomials import monomial_exponents
from smoothstan.smooths.radial import RadialFunctions, kernel_matrix, largest_distance
from smoothstan.smooths.radial_basis import PlacedRadial, precise_mean, truncated
from smoothstan.smooths.radial_kernels import CorrelationKernel
from smoothstan.smooths.sites import distinct_rows, enough, finite_numbers, given_sites, sites_by_text, subsampling

_DEFAULT_RANK = (10, 30, 100)
_FAMILIES = {1: "spherical", 2: "power exponential", 3: "Matern 3/2", 4: "Matern 5/2", 5: "Matern 7/2"}
_DEFAULT_FAMILY = 3


@dataclass(frozen=True)
class GaussianProcess:
    """What ``m`` says: the correlation, its range if given, its exponent, and whether there is a trend."""

    family: int
    range: float | None
    exponent: float
    trend: bool

    def kernel(self, sites: FloatArray) -> CorrelationKernel:
        """Return the correlation; its range is the largest distance between sites if not given."""
        return CorrelationKernel(self.family, self.range or largest_distance(sites), self.exponent)


def place(covariates: Covariates, request: Request) -> PlacedRadial:
    """Take the leading eigenvectors of the correlation between sites, next to a constant and a linear trend."""
    x = request.numbers(covariates)
    finite_numbers(x, request.names)
    d = x.shape[1]
    process = gaussian_process(request)
    null_dimension = d + 1 if process.trend else 1
    k = request.dimension(d + 1 + _DEFAULT_RANK[min(d, 3) - 1], d + 2)
    rank = k - null_dimension
    given, drawing = given_sites(request, rank, len(x)), subsampling(request, rank)
    rows = distinct_rows(x)
    enough(len(rows.points), k, request.names)
    centre = precise_mean(x)
    sites = (sites_by_text(rows.points, drawing) if given is None else given) - centre

    kernel = process.kernel(sites)
    vectors, core = truncated(kernel_matrix(kernel, sites), rank)
    return PlacedRadial(
        centre=centre,
        functions=RadialFunctions(kernel, sites, vectors),
        offsets=np.zeros(rank),
        exponents=monomial_exponents(d, 2)[:null_dimension],
        polynomial_scales=np.ones(null_dimension),
        penalty=np.pad(core, (0, null_dimension)),
        rank=rank,
    )


def gaussian_process(request: Request) -> GaussianProcess:
    """Read ``m = (family, range, exponent)``; a negative family is one without a linear trend."""
    if len(request.m) > 3:
        raise Unsuitable(f"m must be at most three numbers for gp, found {len(request.m)}", "m")
    signed = whole_number(request.m, 0, default=_DEFAULT_FAMILY)
    if abs(signed) not in _FAMILIES:
        families = ", ".join(f"{i} ({name})" for i, name in _FAMILIES.items())
        raise Unsuitable(f"the first number of m must be one of {families} or its negative, found {signed}", "m")
    distance = number(request.m, 1, default=0)
    exponent = number(request.m, 2, default=1)
    if not 0 < exponent <= 2:
        raise Unsuitable(f"the third number of m must be above 0 and at most 2, found {exponent:g}", "m")
    return GaussianProcess(abs(signed), distance if distance > 0 else None, exponent, signed > 0)
