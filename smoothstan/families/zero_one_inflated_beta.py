"""The zero-one-inflated beta distribution."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.beta_family import Beta
from smoothstan.families.family import Family, Parameter, Parameters, Response, first_offender
from smoothstan.families.parameters import probability


@final
@dataclass(frozen=True)
class ZeroOneInflatedBeta(Family):
    """y is 0 or 1 with probability zoi, and then 1 with probability coi; else y ~ Beta(mu phi, (1 - mu) phi).

    Source: Ospina & Ferrari (2012), Computational Statistics & Data Analysis 56, 1609-1623.
    """

    name: ClassVar[str] = "zero_one_inflated_beta"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        *Beta.parameters,
        probability("zoi", "probability of a 0 or a 1"),
        probability("coi", "probability of a 1 among zeros and ones"),
    )

    def check_response(self, response: Response) -> None:
        """Accept numbers from 0 to 1."""
        first_offender(response, (response.y < 0) | (response.y > 1), "numbers from 0 to 1", self.name)

    def mean(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return zoi coi + (1 - zoi) mu."""
        zoi = parameters["zoi"]
        return np.asarray(zoi * parameters["coi"] + (1 - zoi) * parameters["mu"])

    def log_density(self, response: Response, parameters: Parameters) -> FloatArray:
        """Return the log of zoi (1 - coi) at 0, of zoi coi at 1, of (1 - zoi) times the beta density between."""
        y, zoi, coi = response.y, parameters["zoi"], parameters["coi"]
        inside = replace(response, y=np.where((y == 0) | (y == 1), 0.5, y))
        with np.errstate(divide="ignore"):
            between = np.log1p(-zoi) + Beta().log_density(inside, parameters)
            ends = np.log(zoi) + np.where(y == 1, np.log(coi), np.log1p(-coi))
        return np.where((y == 0) | (y == 1), ends, between)

    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw beta numbers, and zeros and ones."""
        drawn = Beta().draw(rng, parameters, response)
        ends = (rng.random(drawn.shape) < parameters["coi"]).astype(float)
        return np.where(rng.random(drawn.shape) < parameters["zoi"], ends, drawn)
