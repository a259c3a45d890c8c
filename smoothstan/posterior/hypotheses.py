"""The methods of a fit that test hypotheses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.hypothesis import HypothesisTests, tested_hypotheses


class Hypotheses(Fitted):
    """Hypotheses about parameters."""

    def hypothesis(
        self, hypothesis: str | Sequence[str] | Mapping[str, str], *, class_: str | None = "b", group: str = "",
        scope: str = "standard", alpha: float = 0.05, robust: bool = False, seed: int | None = None,
    ) -> HypothesisTests:  # fmt: skip
        """Test hypotheses such as ``"x - z > 0"``, ``"exp(Intercept) = 2"`` or ``"x:fb < 0"``.

        A two-sided hypothesis has an evidence ratio, the posterior density at the value over the prior density there,
        only in fits with ``sample_prior="yes"`` and proper priors.

        Args:
            hypothesis: one, several, or a mapping from names to them: two expressions of parameters, numbers,
                arithmetic and functions such as ``exp``, with ``<``, ``>`` or ``=`` between them.
            class_: what the names of the parameters start with: ``"b"`` for coefficients, ``"sd"``, ``"cor"``,
                ``"sds"``, ...; None for full names such as ``"sigma"`` or ``"r_g[level,Intercept]"``.
            group: with ``class_="sd"`` or ``"cor"`` the grouping, left out in the names; with a scope the grouping
                whose levels are tested.
            scope: ``"standard"``; ``"ranef"`` for the group-level effects of every level, ``"coef"`` for their sums
                with the population-level coefficients.
            alpha: intervals have mass 1 - alpha for two-sided, 1 - 2 alpha for one-sided hypotheses; between 0 and 0.5.
            robust: median and median absolute deviation in place of mean and standard deviation.
            seed: of the order of draws from a prior that several parameters share.

        Returns:
            The table, which prints and draws itself, with the draws.

        Raises:
            FormulaError: for an unknown parameter or function, or a text that is no hypothesis; with a caret under it.
            DataError: if a side is not a number in some draw.
            OptionError: for an unknown scope, group or class, or alpha outside its range.

        Source: the function of the same name in brms.
        """
        return tested_hypotheses(
            self, hypothesis, class_=class_, group=group, scope=scope, alpha=alpha, robust=robust, seed=seed
        )
