"""Gaussian process smooths, ``bs="gp"``: the leading eigenvectors of a correlation matrix, and a trend.

Source: Kammann & Wand (2003), Appl. Stat. 52, 1-18; Handcock, Meier & Nychka (1994), JASA 89, 401-411.
"""

from __future__ import annotations

import numpy as np

from smoothstan.smooths.basis import Covariates, Request, Unsuitable
from smoothstan.smooths.kernels import CorrelationKernel, squared_distances
from smoothstan.smooths.low_rank import leading_eigenpairs
from smoothstan.smooths.radial import PlacedRadial, radial_part
from smoothstan.smooths.sites import choose_sites, finite_numbers

_EXTRA_K = (10, 30, 100)
_MATERN = 3


def place(covariates: Covariates, request: Request) -> PlacedRadial:
    """Put the sites at the distinct rows; ``m = c(kind, range, kappa)``.

    Kinds: 1 spherical, 2 power exponential, 3 to 5 Matern (3 by default); a negative kind leaves the linear
    trend out.  The default range is the largest distance between sites, the default kappa 1.
    """
    x = finite_numbers(covariates, request)
    d = x.shape[1]
    kind, given_range, kappa = _family(request)
    trend = 1 if kind < 0 else d + 1
    k = request.dimension(d + 1 + _EXTRA_K[min(d, 3) - 1], d + 2)
    centre = x.mean(axis=0)
    original = choose_sites(x, request, k, np.zeros(d))
    sites = original - centre
    reach = given_range if given_range > 0 else float(np.sqrt(squared_distances(sites, sites).max()))
    kernel = CorrelationKernel(abs(kind), reach, kappa)
    leading = leading_eigenpairs(kernel.between(sites, sites), k - trend)
    penalty = np.diag(np.concatenate([leading.values, np.zeros(trend)]))
    radial = radial_part(kernel, sites, leading.vectors, orthogonal_to_lines=False)
    exponents = np.vstack([np.zeros((1, d), dtype=np.int64), np.eye(d, dtype=np.int64)])[:trend]
    return PlacedRadial(centre, radial, exponents, np.ones(trend), penalty, k - trend, original)


def _family(request: Request) -> tuple[int, float, float]:
    given: tuple[float, ...] = tuple(float(value) for value in request.m)
    if len(given) > 3:
        raise Unsuitable(f"m must be c(kind, range, kappa), found {len(given)} numbers", "m")
    defaults = (float(_MATERN), -1.0, 1.0)
    kind, reach, kappa = given + defaults[len(given) :]
    if abs(kind) not in (1, 2, 3, 4, 5):
        raise Unsuitable(f"the kind, the first of m, must be 1 to 5 or -5 to -1, found {kind:g}", "m")
    if not 0 < kappa <= 2:
        raise Unsuitable(f"kappa, the third of m, must be above 0 and at most 2, found {kappa:g}", "m")
    return int(kind), reach, kappa
