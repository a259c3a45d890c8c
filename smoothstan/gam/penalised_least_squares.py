"""Gaussian response with identity link: two passes over the data, after which every mode costs O(p^3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.gam.likelihood import Observations, PredictorDerivatives
from smoothstan.gam.log_determinant import WIDE_SPREAD, Factor, cholesky_factor, stacked_factor
from smoothstan.gam.mode import Mode
from smoothstan.gam.model_matrix import Rotated
from smoothstan.gam.penalty_system import PenaltySystem


@dataclass(frozen=True)
class PenalisedLeastSquares:
    """The sufficient statistics of a Gaussian likelihood.

    The response is taken relative to a first fit X b0, so that residual sums of squares suffer no cancellation.

    Args:
        matrix: the model matrix.
        system: the penalties.
        information: X'WX.
        centre: (p,) coefficients b0 of the first fit.
        gradient: X'W(y - offset - X b0).
        residual: (y - offset - X b0)'W(y - offset - X b0).
        total: the same for b0 = 0.
    """

    matrix: Rotated
    system: PenaltySystem
    information: FloatArray
    centre: FloatArray
    gradient: FloatArray
    residual: float
    total: float

    def exact(self) -> bool:
        """Say whether the model reproduces the response up to rounding."""
        return self.residual <= 1e-26 * self.total

    def find(self, theta: FloatArray, rho: FloatArray, start: FloatArray | None = None) -> Mode | None:
        """Return the penalised least squares fit."""
        sp = self.system.smoothing_parameters(rho)
        penalty = self.system.total(sp)
        factor = penalised_factor(self.system, sp, self.information, penalty, self.root_of_information)
        if factor is None:
            return None
        shift = factor.inverse @ (self.gradient - penalty @ self.centre)
        # One step of iterative refinement takes back what the explicit inverse lost.
        shift += factor.inverse @ (self.gradient - penalty @ (self.centre + shift) - self.information @ shift)
        deviance = self.residual - 2 * float(shift @ self.gradient) + float(shift @ self.information @ shift)
        return Mode(theta, rho, sp, self.centre + shift, 0.5 * max(deviance, 0.0), penalty, self.information, factor)

    def root_of_information(self) -> FloatArray:
        """Return rows with root'root = X'WX."""
        return symmetric_root(self.information)

    def higher(self, mode: Mode) -> PredictorDerivatives | None:
        """Return None: the weights are constant."""
        return None


def least_squares(
    data: Observations, matrix: Rotated, system: PenaltySystem, information: FloatArray
) -> PenalisedLeastSquares:
    """Reduce the data to sufficient statistics; ``information`` is X'WX."""
    unit = bool(np.all(data.weights == 1))
    response = data.y - data.offset
    weighted = response if unit else data.weights * response
    total = float(response @ weighted)
    right = matrix.transpose_times(weighted)
    ridge = np.diag(1e-10 * np.maximum(information.diagonal(), np.finfo(float).tiny))
    centre: FloatArray = np.zeros(information.shape[0])
    residual: FloatArray = response
    for _ in range(2):
        centre = np.asarray(centre + np.linalg.solve(information + ridge, right), dtype=np.float64)
        residual = np.asarray(response - matrix.times(centre), dtype=np.float64)
        weighted = residual if unit else data.weights * residual
        right = matrix.transpose_times(weighted)
    return PenalisedLeastSquares(matrix, system, information, centre, right, float(residual @ weighted), total)


def symmetric_root(matrix: FloatArray) -> FloatArray:
    """Return R (p, p) with R'R = A for a positive semidefinite A, by its eigenvectors after scaling."""
    scale = np.sqrt(np.maximum(matrix.diagonal(), np.finfo(float).tiny))
    values, vectors = np.linalg.eigh(matrix / scale / scale[:, None])
    rounding = values.size * np.finfo(float).eps * values[-1]
    return np.asarray((vectors * np.sqrt(np.where(values > rounding, values, 0.0))).T * scale)


def penalised_factor(
    system: PenaltySystem,
    sp: FloatArray,
    information: FloatArray,
    penalty: FloatArray,
    root: Callable[[], FloatArray] | None,
) -> Factor | None:
    """Factor H = information + penalty, by QR of stacked roots where overlapping penalties differ wildly.

    Args:
        root: a callable that returns R with R'R = information, or None where it is not positive semidefinite.
    """
    if root is not None and system.spread(sp) > WIDE_SPREAD:
        parts = [root()] + [
            _embedded(np.sqrt(value) * s.root.T, s.columns, system.size)
            for value, s in zip(sp, system.penalties, strict=True)
        ]
        factor = stacked_factor(np.vstack(parts))
        if factor is not None:
            return factor
    return cholesky_factor(information + penalty)


def _embedded(rows: FloatArray, columns: slice, size: int) -> FloatArray:
    out = np.zeros((rows.shape[0], size))
    out[:, columns] = rows
    return out
