"""Student's t distribution in a penalised fit; its scale and degrees of freedom are estimated with the smooths."""

from __future__ import annotations

from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.penalised import MeanDerivatives, PenalisedFamily, Saturated, ShapeDerivatives

_LEAST_NU = 3.0


@final
class PenalisedStudent(PenalisedFamily):
    """(y - mu)/sigma ~ t with nu > 3 degrees of freedom, theta = (log(nu - 3), log sigma).

    More than three degrees of freedom keep the variance finite, as in mgcv.  Source: Wood, Pya & Säfken (2016),
    JASA 111:1548, appendix I.
    """

    name: ClassVar[str] = "student"
    links: ClassVar[tuple[str, ...]] = ("identity", "log", "inverse", "softplus")
    scale_known: ClassVar[bool] = True
    shape_names: ClassVar[tuple[str, ...]] = ("nu", "sigma")
    null_by_fit: ClassVar[bool] = True

    def draw(
        self, rng: np.random.Generator, mu: FloatArray, weights: FloatArray, theta: FloatArray, phi: float
    ) -> FloatArray | None:
        """Draw from mu + sigma t(nu)."""
        nu, sigma = _natural(theta)
        return np.asarray(mu + sigma * rng.standard_t(nu, mu.shape))

    def check(self, y: FloatArray, weights: FloatArray) -> None:
        """Accept every finite number."""

    def initial_mean(self, y: FloatArray, weights: FloatArray) -> FloatArray:
        """Return y."""
        return y

    def initial_shape(self, y: FloatArray, weights: FloatArray) -> FloatArray:
        """Return nu = 5 and a third of the spread of y."""
        return np.array([np.log(2.0), np.log(max(float(np.std(y)), 1e-290) * 0.5)])

    def half_deviance(self, y: FloatArray, mu: FloatArray, weights: FloatArray, theta: FloatArray) -> FloatArray:
        """Return w (nu + 1)/2 log(1 + z^2/nu), z = (y - mu)/sigma."""
        nu, sigma = _natural(theta)
        return np.asarray(weights * 0.5 * (nu + 1) * np.log1p(((y - mu) / sigma) ** 2 / nu))

    def mean_derivatives(
        self, y: FloatArray, mu: FloatArray, weights: FloatArray, theta: FloatArray
    ) -> MeanDerivatives:
        """Return the first to fourth derivative of the half deviances in the mean."""
        nu, sigma = _natural(theta)
        e, a = y - mu, nu * sigma**2
        b, c = 1 / (a + e * e), weights * 0.5 * (nu + 1)
        return (
            -2 * c * e * b,
            2 * c * (a - e * e) * b**2,
            4 * c * e * (3 * a - e * e) * b**3,
            -12 * c * (a * a - 6 * a * e * e + e**4) * b**4,
        )

    def information(self, mu: FloatArray, weights: FloatArray, theta: FloatArray) -> FloatArray:
        """Return w (nu + 1)/((nu + 3) sigma^2)."""
        nu, sigma = _natural(theta)
        return np.asarray(weights * np.full_like(mu, (nu + 1) / ((nu + 3) * sigma**2)))

    def variance(self, mu: FloatArray, theta: FloatArray) -> FloatArray:
        """Return sigma^2 nu/(nu - 2)."""
        nu, sigma = _natural(theta)
        return np.full_like(mu, sigma**2 * nu / (nu - 2))

    def variance_slope(self, mu: FloatArray, theta: FloatArray) -> FloatArray:
        """Return 0."""
        return np.zeros_like(mu)

    def saturated(self, y: FloatArray, weights: FloatArray, phi: float, theta: FloatArray) -> Saturated:
        """Return the log density at mu = y and its derivatives in theta."""
        nu, sigma = _natural(theta)
        total, n1 = float(np.sum(weights)), nu - _LEAST_NU
        rest, slope, curve = _half_step(nu / 2)
        value = rest - 0.5 * np.log(2 * np.pi) - np.log(sigma)
        first, second = 0.5 * slope, 0.25 * curve
        gradient = total * np.array([n1 * first, -1.0])
        hessian = total * np.array([[n1 * n1 * second + n1 * first, 0.0], [0.0, 0.0]])
        return Saturated(total * float(value), 0.0, 0.0, gradient, hessian)

    def shape_derivatives(
        self, y: FloatArray, mu: FloatArray, weights: FloatArray, theta: FloatArray
    ) -> ShapeDerivatives:
        """Return the derivatives of c g(a, e), c = (nu + 1)/2, g = log(1 + e^2/a), a = nu sigma^2, in theta."""
        nu, sigma = _natural(theta)
        n1, e = nu - _LEAST_NU, y - mu
        a, c, square = nu * sigma**2, 0.5 * (nu + 1), e * e
        b = 1 / (a + square)
        # Rows: derivatives in mu of order 0 to 3 of g, dg/da and (0 to 2) d2g/da2.
        g = np.array([np.log1p(square / a), -2 * e * b, 2 * (a - square) * b**2, 4 * e * (3 * a - square) * b**3])
        ga = np.array([-square * b / a, 2 * e * b**2, (6 * square - 2 * a) * b**3, -24 * e * (a - square) * b**4])
        gaa = np.array([square * (2 * a + square) * (b / a) ** 2, -4 * e * b**3, (4 * a - 20 * square) * b**4])
        da = np.array([n1 * sigma**2, 2 * a])
        daa = np.array([[n1 * sigma**2, 2 * n1 * sigma**2], [2 * n1 * sigma**2, 4 * a]])
        dc, dcc = np.array([0.5 * n1, 0.0]), np.array([[0.5 * n1, 0.0], [0.0, 0.0]])
        first = np.array([weights * (dc[j] * g + c * da[j] * ga) for j in range(2)])
        second = np.array(
            [
                [
                    weights
                    * (
                        dcc[j, k] * g[:3]
                        + (dc[j] * da[k] + dc[k] * da[j] + c * daa[j, k]) * ga[:3]
                        + c * da[j] * da[k] * gaa
                    )
                    for k in range(2)
                ]
                for j in range(2)
            ]
        )
        return ShapeDerivatives(first, second)

    def shape(self, theta: FloatArray) -> dict[str, float]:
        """Return nu and sigma."""
        nu, sigma = _natural(theta)
        return {"nu": nu, "sigma": sigma}


def _natural(theta: FloatArray) -> tuple[float, float]:
    return float(np.exp(theta[0])) + _LEAST_NU, float(np.exp(theta[1]))


def _half_step(x: float) -> tuple[float, float, float]:
    """Return log Gamma(x + 1/2) - log Gamma(x) - log(x)/2 and its first two derivatives.

    The difference of the functions loses all digits for large x; the expansion is that of DLMF 5.11.13.
    """
    from scipy.special import digamma, gammaln, polygamma

    if x < 30:
        return (
            float(gammaln(x + 0.5) - gammaln(x) - 0.5 * np.log(x)),
            float(digamma(x + 0.5) - digamma(x) - 0.5 / x),
            float(polygamma(1, x + 0.5) - polygamma(1, x) + 0.5 / x**2),
        )
    powers = np.array([1.0, 3.0, 5.0, 7.0])
    terms = np.array([-1 / 8, 1 / 192, -1 / 640, 17 / 14336]) * x**-powers
    return float(np.sum(terms)), float(-np.sum(powers * terms) / x), float(np.sum(powers * (powers + 1) * terms) / x**2)
