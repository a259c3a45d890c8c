"""Covariances of the coefficients and effective degrees of freedom.

Source: Wood (2011), JRSS B 73:3; Wood, Pya & Säfken (2016), JASA 111:1548, section 4 (smoothing parameter
uncertainty); SPEC B.5.  All matrices are in the coordinates they are given in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.gam.log_determinant import Factor


@dataclass(frozen=True)
class Covariances:
    """Covariance matrices and degrees of freedom, coefficient by coefficient.

    Args:
        bayesian: (p, p) Vp, the posterior covariance given the smoothing parameters.
        frequentist: (p, p) Ve, the sampling covariance of the estimator.
        influence: (p, p) F = (X'WX + S)^-1 X'WX.
        edf: (p,) diagonal of F.
        edf1: (p,) diagonal of 2F - FF.
    """

    bayesian: FloatArray
    frequentist: FloatArray
    influence: FloatArray
    edf: FloatArray
    edf1: FloatArray


def covariances(information: FloatArray, factor: Factor, scale: float) -> Covariances:
    """Return the covariances.

    Args:
        information: (p, p) X'WX with Fisher weights.
        factor: of X'WX + S.
        scale: the estimate of phi.
    """
    influence = factor.inverse @ information
    bayesian = factor.inverse * scale
    frequentist = influence @ bayesian
    edf = influence.diagonal().copy()
    edf1 = 2 * edf - np.sum(influence * influence.T, axis=1)
    return Covariances(bayesian, 0.5 * (frequentist + frequentist.T), influence, edf, edf1)


def uncertain_covariance(
    covariance: FloatArray,
    hessian_matrix: FloatArray,
    pressures: tuple[FloatArray, ...],
    sensitivity: FloatArray,
    outer_hessian: FloatArray,
    rho: slice,
    scale: float,
) -> FloatArray:
    """Return Vc, the posterior covariance that allows for the uncertainty of smoothing and shape parameters.

    Args:
        covariance: Vp.
        hessian_matrix: X'WX + S with Fisher weights.
        pressures: lambda_k S_k of every free smoothing parameter.
        sensitivity: (p, t + M) derivatives of the coefficients in theta and rho.
        outer_hessian: (j, j) Hessian of the criterion.
        rho: where the smoothing parameters are in it.
        scale: the estimate of phi.
    """
    if not sensitivity.shape[1]:
        return covariance
    values, vectors = np.linalg.eigh(0.5 * (outer_hessian + outer_hessian.T))
    inverse = np.where(values > 0, 1 / np.where(values > 0, values, 1.0), 0.0)
    moving = sensitivity.shape[1]
    spread = ((vectors * inverse) @ vectors.T)[:moving, :moving]
    regular = ((vectors / (np.maximum(values, 0.0) + 0.1)) @ vectors.T)[rho, rho]
    first = sensitivity @ spread @ sensitivity.T

    if not pressures:
        return np.asarray(covariance + first)
    # With R'R = X'WX + S: dR = half R, so that the change of the root R^-1 of the covariance is -R^-1 half.
    root = np.linalg.cholesky(hessian_matrix).T
    inverse_root = np.linalg.inv(root)
    changes = []
    for pressure in pressures:
        middle = inverse_root.T @ pressure @ inverse_root
        half = np.triu(middle)
        half[np.diag_indices_from(half)] *= 0.5
        changes.append(inverse_root @ half)
    stack = np.array(changes)
    weighted = np.tensordot(regular, stack, axes=1)
    second = np.einsum("kab,kcb->ac", weighted, stack, optimize=True)
    return np.asarray(covariance + first + scale * second)


def uncertain_edf(covariance: FloatArray, information: FloatArray, scale: float, edf1: FloatArray) -> FloatArray:
    """Return edf2, (p,), never more in total than edf1."""
    edf2 = np.sum(covariance * information, axis=1) / scale
    return edf1 if float(np.sum(edf2)) > np.sum(edf1) else edf2
