"""The methods of a fit that compare models."""

from __future__ import annotations

from functools import cached_property

from smoothstan.errors import OptionError
from smoothstan.gam import GamFit
from smoothstan.posterior.loo import Loo, loo_of_blocks
from smoothstan.posterior.predictions import Predictions
from smoothstan.posterior.twin_comparison import TwinComparison, compare_twin


class Comparing(Predictions):
    """How well the model predicts, beside other models."""

    def loo(self) -> Loo:
        """Estimate the leave-one-out predictive density: elpd_loo, p_loo, looic and Pareto k.

        Raises:
            OptionError: if the fit ignored the data (``sample_prior="only"``).
        """
        if self.model.sample_prior == "only":
            raise OptionError("loo() needs a fit to the data; this one has sample_prior='only'")
        return self._loo

    @cached_property
    def _loo(self) -> Loo:
        return loo_of_blocks(self.log_lik_blocks(), self.chains, self.ndraws // self.chains)

    def compare_to_gam(self, g: GamFit | None = None, *, prob: float = 0.95) -> TwinComparison:
        """Put the penalised fit of the same model beside the posterior.

        The edf of every smooth and group stands beside its effective degrees of freedom in the posterior (their formula
        is in ``posterior/twin_comparison.py``) and p_loo; sigma / sqrt(lambda) beside the posterior of the standard
        deviations ``sds`` and ``sd``.

        Args:
            g: a fit by ``gam()`` with the same smooths and groups; one is made, by REML, if None.
            prob: mass of the intervals.

        Raises:
            OptionError: if ``gam()`` cannot fit such a model, the fit given has other smooths, or this one ignored the
                data.
        """
        return compare_twin(self.design, self.flat, self.loo, g, prob)
