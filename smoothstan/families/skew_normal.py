"""The skew normal distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.family import Family, Parameter, Parameters, Response
from smoothstan.families.gaussian import Gaussian
from smoothstan.families.parameters import ALPHA, LOCATION, LOCATION_LINKS, LOG_ROOT_2PI, SIGMA


@final
@dataclass(frozen=True)
class SkewNormal(Family):
    """y ~ SkewNormal with mean mu, standard deviation sigma and skewness parameter alpha."""

    name: ClassVar[str] = "skew_normal"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("mu", "mean", LOCATION_LINKS, intercept_prior=LOCATION),
        SIGMA,
        ALPHA,
    )
    optional_additions: ClassVar[tuple[str, ...]] = ("weights", "cens", "trunc", "se")
    cdf: ClassVar[str] = "skew_normal"

    def check_response(self, response: Response) -> None:
        """Accept every finite number."""

    def mean(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return mu."""
        return parameters["mu"]

    def log_density(self, response: Response, parameters: Parameters) -> FloatArray:
        """Return log 2 + log phi(z) + log Phi(alpha z) - log(scale); Azzalini (1985), Scand. J. Stat. 12."""
        from scipy.special import log_ndtr

        location, scale, alpha = _direct(parameters)
        z = (response.y - location) / scale
        return np.asarray(np.log(2) - LOG_ROOT_2PI - 0.5 * z * z - np.log(scale) + log_ndtr(alpha * z))

    def log_cdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y <= y)."""
        location, scale, alpha = _direct(parameters)
        return _log_distribution((y - location) / scale, alpha)

    def log_ccdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y > y)."""
        location, scale, alpha = _direct(parameters)
        return _log_distribution((location - y) / scale, -alpha)

    def truncated_mean(
        self, low: FloatArray, high: FloatArray, parameters: Parameters, response: Response
    ) -> FloatArray:
        """Return location + scale E[Z]; by parts, E[Z] needs the density and a normal distribution function."""
        location, scale, alpha = _direct(parameters)
        log_mass = self.log_between(low, high, parameters, response)
        a, b = (low - location) / scale, (high - location) / scale
        root = np.sqrt(1 + alpha**2)
        standard = {"mu": np.zeros((1, 1)), "sigma": np.asarray(1 / root)}
        drift = np.exp(Gaussian().log_between(a, b, standard, response) - log_mass) * 2 * alpha / root
        return np.asarray(location + scale * (_ratio(a, alpha, log_mass) - _ratio(b, alpha, log_mass) + drift * _PHI0))

    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw delta |z1| + sqrt(1 - delta^2) z2, moved and scaled."""
        location, scale, alpha = _direct(parameters)
        shape = np.broadcast_shapes(location.shape, scale.shape)
        delta = alpha / np.sqrt(1 + alpha**2)
        first, second = np.abs(rng.standard_normal(shape)), rng.standard_normal(shape)
        return np.asarray(location + scale * (delta * first + np.sqrt(1 - delta**2) * second))


def _direct(parameters: Parameters) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return location, scale and alpha of the density from its mean and standard deviation."""
    alpha = parameters["alpha"]
    delta = alpha / np.sqrt(1 + alpha**2)
    scale = parameters["sigma"] / np.sqrt(1 - 2 / np.pi * delta**2)
    return np.asarray(parameters["mu"] - scale * delta * np.sqrt(2 / np.pi)), scale, alpha


def _log_distribution(z: FloatArray, alpha: FloatArray) -> FloatArray:
    """Return log(Phi(z) - 2 T(z, alpha)), T Owen's function; by quadrature in the lower tail, where they cancel."""
    from scipy.special import ndtr, owens_t

    z, alpha = np.broadcast_arrays(z, alpha)
    tail = (z < 0) & (z * z * (1 + np.maximum(alpha, 0) ** 2) > 16)
    with np.errstate(divide="ignore"):
        result = np.log(np.where(tail, 1.0, np.maximum(ndtr(z) - 2 * owens_t(z, alpha), 0.0)))
    result[tail] = _log_tail(z[tail], alpha[tail])
    return np.asarray(result)


def _log_tail(z: FloatArray, alpha: FloatArray) -> FloatArray:
    """Return log P(Z <= z) by Gauss-Laguerre quadrature of the density left of z, on the scale of its slope."""
    from scipy.special import log_ndtr, logsumexp, roots_laguerre

    nodes, weights = roots_laguerre(16)
    slope = alpha * np.exp(-0.5 * (alpha * z) ** 2 - LOG_ROOT_2PI - log_ndtr(alpha * z)) - z
    at = z - nodes[:, None] / slope
    density = np.log(2) - LOG_ROOT_2PI - 0.5 * at * at + log_ndtr(alpha * at)
    return np.asarray(logsumexp((np.log(weights) + nodes)[:, None] + density, axis=0) - np.log(slope))


_PHI0 = np.exp(-LOG_ROOT_2PI)


def _ratio(z: FloatArray, alpha: FloatArray, log_mass: FloatArray) -> FloatArray:
    """Return the standardised density, 2 phi(z) Phi(alpha z), over a probability."""
    from scipy.special import log_ndtr

    z = np.clip(z, -1e150, 1e150)
    return np.asarray(2 * np.exp(-0.5 * z * z - LOG_ROOT_2PI + log_ndtr(alpha * z) - log_mass))
