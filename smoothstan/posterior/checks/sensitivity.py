"""How the posterior moves when the prior or the likelihood is raised to a power.

The density p(y | theta)^a p(theta), or p(y | theta) p(theta)^a, has draws by Pareto-smoothed importance sampling
with the weights exp((a - 1) log p). The sensitivity is the distance between the posterior with and without the
power, per doubling of it, averaged over a power below and one above 1.

Source: Kallioinen, Paananen, Buerkner & Vehtari (2024), Statistics and Computing 34:57, sections 2.2 to 2.4; R's
priorsense; the weights are ArviZ's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import OptionError, known
from smoothstan.numerals import is_number
from smoothstan.plots import Bars, draw_facets
from smoothstan.posterior.checks.distances import DISTANCES
from smoothstan.posterior.checks.variables import selected_draws
from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.prediction import prepare

if TYPE_CHECKING:
    import pandas as pd

    from smoothstan.plots.style import Axes

_CONFLICT = "potential prior-data conflict"
_STRONG_PRIOR = "potential strong prior / weak likelihood"


@dataclass(frozen=True)
class Sensitivity:
    """The sensitivity of every variable to prior and likelihood.

    Args:
        variables: (m,) names.
        prior, likelihood: (m,) sensitivities; NaN for a variable that is the same in all draws.
        threshold: from where a sensitivity counts.
        lower_alpha, upper_alpha: the powers.
        divergence: how distance is measured.
    """

    variables: tuple[str, ...]
    prior: FloatArray
    likelihood: FloatArray
    threshold: float
    lower_alpha: float
    upper_alpha: float
    divergence: str

    @property
    def diagnosis(self) -> list[str]:
        """What the two sensitivities say of every variable."""
        strong = self.prior >= self.threshold
        informed = self.likelihood >= self.threshold
        words = np.where(strong & informed, _CONFLICT, np.where(strong, _STRONG_PRIOR, "-"))
        return [str(word) for word in words]

    @property
    def table(self) -> pd.DataFrame:
        """Variable, prior, likelihood and diagnosis, as in priorsense."""
        import pandas as pd

        return pd.DataFrame(
            {"variable": self.variables, "prior": self.prior, "likelihood": self.likelihood,
             "diagnosis": self.diagnosis}
        )  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """Return ``table``."""
        return self.table

    @property
    def _title(self) -> str:
        return (
            f"Sensitivity based on {self.divergence}, powers {self.lower_alpha:g} and {self.upper_alpha:g}; "
            f"below {self.threshold:g} it is negligible"
        )

    def __str__(self) -> str:
        rows = self.table.to_string(index=False, float_format=lambda value: f"{value:.3f}")
        return f"{self._title}\n{rows}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = self.table.to_html(index=False, border=0, float_format=lambda value: f"{value:.3f}")
        return f"<p>{self._title}</p>{rows}"

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw both sensitivities of every variable, with the threshold.

        Args:
            ax: where to draw; a new figure by default.
        """
        panel = Bars(
            self.variables, {"prior": self.prior, "likelihood": self.likelihood}, self.threshold,
            f"threshold {self.threshold:g}",
        )  # fmt: skip
        height = 1.6 + 0.35 * len(self.variables)
        return draw_facets([panel], [""], x_label="sensitivity", y_label="", axes=ax, height=height)[0]


def powerscale_sensitivity(
    fit: Fitted, variables: str | Sequence[str] | None, *, regex: bool, lower_alpha: float, upper_alpha: float,
    div_measure: str, sensitivity_threshold: float, max_memory: float | str | None,
) -> Sensitivity:  # fmt: skip
    """Compute sensitivities; the arguments are those of ``Checking.powerscale_sensitivity``.

    Raises:
        OptionError: for an argument outside its range, or a fit that ignored the data.
    """
    _check(fit, lower_alpha, upper_alpha, div_measure, sensitivity_threshold)
    draws = selected_draws(fit, variables, regex=regex)
    parts = {"prior": fit.flat["lprior"], "likelihood": joint_log_likelihood(fit, max_memory)}
    found = {
        name: _sensitivities(draws, log_density.reshape(fit.chains, -1), lower_alpha, upper_alpha, div_measure)
        for name, log_density in parts.items()
    }
    return Sensitivity(
        tuple(draws), found["prior"], found["likelihood"], sensitivity_threshold, lower_alpha, upper_alpha, div_measure
    )


def joint_log_likelihood(fit: Fitted, max_memory: float | str | None = None) -> FloatArray:
    """Return the log likelihood of all observations together, (draws,)."""
    total = np.zeros(fit.ndraws)
    for block in prepare(fit).blocks(max_memory):
        total += block.evaluate("log_lik").sum(axis=1)
    return total


def _check(fit: Fitted, lower: float, upper: float, div_measure: str, threshold: float) -> None:
    if fit.model.sample_prior == "only":
        raise OptionError("powerscale_sensitivity() needs a fit to the data; this one has sample_prior='only'")
    if not (is_number(lower) and 0 < lower < 1):
        raise OptionError(f"lower_alpha must lie between 0 and 1, got {lower!r}")
    if not (is_number(upper) and upper > 1):
        raise OptionError(f"upper_alpha must be a number above 1, got {upper!r}")
    if div_measure not in DISTANCES:
        raise OptionError(f"unknown div_measure {div_measure!r} (known: {known(DISTANCES)})")
    if not (is_number(threshold) and threshold > 0):
        raise OptionError(f"sensitivity_threshold must be a number above 0, got {threshold!r}")


def _sensitivities(
    draws: Mapping[str, FloatArray], log_density: FloatArray, lower: float, upper: float, div_measure: str
) -> FloatArray:
    """Return the mean change of every variable per doubling of the power, (m,)."""
    distance = DISTANCES[div_measure]
    result = np.zeros(len(draws))
    for alpha in (lower, upper):
        weights = power_scaling_weights(log_density, alpha)
        for i, values in enumerate(draws.values()):
            flat = values.reshape(-1)
            changed = distance(flat, weights) if np.ptp(flat) > 0 else np.nan
            result[i] += changed / abs(np.log2(alpha)) / 2
    return result


def power_scaling_weights(log_density: FloatArray, alpha: float) -> FloatArray:
    """Return the smoothed weights of draws when a part of the density gets a power.

    Args:
        log_density: (chains, draws) log density of that part.
        alpha: the power.

    Returns:
        (chains * draws,) weights that sum to one.
    """
    from arviz_stats.base import array_stats
    from scipy.special import softmax

    if np.ptp(log_density) == 0:
        return np.full(log_density.size, 1 / log_density.size)
    log_weights = array_stats.power_scale_lw(log_density, alpha=alpha, axis=(0, 1))
    return np.asarray(softmax(np.asarray(log_weights).reshape(-1)))
