"""Penalised iteratively re-weighted least squares: Newton's method for the coefficients of a general family."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.gam.likelihood import Observations, PredictorDerivatives
from smoothstan.gam.log_determinant import Factor, cholesky_factor
from smoothstan.gam.mode import Mode
from smoothstan.gam.model_matrix import Rotated
from smoothstan.gam.penalised_least_squares import penalised_factor, symmetric_root
from smoothstan.gam.penalty_system import PenaltySystem

_MAX_ITERATIONS = 200
_MAX_HALVINGS = 40
_DECREMENT = 1e-19


@dataclass(frozen=True)
class Pirls:
    """Newton iterations with Newton weights, Fisher weights where these are not positive definite.

    Args:
        data: response, weights, offset, family and link.
        matrix: the model matrix in rotated coordinates.
        system: the penalties.
    """

    data: Observations
    matrix: Rotated
    system: PenaltySystem

    def find(self, theta: FloatArray, rho: FloatArray, start: FloatArray | None = None) -> Mode | None:
        """Return the mode; ``start`` are coefficients to start from, near the mode if possible."""
        sp = self.system.smoothing_parameters(rho)
        if not np.all(np.isfinite(sp)):
            return None
        penalty = self.system.total(sp)
        beta = self.starting_coefficients(theta, penalty) if start is None else start
        state = self._state(beta, theta, penalty)
        if state is None and start is not None:
            beta = self.starting_coefficients(theta, penalty)
            state = self._state(beta, theta, penalty)
        if state is None:
            beta = self._constant(penalty)
            state = self._state(beta, theta, penalty)
        if state is None:
            return None
        for _ in range(_MAX_ITERATIONS):
            eta, mu, half, objective = state
            step, decrement, information, factor = self._newton(beta, eta, mu, theta, sp, penalty)
            if step is None:
                return None
            if decrement <= _DECREMENT * (abs(half) + 1.0):
                if information is None or factor is None:
                    return None
                return Mode(theta, rho, sp, beta, half, penalty, information, factor, eta, mu)
            moved = self._descend(beta, step, theta, penalty, objective)
            if moved is None:
                if decrement > 1e-7 * (abs(half) + 1.0) or information is None or factor is None:
                    return None
                return Mode(theta, rho, sp, beta, half, penalty, information, factor, eta, mu)
            beta, state = moved
        return None

    def higher(self, mode: Mode) -> PredictorDerivatives | None:
        """Return the higher derivatives at a mode."""
        if mode.eta is None or mode.mu is None:
            return None
        return self.data.derivatives(mode.eta, mode.mu, mode.theta)

    def starting_coefficients(self, theta: FloatArray, penalty: FloatArray) -> FloatArray:
        """Return a penalised regression of the linked response, the first iteration of PIRLS."""
        family, link = self.data.family, self.data.link
        mu = family.initial_mean(self.data.y, self.data.weights)
        eta = np.asarray(link.link(mu), dtype=float)
        eta = np.where(np.isfinite(eta), eta, 0.0)
        gradient, _, weights = self.data.slopes(eta, family.clip(mu), theta)
        working = weights * (eta - self.data.offset) - gradient
        hessian = self.matrix.cross_product(weights) + penalty
        right = self.matrix.transpose_times(working)
        factor = cholesky_factor(hessian)
        if factor is not None:
            return factor.inverse @ right
        return np.asarray(np.linalg.lstsq(hessian, right, rcond=None)[0])

    def _constant(self, penalty: FloatArray) -> FloatArray:
        """Return the coefficients of a constant mean, admissible where a linear predictor of the data is not."""
        mean = np.full_like(self.data.y, np.average(self.data.y, weights=self.data.weights))
        eta = np.asarray(self.data.link.link(mean), dtype=float) - self.data.offset
        hessian = self.matrix.cross_product(None) + penalty
        return np.asarray(np.linalg.lstsq(hessian, self.matrix.transpose_times(eta), rcond=None)[0])

    def _state(
        self, beta: FloatArray, theta: FloatArray, penalty: FloatArray
    ) -> tuple[FloatArray, FloatArray, float, float] | None:
        """Return eta, mu, D/2 and D/2 + b'S b/2; None where the mean is not admissible."""
        eta = self.matrix.times(beta) + self.data.offset
        mu = self.data.mean(eta)
        half = self.data.half_deviance(mu, theta)
        if not np.isfinite(half):
            return None
        return eta, mu, half, half + 0.5 * float(beta @ penalty @ beta)

    def _newton(
        self,
        beta: FloatArray,
        eta: FloatArray,
        mu: FloatArray,
        theta: FloatArray,
        sp: FloatArray,
        penalty: FloatArray,
    ) -> tuple[FloatArray | None, float, FloatArray | None, Factor | None]:
        """Return the step, its decrement, and the information with its factor (None after a Fisher step)."""
        first, second, expected = self.data.slopes(eta, mu, theta)
        gradient = self.matrix.transpose_times(first) + penalty @ beta
        information: FloatArray | None = self.matrix.cross_product(second)
        semidefinite = bool(np.all(second >= 0))
        factor = self._factor(sp, information, penalty, semidefinite)
        used = factor
        if factor is None:
            information = None
            used = self._factor(sp, self.matrix.cross_product(expected), penalty, True)
            if used is None:
                return None, np.inf, None, None
        assert used is not None
        step = -(used.inverse @ gradient)
        return step, -float(step @ gradient), information, factor

    def _factor(
        self, sp: FloatArray, information: FloatArray | None, penalty: FloatArray, semidefinite: bool
    ) -> Factor | None:
        if information is None:
            return None
        root = (lambda: symmetric_root(information)) if semidefinite else None
        return penalised_factor(self.system, sp, information, penalty, root)

    def _descend(
        self, beta: FloatArray, step: FloatArray, theta: FloatArray, penalty: FloatArray, objective: float
    ) -> tuple[FloatArray, tuple[FloatArray, FloatArray, float, float]] | None:
        """Halve the step until the penalised deviance falls; None if it does not."""
        size = 1.0
        slack = 1e-14 * (abs(objective) + 1.0)
        for _ in range(_MAX_HALVINGS):
            trial = beta + size * step
            state = self._state(trial, theta, penalty)
            if state is not None and state[3] <= objective + slack:
                return trial, state
            size *= 0.5
        return None
