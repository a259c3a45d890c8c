"""Duchon splines, ``bs="ds"``: thin plate splines whose penalty weights frequencies.

Source: Duchon (1977), *Splines minimizing rotation-invariant semi-norms in Sobolev spaces*; Wood (2017),
*Generalized Additive Models*, 2nd ed., section 5.5.
"""

from __future__ import annotations

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import SmoothstanWarning, warn
from smoothstan.smooths.basis import Covariates, Request, Unsuitable
from smoothstan.smooths.order import number, whole_number
from smoothstan.smooths.polynomials import count_monomials, monomial_exponents, null_space_at
from smoothstan.smooths.radial import kernel_matrix
from smoothstan.smooths.radial_basis import PlacedRadial, precise_mean, quadratic_form, sums_of_kernels, truncated
from smoothstan.smooths.radial_kernels import duchon_kernel
from smoothstan.smooths.sites import distinct_rows, enough, finite_numbers, given_sites, sites_by_text, subsampling

_DEFAULT_RANK = (10, 30, 100)
_DEFAULT_ORDER = 2


def place(covariates: Covariates, request: Request) -> PlacedRadial:
    """Take the best basis of ``k`` functions for a Duchon spline with a function at every site."""
    x = request.numbers(covariates)
    finite_numbers(x, request.names)
    d = x.shape[1]
    m, half_s = duchon_order(request, d)
    null_dimension = count_monomials(d, m)
    k = request.dimension(null_dimension + _DEFAULT_RANK[min(d, 3) - 1], null_dimension + 1)
    given, drawing = given_sites(request, k, len(x)), subsampling(request, k)
    rows = distinct_rows(x)
    enough(len(rows.points), k, request.names)
    centre = precise_mean(x)
    sites = (sites_by_text(rows.points, drawing) if given is None else given) - centre

    kernel, exponents = duchon_kernel(2 * m + half_s - d), monomial_exponents(d, m)
    vectors, core = truncated(kernel_matrix(kernel, sites), k)
    free = null_space_last(null_space_at(sites, exponents, request.names).T @ vectors)
    return PlacedRadial(
        centre=centre,
        functions=sums_of_kernels(kernel, sites, vectors @ free),
        offsets=np.zeros(k - null_dimension),
        exponents=exponents,
        polynomial_scales=np.ones(null_dimension),
        penalty=quadratic_form(core, free, null_dimension),
        rank=k - null_dimension,
    )


def duchon_order(request: Request, d: int) -> tuple[int, int]:
    """Read ``m = (m, s)`` and return m and 2 s; s is raised where m + s > d / 2 does not hold."""
    if len(request.m) > 2:
        raise Unsuitable(f"m must be one or two numbers for ds, found {len(request.m)}", "m")
    m = whole_number(request.m, 0, default=_DEFAULT_ORDER)
    if m < 1:
        raise Unsuitable(f"the first number of m must be at least 1 for ds, found {m}", "m")
    twice = 2 * number(request.m, 1, default=0)
    if twice != int(twice) or abs(twice) >= d:
        allowed = "0" if d == 1 else f"one of {', '.join(f'{s / 2:g}' for s in range(1 - d, d))}"
        raise Unsuitable(
            f"the second number of m must be {allowed} for ds of {d} covariate{'s' * (d > 1)}, found {twice / 2:g}", "m"
        )
    if 2 * m + twice > d:
        return m, int(twice)
    raised = 1 + d - 2 * m
    if len(request.m) > 1:
        message = f"m=({m}, {twice / 2:g}) makes no continuous function of {d} covariates; taking ({m}, {raised / 2:g})"
        warn(message, SmoothstanWarning)
    return m, raised


def null_space_last(constraint: FloatArray) -> FloatArray:
    """Return Z, (k, k - M), the last columns of Q in the QR decomposition of the transposed constraint."""
    return np.asarray(np.linalg.qr(constraint.T, mode="complete")[0][:, len(constraint) :])
