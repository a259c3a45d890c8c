"""The coefficients that minimise the penalised deviance at given smoothing and shape parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from smoothstan.arrays import FloatArray
from smoothstan.gam.likelihood import PredictorDerivatives
from smoothstan.gam.log_determinant import Factor
from smoothstan.gam.model_matrix import Rotated


@dataclass(frozen=True)
class Mode:
    """A minimum of D(b)/2 + b'S b/2, in rotated coordinates.

    Args:
        theta, rho: the shape and the logarithms of the free smoothing parameters it belongs to.
        sp: the smoothing parameter of every penalty.
        coefficients: (p,).
        half_deviance: D/2.
        penalty: (p, p) S = sum lambda_j S_j.
        information: (p, p) X'WX with Newton weights.
        factor: of H = X'WX + S.
        eta, mu: (n,) linear predictor and mean; None where the likelihood is Gaussian with identity link, whose
            information does not depend on the coefficients.
    """

    theta: FloatArray
    rho: FloatArray
    sp: FloatArray
    coefficients: FloatArray
    half_deviance: float
    penalty: FloatArray
    information: FloatArray
    factor: Factor
    eta: FloatArray | None = None
    mu: FloatArray | None = None

    @property
    def quadratic(self) -> float:
        """b'S b."""
        return float(self.coefficients @ self.penalty @ self.coefficients)


class ModeFinder(Protocol):
    """Finds modes, and knows the data's higher derivatives there."""

    @property
    def matrix(self) -> Rotated:
        """The model matrix in rotated coordinates."""

    def find(self, theta: FloatArray, rho: FloatArray, start: FloatArray | None = None) -> Mode | None:
        """Return the mode, or None if there is none to be found from here."""

    def higher(self, mode: Mode) -> PredictorDerivatives | None:
        """Return the higher derivatives, None where they vanish."""
