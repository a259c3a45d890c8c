"""The shifted lognormal distribution, for response times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.family import Parameter, Parameters, Response
from smoothstan.families.lognormal import LogNormal, NormalLogarithm
from smoothstan.families.parameters import LOG_ROOT_2PI, NDT


@final
@dataclass(frozen=True)
class ShiftedLogNormal(NormalLogarithm):
    """log(y - ndt) ~ Normal(mu, sigma), ndt the shift."""

    name: ClassVar[str] = "shifted_lognormal"
    parameters: ClassVar[tuple[Parameter, ...]] = (*NormalLogarithm.parameters, NDT)

    def mean(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return ndt + exp(mu + sigma^2 / 2)."""
        return np.asarray(parameters["ndt"] + np.exp(parameters["mu"] + parameters["sigma"] ** 2 / 2))

    def log_density(self, response: Response, parameters: Parameters) -> FloatArray:
        """Return the lognormal log density of y - ndt; -inf below ndt."""
        sigma, after = parameters["sigma"], response.y - parameters["ndt"]
        with np.errstate(divide="ignore", invalid="ignore"):
            log_y = np.log(after)
            z = (log_y - parameters["mu"]) / sigma
            value = -0.5 * z * z - np.log(sigma) - LOG_ROOT_2PI - log_y
        return np.where(after > 0, value, -np.inf)

    def log_cdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y <= y)."""
        return LogNormal().log_cdf(np.maximum(y - parameters["ndt"], 0.0), parameters, response)

    def log_ccdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y > y)."""
        return LogNormal().log_ccdf(np.maximum(y - parameters["ndt"], 0.0), parameters, response)

    def truncated_mean(
        self, low: FloatArray, high: FloatArray, parameters: Parameters, response: Response
    ) -> FloatArray:
        """Return ndt + the truncated mean of the lognormal distribution."""
        ndt = parameters["ndt"]
        return np.asarray(ndt + LogNormal().truncated_mean(low - ndt, high - ndt, parameters, response))

    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw exponentials of normal numbers, shifted."""
        return np.asarray(parameters["ndt"] + np.exp(rng.normal(parameters["mu"], parameters["sigma"])))
