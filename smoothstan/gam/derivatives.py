"""What the optimiser needs of a criterion at one point."""

from __future__ import annotations

from dataclasses import dataclass

from smoothstan.arrays import FloatArray


@dataclass(frozen=True)
class Derivatives:
    """Gradient and Hessian of a criterion, and the derivatives of the coefficients.

    Args:
        gradient: (j,).
        hessian: (j, j).
        coefficients: (p, t + M) derivatives of the rotated coefficients in theta and rho.
    """

    gradient: FloatArray
    hessian: FloatArray
    coefficients: FloatArray
