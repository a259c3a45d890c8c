"""Derivatives of the half deviances with respect to the linear predictor, by the chain rule through the link.

Source: Wood (2011), JRSS B 73:3, appendix C; Wood, Pya & Säfken (2016), JASA 111:1548, section 3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.links import Link
from smoothstan.families.penalised import PenalisedFamily


@dataclass(frozen=True)
class Observations:
    """The data of a likelihood, without the model matrix.

    Args:
        y, weights, offset: (n,).
        family, link: the distribution and the link of its mean.
    """

    y: FloatArray
    weights: FloatArray
    offset: FloatArray
    family: PenalisedFamily
    link: Link

    def mean(self, eta: FloatArray) -> FloatArray:
        """Return mu at a linear predictor."""
        # A step may leave the domain of the link: such means are not admissible, which is noticed later.
        with np.errstate(all="ignore"):
            return self.family.clip(np.asarray(self.link.inverse(eta), dtype=float))

    def half_deviance(self, mu: FloatArray, theta: FloatArray) -> float:
        """Return half the deviance; infinite where a mean is outside the parameter space."""
        if not self.family.admissible(mu):
            return np.inf
        total = float(np.sum(self.family.half_deviance(self.y, mu, self.weights, theta)))
        return total if np.isfinite(total) else np.inf

    def slopes(self, eta: FloatArray, mu: FloatArray, theta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return first and second derivative in eta, and the expected second derivative."""
        m1, m2, _, _ = self.link.inverse_derivatives(eta)
        d1, d2, _, _ = self.family.mean_derivatives(self.y, mu, self.weights, theta)
        return d1 * m1, d2 * m1**2 + d1 * m2, self.family.information(mu, self.weights, theta) * m1**2

    def expected_slopes(self, eta: FloatArray, mu: FloatArray, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return first and second derivative in eta of the Fisher weights, for families without shape parameters.

        With d' = -w (y - mu)/V(mu) and y = mu the third and fourth derivatives of the half deviance are twice and
        three times the first and second derivative of the information w/V(mu).
        """
        m1, m2, m3, _ = self.link.inverse_derivatives(eta)
        _, i0, d3, d4 = self.family.mean_derivatives(mu, mu, self.weights, theta)
        i1, i2 = d3 / 2, d4 / 3
        first = i1 * m1**3 + 2 * i0 * m1 * m2
        second = i2 * m1**4 + 5 * i1 * m1**2 * m2 + 2 * i0 * (m2**2 + m1 * m3)
        return first, second

    def derivatives(self, eta: FloatArray, mu: FloatArray, theta: FloatArray) -> PredictorDerivatives:
        """Return everything that the second derivative of the criterion needs."""
        m1, m2, m3, m4 = self.link.inverse_derivatives(eta)
        d1, d2, d3, d4 = self.family.mean_derivatives(self.y, mu, self.weights, theta)
        third = d3 * m1**3 + 3 * d2 * m1 * m2 + d1 * m3
        fourth = d4 * m1**4 + 6 * d3 * m1**2 * m2 + d2 * (3 * m2**2 + 4 * m1 * m3) + d1 * m4
        shape = self.family.shape_derivatives(self.y, mu, self.weights, theta)
        f, s = shape.first, shape.second
        first = np.empty_like(f)
        first[:, 0] = f[:, 0]
        first[:, 1] = f[:, 1] * m1
        first[:, 2] = f[:, 2] * m1**2 + f[:, 1] * m2
        first[:, 3] = f[:, 3] * m1**3 + 3 * f[:, 2] * m1 * m2 + f[:, 1] * m3
        second = np.empty_like(s)
        second[:, :, 0] = s[:, :, 0]
        second[:, :, 1] = s[:, :, 1] * m1
        second[:, :, 2] = s[:, :, 2] * m1**2 + s[:, :, 1] * m2
        return PredictorDerivatives(third, fourth, first, second)


@dataclass(frozen=True)
class PredictorDerivatives:
    """Higher derivatives of the half deviances d in the linear predictor and the shape parameters.

    Args:
        third, fourth: (n,) derivatives in eta: the first and second derivative of the Newton weights.
        shape: (t, 4, n), ``shape[j, a]`` is the a-th derivative in eta of the derivative in theta_j.
        shape_pairs: (t, t, 3, n), the same for second derivatives in theta.
    """

    third: FloatArray
    fourth: FloatArray
    shape: FloatArray
    shape_pairs: FloatArray
