"""The methods of a fit that check it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from smoothstan.posterior.checks import PredictiveCheck, predictive_check
from smoothstan.posterior.predictions import Predictions

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Checking(Predictions):
    """Predictive checks, sensitivity to the prior, and pictures of the draws."""

    def pp_check(
        self, kind: str = "dens_overlay", *, ndraws: int | None = None, group: str | None = None, x: str | None = None,
        stat: Any = None, prob: float | None = None, new_data: Any = None, re_formula: Any = None,
        allow_new_levels: bool = False, sample_new_levels: str = "uncertainty", seed: int | None = None,
        ax: Axes | Sequence[Axes] | None = None,
    ) -> PredictiveCheck:  # fmt: skip
        """Draw the data beside what the model predicts; of a fit with ``sample_prior="only"``, the prior predicts.

        Args:
            kind: ``"dens_overlay"``, ``"ecdf_overlay"``, ``"hist"``: distributions; ``"intervals"``, ``"ribbon"``,
                ``"scatter_avg"``, ``"error_scatter_avg"``: rows; ``"stat"``, ``"stat_2d"``: statistics; ``"bars"``,
                ``"rootogram"``: counts; ``"pit_ecdf"``, ``"loo_pit"``, ``"loo_pit_overlay"``, ``"loo_pit_qq"``:
                calibration. bayesplot's ``"<kind>_grouped"`` is ``kind`` with ``group``.
            ndraws: how many draws, chosen at random; by default 10 for distributions, else all.
            group: a column; its levels have panels of their own. Of the rows of the fit, a column of its formula.
            x: a numeric column along which rows are shown; their order by default.
            stat: for ``"stat"``: a name such as ``"mean"``, ``"sd"``, ``"max"``, ``"prop_zero"`` or ``"q90"``, or a
                function of an array; for ``"stat_2d"`` two of them.
            prob: mass of intervals, 0.9 by default, or of the simultaneous band of ``"pit_ecdf"`` and ``"loo_pit"``,
                0.99 by default.
            new_data: other rows, with the response; those of the fit by default.
            re_formula, allow_new_levels, sample_new_levels, seed: see ``Predictions``.
            ax: where to draw, one per panel; a new figure by default.

        Returns:
            The check, which has been drawn: ``figure``, ``axes``; ``table`` holds what is drawn.

        Raises:
            OptionError: for an unknown kind, an argument that it has no use for, or a value outside its range.
            DataError: for a column that is missing or of the wrong kind.

        Source: Gabry, Simpson, Vehtari, Betancourt & Gelman (2019), JRSS A 182, 389-402.
        """
        return predictive_check(
            self, kind, ndraws=ndraws, group=group, x=x, stat=stat, prob=prob, new_data=new_data,
            re_formula=re_formula, allow_new_levels=allow_new_levels, sample_new_levels=sample_new_levels, seed=seed,
            ax=ax,
        )  # fmt: skip
