"""The expected information at a mode: X'WX with Fisher weights, which covariances and edf are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.gam.likelihood import Observations
from smoothstan.gam.log_determinant import Factor
from smoothstan.gam.mode import Mode
from smoothstan.gam.model_matrix import Rotated
from smoothstan.gam.penalised_least_squares import penalised_factor, symmetric_root
from smoothstan.gam.penalty_system import PenaltySystem


@dataclass(frozen=True)
class ExpectedInformation:
    """X'WX with Fisher weights, (p, p), and the factor of X'WX + S."""

    information: FloatArray
    factor: Factor

    @property
    def dimension(self) -> float:
        """The effective dimension tr F."""
        return float(np.sum(self.factor.inverse * self.information))


def expected_information(
    data: Observations, matrix: Rotated, system: PenaltySystem, mode: Mode
) -> ExpectedInformation | None:
    """Return the expected information at a mode, None if it is singular even with the penalty."""
    if mode.eta is None or mode.mu is None:
        return ExpectedInformation(mode.information, mode.factor)
    _, second, expected = data.slopes(mode.eta, mode.mu, mode.theta)
    if np.allclose(second, expected, rtol=1e-13, atol=0.0):
        return ExpectedInformation(mode.information, mode.factor)
    information = matrix.cross_product(expected)
    factor = penalised_factor(system, mode.sp, information, mode.penalty, lambda: symmetric_root(information))
    return None if factor is None else ExpectedInformation(information, factor)
