"""The table of one hypothesis: estimate, interval, evidence ratio, posterior probability.

One-sided hypotheses have intervals of mass 1 - 2 alpha and the odds of the hypothesis; two-sided ones intervals of
mass 1 - alpha and the Savage-Dickey ratio of densities at zero, where there are draws from the priors.

Source: the function ``hypothesis`` of brms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.posterior.estimates import posterior_summary
from smoothstan.posterior.hypothesis.density import density_ratio

COLUMNS = ("Estimate", "Est.Error", "CI.Lower", "CI.Upper", "Evid.Ratio", "Post.Prob", "Star")


@dataclass(frozen=True)
class Tested:
    """Hypotheses of one statement about zero.

    Args:
        label: the statement, or its name.
        operator: ``"="``, ``"<"`` or ``">"``.
        draws: (draws, m) of the difference of the sides, one column per level or a single one.
        prior: (draws,) from the priors, or None.
    """

    label: str
    operator: str
    draws: FloatArray
    prior: FloatArray | None = None

    def rows(self, alpha: float, *, robust: bool) -> list[tuple[float | str, ...]]:
        """Return the values of ``COLUMNS`` for every column of draws."""
        mass = 1 - alpha if self.operator == "=" else 1 - 2 * alpha
        summary = posterior_summary(self.draws, None, prob=mass, robust=robust).to_numpy()
        ratios = self._evidence()
        result: list[tuple[float | str, ...]] = []
        for (estimate, error, low, high), ratio in zip(summary.tolist(), ratios, strict=True):
            probability = 1.0 if np.isinf(ratio) else ratio / (1 + ratio)
            certain = not low <= 0 <= high if self.operator == "=" else probability > 1 - alpha
            result.append((estimate, error, low, high, ratio, probability, "*" if certain else ""))
        return result

    def _evidence(self) -> list[float]:
        if self.operator == "=":
            if self.prior is None:
                return [np.nan] * self.draws.shape[1]
            return [density_ratio(column, self.prior) for column in self.draws.T]
        true = (self.draws > 0 if self.operator == ">" else self.draws < 0).sum(axis=0).astype(float)
        with np.errstate(divide="ignore"):
            return list((true / (len(self.draws) - true)).tolist())
