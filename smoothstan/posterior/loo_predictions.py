"""The methods of a fit that predict each observation from the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.errors import OptionError, OptionWarning, warn
from smoothstan.numerals import is_number
from smoothstan.posterior.category_labels import mean_code, refuse_categories
from smoothstan.posterior.comparison.expectations import check_type, loo_expectations, loo_ranks
from smoothstan.posterior.comparison.r_squared import RSquared, bayes_r2, loo_r2
from smoothstan.posterior.estimates import check_probability, posterior_summary
from smoothstan.posterior.loo import Loo
from smoothstan.posterior.prediction import check_question, prepare
from smoothstan.posterior.predictions import Predictions

if TYPE_CHECKING:
    import pandas as pd

    from smoothstan.arrays import FloatArray


class LooPredictions(Predictions):
    """Leave-one-out predictions, and the share of variance that a model explains.

    The methods that begin with ``loo_`` weight the draws by Pareto-smoothed importance sampling, so that each
    observation is predicted as if the model had not seen it.  They share these arguments:

    Args:
        type: ``"mean"``, ``"var"``, ``"sd"`` or ``"quantile"``.
        probs: one or several probabilities of quantiles, between 0 and 1.
        psis_object: a result of ``loo(save_psis=True)`` of this fit, whose weights are used; computed by default.
        seed: of new responses.
        max_memory: bytes, or a text such as ``"200 MB"``, for one block of rows.

    Warns:
        SamplingWarning: if some Pareto k are too high for the weights to be trusted.
    """

    def loo_predict(
        self, *, type: str = "mean", probs: float | Sequence[float] = 0.5, psis_object: Loo | None = None,
        seed: int | None = None, max_memory: float | str | None = None,
    ) -> FloatArray:  # fmt: skip
        """Return expectations of new responses, (rows,), or quantiles, (rows, probs) for several probs.

        Args:
            type, probs, psis_object, seed, max_memory: see ``LooPredictions``.
        """
        refuse_categories(self.design, "expectations of new responses", ordered=True, hint="use loo_epred()")
        return self._loo_expectation("predict", type, probs, psis_object, seed, max_memory)

    def loo_epred(
        self, *, type: str = "mean", probs: float | Sequence[float] = 0.5, psis_object: Loo | None = None,
        max_memory: float | str | None = None,
    ) -> FloatArray:  # fmt: skip
        """Return expectations of the expected response, (rows,), or quantiles, (rows, probs) for several probs.

        Of categories they are those of the probabilities, (rows, categories) or (rows, categories, probs).

        Args:
            type, probs, psis_object, max_memory: see ``LooPredictions``.
        """
        return self._loo_expectation("epred", type, probs, psis_object, None, max_memory)

    def loo_linpred(
        self, *, type: str = "mean", probs: float | Sequence[float] = 0.5, dpar: str | None = None,
        transform: bool = False, psis_object: Loo | None = None, max_memory: float | str | None = None,
    ) -> FloatArray:  # fmt: skip
        """Return expectations of a linear predictor, (rows,), or quantiles, (rows, probs) for several probs.

        Args:
            dpar: a predicted distributional parameter; by default that of the main formula, or all of several.
            transform: apply the inverse link.
            type, probs, psis_object, max_memory: see ``LooPredictions``.
        """
        check_question(self.design, "linpred", dpar, transform)
        return self._loo_expectation("linpred", type, probs, psis_object, None, max_memory, dpar, transform)

    def loo_predictive_interval(
        self, *, prob: float = 0.9, psis_object: Loo | None = None, seed: int | None = None,
        max_memory: float | str | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        """Return central intervals of new responses: one row per observation, columns such as ``5%`` and ``95%``.

        Args:
            prob: mass of the intervals, between 0 and 1.
            psis_object, seed, max_memory: see ``LooPredictions``.
        """
        import pandas as pd

        check_probability(prob)
        refuse_categories(self.design, "predictive intervals", ordered=True)
        probs = [(1 - prob) / 2, (1 + prob) / 2]
        values = self._loo_expectation("predict", "quantile", probs, psis_object, seed, max_memory)
        return pd.DataFrame(values, columns=[f"{100 * p:g}%" for p in probs])

    def loo_pit(
        self, *, psis_object: Loo | None = None, ties: str = "random", seed: int | None = None,
        max_memory: float | str | None = None,
    ) -> FloatArray:  # fmt: skip
        """Return the probability that a new response is at most the observed one, (rows,).

        It is uniform if the model is calibrated.  Discrete responses can be equal to the observed one: a random share
        of their probability counts, which keeps it uniform, or half of it (``ties="mid"``).

        Args:
            ties: ``"random"`` or ``"mid"``.
            psis_object, seed, max_memory: see ``LooPredictions``.

        Source: Gelfand (1996); Czado, Gneiting & Held (2009), Biometrics 65, 1254-1261, for the randomised values.
        """
        self._needs_data("loo_pit")
        return loo_ranks(self, psis_object, ties=ties, seed=seed, max_memory=max_memory)

    def bayes_R2(  # noqa: N802
        self, *, summary: bool = True, prob: float = 0.95, robust: bool = False, max_memory: float | str | None = None
    ) -> pd.DataFrame | FloatArray:
        """Return R2, the variance of the expected response over itself plus the variance of the residuals.

        Args:
            summary: return estimate, error and interval; else the draws, (draws,).
            prob: mass of the interval.
            robust: median and median absolute deviation in place of mean and standard deviation.
            max_memory: bytes, or a text such as ``"200 MB"``, for one block of rows.
        """
        check_probability(prob)
        kept = self.criteria.get("bayes_R2")
        draws = kept.draws if isinstance(kept, RSquared) else self._bayes_r2(max_memory).draws
        return posterior_summary(draws[:, None], ["R2"], prob=prob, robust=robust) if summary else draws

    def loo_R2(  # noqa: N802
        self, *, summary: bool = True, prob: float = 0.95, robust: bool = False, psis_object: Loo | None = None,
        seed: int | None = None, max_memory: float | str | None = None,
    ) -> pd.DataFrame | FloatArray:  # fmt: skip
        """Return R2 of the leave-one-out expectations; its uncertainty is that of the rows (Bayesian bootstrap).

        One value per draw of the fit; values are cut off at -1 and 1.

        Args:
            summary, prob, robust: see ``bayes_R2``.
            psis_object, max_memory: see ``LooPredictions``.
            seed: of the bootstrap.
        """
        check_probability(prob)
        kept = self.criteria.get("loo_R2")
        if isinstance(kept, RSquared) and kept.options == f"seed={seed!r}":
            draws = kept.draws
        else:
            draws = self._loo_r2(psis_object, seed, max_memory).draws
        return posterior_summary(draws[:, None], ["R2"], prob=prob, robust=robust) if summary else draws

    def _bayes_r2(self, max_memory: float | str | None = None) -> RSquared:
        self._needs_data("bayes_R2")
        self._check_numeric("bayes_R2")
        blocks = (block.evaluate("epred") for block in prepare(self).blocks(max_memory))
        numbers = map(mean_code, blocks) if self.design.family.categorical else blocks
        return RSquared(bayes_r2(numbers, self.design.observed.y))

    def _loo_r2(self, psis: Loo | None, seed: int | None, max_memory: float | str | None = None) -> RSquared:
        self._check_numeric("loo_R2")
        predicted = self._loo_expectation("epred", "mean", 0.5, psis, None, max_memory)
        if self.design.family.categorical:
            predicted = mean_code(predicted[None])[0]
        rng = np.random.default_rng(seed)
        return RSquared(loo_r2(self.design.observed.y, predicted, self.ndraws, rng), f"seed={seed!r}")

    def _loo_expectation(
        self, kind: str, type_: str, probs: Any, psis: Loo | None, seed: int | None, max_memory: float | str | None,
        dpar: str | None = None, transform: bool = False,
    ) -> FloatArray:  # fmt: skip
        self._needs_data(f"loo_{kind}")
        values = loo_expectations(
            self, kind, type_, check_type(type_, probs), psis, seed=seed, max_memory=max_memory, dpar=dpar,
            transform=transform,
        )  # fmt: skip
        return values[..., 0] if type_ == "quantile" and is_number(probs) else values

    def _check_numeric(self, method: str) -> None:
        """Refuse a share of variance of unordered categories, and say what is made of ordered ones."""
        refuse_categories(self.design, f"values of {method}()", ordered=True)
        if self.design.family.categorical:
            warn(f"{method}() takes the ordered categories for the numbers 1, 2, ...", OptionWarning)

    def _needs_data(self, method: str) -> None:
        if self.model.sample_prior == "only":
            raise OptionError(f"{method}() needs a fit to the data; this one has sample_prior='only'")
