"""What a penalised-likelihood fit has to know of a family: half deviances, their derivatives, saturated likelihoods.

A family's log likelihood is written as ``log f = saturated(phi, theta) - sum(half_deviance) / phi`` with the
scale phi (1 where it is known) and shape parameters theta on unconstrained scales.  Derivatives are
with respect to the mean; the fit adds the link by the chain rule.

Source: McCullagh & Nelder (1989), *Generalized Linear Models*, ch. 2; Wood (2011), JRSS B 73:3, section 2.1;
Wood, Pya & Säfken (2016), JASA 111:1548, section 3.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from smoothstan.arrays import BoolArray, FloatArray
from smoothstan.errors import FamilyError

MeanDerivatives = tuple[FloatArray, FloatArray, FloatArray, FloatArray]
_TINY = 1e-15


@dataclass(frozen=True)
class Saturated:
    """The saturated log likelihood and its derivatives.

    Args:
        value: sum over the rows.
        scale_gradient, scale_hessian: first and second derivative in log(phi).
        shape_gradient: (t,) derivatives in theta.
        shape_hessian: (t, t) second derivatives in theta.
    """

    value: float
    scale_gradient: float
    scale_hessian: float
    shape_gradient: FloatArray
    shape_hessian: FloatArray


@dataclass(frozen=True)
class ShapeDerivatives:
    """Derivatives of the half deviances in the shape parameters.

    Args:
        first: (t, 4, n), ``first[j, a]`` is the a-th derivative in the mean of the derivative in theta_j.
        second: (t, t, 3, n), the same for the second derivatives in theta.
    """

    first: FloatArray
    second: FloatArray


class PenalisedFamily(ABC):
    """The facts of a response distribution that a penalised-likelihood fit uses.

    Implementing one: set the class variables and write the abstract methods; a family with shape parameters
    also writes ``initial_shape`` and ``shape_derivatives``.  ``y``, ``mu`` and ``weights`` are (n,), ``theta`` is
    (t,).  Half deviances and all their derivatives include the weights.  ``null_by_fit`` is True where the null
    deviance belongs to a fitted intercept, not to the weighted mean.
    """

    name: ClassVar[str]
    links: ClassVar[tuple[str, ...]]
    scale_known: ClassVar[bool]
    shape_names: ClassVar[tuple[str, ...]] = ()
    lower: ClassVar[float] = -np.inf
    upper: ClassVar[float] = np.inf
    null_by_fit: ClassVar[bool] = False

    def admissible(self, mu: FloatArray) -> BoolArray | np.bool_:
        """Say whether all means lie inside the parameter space."""
        return np.bool_(np.all(np.isfinite(mu)) and np.all(mu > self.lower) and np.all(mu < self.upper))

    def clip(self, mu: FloatArray) -> FloatArray:
        """Move means that rounding put on the border of the parameter space to its inside."""
        if self.lower == 0.0 and self.upper == 1.0:
            inside = (mu >= 0) & (mu <= 1)
            return np.where(inside, np.clip(mu, _TINY, 1 - _TINY), mu)
        return np.where(mu == 0, 1e-290, mu) if self.lower == 0.0 else mu

    def with_trials(self, trials: FloatArray) -> PenalisedFamily:
        """Return the family of proportions out of (n,) trials; most families only need the weights."""
        return self

    @abstractmethod
    def check(self, y: FloatArray, weights: FloatArray) -> None:
        """Raise FamilyError if a response lies outside the support."""

    @abstractmethod
    def initial_mean(self, y: FloatArray, weights: FloatArray) -> FloatArray:
        """Return means to start from, near the data and inside the parameter space."""

    @abstractmethod
    def half_deviance(self, y: FloatArray, mu: FloatArray, weights: FloatArray, theta: FloatArray) -> FloatArray:
        """Return half the weighted deviance contribution of every row, (n,)."""

    @abstractmethod
    def mean_derivatives(
        self, y: FloatArray, mu: FloatArray, weights: FloatArray, theta: FloatArray
    ) -> MeanDerivatives:
        """Return the first to fourth derivative of the half deviances in the mean."""

    @abstractmethod
    def information(self, mu: FloatArray, weights: FloatArray, theta: FloatArray) -> FloatArray:
        """Return the expected second derivative of the half deviances in the mean."""

    @abstractmethod
    def variance(self, mu: FloatArray, theta: FloatArray) -> FloatArray:
        """Return the variance function: Var(y) = phi V(mu) / weight."""

    @abstractmethod
    def variance_slope(self, mu: FloatArray, theta: FloatArray) -> FloatArray:
        """Return dV/dmu."""

    @abstractmethod
    def saturated(self, y: FloatArray, weights: FloatArray, phi: float, theta: FloatArray) -> Saturated:
        """Return the saturated log likelihood with its derivatives."""

    def deviance_at_saturation(self, y: FloatArray, weights: FloatArray, theta: FloatArray) -> FloatArray:
        """Return the half deviances of the saturated model; zero where they are true deviances."""
        return np.zeros_like(y)

    def initial_shape(self, y: FloatArray, weights: FloatArray) -> FloatArray:
        """Return (t,) shape parameters to start from."""
        return np.zeros(0)

    def shape_derivatives(
        self, y: FloatArray, mu: FloatArray, weights: FloatArray, theta: FloatArray
    ) -> ShapeDerivatives:
        """Return the derivatives of the half deviances in theta."""
        n = y.shape[0]
        return ShapeDerivatives(np.zeros((0, 4, n)), np.zeros((0, 0, 3, n)))

    def draw(
        self, rng: np.random.Generator, mu: FloatArray, weights: FloatArray, theta: FloatArray, phi: float
    ) -> FloatArray | None:
        """Draw new responses, (n,); None for a quasi family, which has no distribution."""
        return None

    def shape(self, theta: FloatArray) -> dict[str, float]:
        """Return the shape parameters on their natural scales."""
        return {}

    def log_likelihood(
        self, y: FloatArray, mu: FloatArray, weights: FloatArray, theta: FloatArray, phi: float
    ) -> float:
        """Return the log likelihood at the scale ``phi``."""
        half = float(np.sum(self.half_deviance(y, mu, weights, theta)))
        return self.saturated(y, weights, phi, theta).value - half / phi

    def criterion_likelihood(
        self,
        y: FloatArray,
        mu: FloatArray,
        weights: FloatArray,
        theta: FloatArray,
        known: float | None,
        deviance: float,
        optimised: float,
    ) -> float:
        """Return the log likelihood that information criteria use.

        Args:
            y, mu, weights, theta: as everywhere.
            known: the scale where it is known, else None.
            deviance: of the model.
            optimised: the scale that REML or ML found, for GCV its estimate.
        """
        return self.log_likelihood(y, mu, weights, theta, deviance / y.shape[0] if known is None else known)


NO_SHAPE = np.zeros(0)
NO_SHAPE_HESSIAN = np.zeros((0, 0))


def known_scale(value: float) -> Saturated:
    """Return the saturated log likelihood of a family without scale and shape."""
    return Saturated(value, 0.0, 0.0, NO_SHAPE, NO_SHAPE_HESSIAN)


def gaussian_scale(value: float, n: float) -> Saturated:
    """Return a saturated log likelihood that holds the scale as -n/2 log(phi)."""
    return Saturated(value, -n / 2, 0.0, NO_SHAPE, NO_SHAPE_HESSIAN)


def reciprocal_variance_derivatives(
    y: FloatArray, mu: FloatArray, weights: FloatArray, v: tuple[FloatArray, FloatArray, FloatArray, FloatArray]
) -> MeanDerivatives:
    """Return the derivatives of a quasi half deviance.

    Its first derivative is -w (y - mu) v(mu) with v = 1/V; ``v`` holds v and its first three derivatives.
    """
    residual = y - mu
    return (
        -weights * residual * v[0],
        weights * (v[0] - residual * v[1]),
        weights * (2 * v[1] - residual * v[2]),
        weights * (3 * v[2] - residual * v[3]),
    )


class PowerVarianceFamily(PenalisedFamily):
    """An exponential family whose variance is a power of the mean: V(mu) = mu^power."""

    power: ClassVar[float]

    def mean_derivatives(
        self, y: FloatArray, mu: FloatArray, weights: FloatArray, theta: FloatArray
    ) -> MeanDerivatives:
        """Return the first to fourth derivative of the half deviances in the mean."""
        a = -self.power
        if a == 0.0:
            zero = np.zeros_like(mu)
            return -weights * (y - mu), weights, zero, zero
        v = mu**a
        v1 = a * v / mu
        v2 = (a - 1) * v1 / mu
        return reciprocal_variance_derivatives(y, mu, weights, (v, v1, v2, (a - 2) * v2 / mu))

    def information(self, mu: FloatArray, weights: FloatArray, theta: FloatArray) -> FloatArray:
        """Return w / V(mu)."""
        return np.asarray(weights * mu ** (-self.power))

    def variance(self, mu: FloatArray, theta: FloatArray) -> FloatArray:
        """Return mu^power."""
        return np.asarray(mu**self.power)

    def variance_slope(self, mu: FloatArray, theta: FloatArray) -> FloatArray:
        """Return power mu^(power - 1)."""
        return np.asarray(self.power * mu ** (self.power - 1)) if self.power else np.zeros_like(mu)


def reject(bad: BoolArray, y: FloatArray, needs: str, family: str) -> None:
    """Raise FamilyError naming the first value for which ``bad`` is True."""
    if np.any(bad):
        row = int(np.argmax(bad))
        raise FamilyError(f"family {family} needs {needs}; row {row} of the rows used has {y[row]:g}")
