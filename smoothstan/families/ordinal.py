"""What the families of ordered categories share: thresholds on a latent scale.

Category k of K + 1 lies between the thresholds k - 1 and k.  With x_k = disc (threshold_k - mu) and F the inverse of
the link, every family makes the probabilities of its categories from F(x_1), ..., F(x_K).

Source: Burkner & Vuorre (2019), Advances in Methods and Practices in Psychological Science 2, 77-101, appendix A.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import FamilyError
from smoothstan.families.categories import category_log_density, draw_categories
from smoothstan.families.family import Family, Parameter, Parameters, Response, first_offender
from smoothstan.families.tails import TAILS, Tails

THRESHOLDS = ("flexible", "equidistant", "sum_to_zero")
ORDINAL_LINKS = ("logit", "probit", "probit_approx", "cloglog", "cauchit", "softit")
LATENT = Parameter("mu", "latent mean", ORDINAL_LINKS)
DISCRIMINATION = Parameter(
    "disc", "discrimination", ("log", "identity", "softplus", "squareplus"), lower=0, prior="lognormal(0, 1)",
    intercept_prior="normal(0, 1)", held=1.0,
)  # fmt: skip


@dataclass(frozen=True)
class Ordinal(Family):
    """A family of ordered categories.

    Beside its parameters it reads ``thresholds``, (draws, rows or 1, K).  Where groups have different numbers of
    thresholds, those that a row lacks are infinite, and the categories above them have probability zero.

    Args:
        links: those of the parameters; the link of mu is that of the thresholds.
        threshold: ``"flexible"`` thresholds, ``"equidistant"`` ones, or ``"sum_to_zero"``.
    """

    threshold: str = "flexible"

    parameters: ClassVar[tuple[Parameter, ...]] = (LATENT, DISCRIMINATION)
    discrete: ClassVar[bool] = True
    categorical: ClassVar[bool] = True
    ordered: ClassVar[bool] = True
    joint_link: ClassVar[bool] = True
    direction: ClassVar[float] = 1.0
    """1 where F is of the distance from mu to a threshold, -1 where it is of that from a threshold to mu."""
    options: ClassVar[tuple[str, ...]] = ("threshold",)
    optional_additions: ClassVar[tuple[str, ...]] = ("weights", "thres")

    def __post_init__(self) -> None:
        """Check the kind of thresholds."""
        if self.threshold not in THRESHOLDS:
            raise FamilyError(f"threshold must be one of {', '.join(THRESHOLDS)}, got {self.threshold!r}")

    @abstractmethod
    def log_probabilities(self, distances: FloatArray, tails: Tails) -> FloatArray:
        """Return the log probabilities of the categories, (draws, rows, K + 1).

        Args:
            distances: (draws, rows, K) values of x_k.
            tails: the tails of F.
        """

    def check_response(self, response: Response) -> None:
        """Accept whole numbers from 1 to the number of categories, where that is known."""
        y, count = response.y, len(response.categories)
        bad = (y < 1) | (y != np.floor(y))
        first_offender(response, bad, "positive whole numbers or an ordered factor", self.name)
        if count:
            first_offender(response, y > count, f"categories from 1 to {count}", self.name)

    def probabilities(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return the probabilities of the categories, (draws, rows, categories)."""
        return np.asarray(np.exp(self._log_probabilities(parameters)))

    def mean(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return the probabilities of the categories, (draws, rows, categories)."""
        return self.probabilities(parameters, response)

    def log_density(self, response: Response, parameters: Parameters) -> FloatArray:
        """Return the log probability of the observed category."""
        return category_log_density(self._log_probabilities(parameters), response)

    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw categories, counted from 1."""
        return draw_categories(rng, self.probabilities(parameters, response))

    def threshold_predictors(self, parameters: Parameters) -> FloatArray:
        """Return what F is taken of at every threshold, (draws, rows, K); missing where a row has no such threshold."""
        distances = _distances(parameters)
        return np.where(np.isinf(distances), np.nan, self.direction * distances)

    def _log_probabilities(self, parameters: Parameters) -> FloatArray:
        return self.log_probabilities(_distances(parameters), TAILS[self.link("mu").name])


def _distances(parameters: Parameters) -> FloatArray:
    mu, disc = (np.asarray(parameters[name])[:, :, None] for name in ("mu", "disc"))
    return np.asarray(disc * (np.asarray(parameters["thresholds"]) - mu))


def passing(log_stop: FloatArray, log_pass: FloatArray) -> FloatArray:
    """Return the log probabilities of categories that are reached one after another, (draws, rows, K + 1).

    Args:
        log_stop: (draws, rows, K) log probabilities of ending in category k once it is reached.
        log_pass: those of going on.
    """
    reached = np.cumsum(log_pass, axis=2)
    start = np.zeros((*reached.shape[:2], 1))
    return np.asarray(np.concatenate([log_stop, start], axis=2) + np.concatenate([start, reached], axis=2))
