"""Smoothing parameters as standard deviations of random effects, with confidence intervals.

Source: SPEC B.7; Wood (2017), *Generalized Additive Models*, section 7.7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray


@dataclass(frozen=True)
class VarianceComponent:
    """A standard deviation and its interval; the ends are NaN where it was not estimated by REML or ML."""

    name: str
    standard_deviation: float
    lower: float
    upper: float


def variance_components(
    names: tuple[str, ...],
    sp: FloatArray,
    scales: FloatArray,
    parameters: tuple[int, ...],
    phi: float,
    outer_hessian: FloatArray | None,
    rho: slice,
    *,
    scale_estimated: bool,
    probability: float = 0.95,
) -> tuple[VarianceComponent, ...]:
    """Return sqrt(phi S.scale/lambda) of every penalty, and sqrt(phi) last where the scale was estimated.

    Intervals take the shape parameters of the family as known, as mgcv's do.

    Args:
        names: of the penalties.
        sp: (m,) their smoothing parameters.
        scales: (m,) their S.scale; ones for the standard deviations of the scaled penalties.
        parameters: the free smoothing parameter of each, or -1.
        phi: the scale optimised with the smoothing parameters.
        outer_hessian: (j, j) Hessian of the criterion, or None.
        rho: where the smoothing parameters are in it.
        scale_estimated: whether log(phi) is its last parameter.
        probability: of the intervals.
    """
    from scipy.special import ndtri

    deviations = np.sqrt(phi * scales / sp)
    errors = np.full(len(names), np.nan)
    scale_error = np.nan
    if outer_hessian is not None and outer_hessian.size:
        outer_hessian = outer_hessian[rho.start :, rho.start :]
        values, vectors = np.linalg.eigh(outer_hessian)
        positive = values > 0
        covariance = (vectors[:, positive] / values[positive]) @ vectors[:, positive].T
        for j, k in enumerate(parameters):
            direction = np.zeros(outer_hessian.shape[0])
            if scale_estimated:
                direction[-1] = 0.5
            if k >= 0:
                direction[k] = -0.5
                errors[j] = np.sqrt(direction @ covariance @ direction)
        if scale_estimated:
            scale_error = 0.5 * float(np.sqrt(covariance[-1, -1]))
    z = float(ndtri(0.5 + probability / 2))
    with np.errstate(over="ignore"):
        rows = [
            VarianceComponent(name, float(sd), float(sd * np.exp(-z * e)), float(sd * np.exp(z * e)))
            for name, sd, e in zip(names, deviations, errors, strict=True)
        ]
        if scale_estimated:
            sd = float(np.sqrt(phi))
            rows.append(
                VarianceComponent(
                    "scale", sd, sd * float(np.exp(-z * scale_error)), sd * float(np.exp(z * scale_error))
                )
            )
    return tuple(rows)
