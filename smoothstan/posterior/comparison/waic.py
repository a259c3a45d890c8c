"""The widely applicable information criterion.

Source: Watanabe (2010), JMLR 11, 3571-3594; Vehtari, Gelman & Gabry (2017), section 2.2.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.posterior.comparison.criterion import Criterion, log_mean_exp

if TYPE_CHECKING:
    import pandas as pd

_HIGH_P = 0.4
"""Above it, a penalty is no longer a good approximation (Vehtari, Gelman & Gabry 2017, section 3.2)."""


@final
@dataclass(frozen=True, repr=False)
class Waic(Criterion):
    """The result of ``waic()``; prints as R's loo does.

    Args:
        elpd_i, p_waic_i: (rows,) pointwise values.
        draws: the number of draws.
        response: identifies the response.
    """

    elpd_i: FloatArray
    p_waic_i: FloatArray
    draws: int
    response: str = ""

    kind: ClassVar[str] = "waic"
    information: ClassVar[str] = "waic"

    @property
    def p_i(self) -> FloatArray:
        """The effective number of parameters, (rows,): the variance of the log likelihood."""
        return self.p_waic_i

    @property
    def elpd_waic(self) -> float:
        """The expected log pointwise predictive density."""
        return self.elpd

    @property
    def p_waic(self) -> float:
        """The effective number of parameters."""
        return self.p

    @property
    def waic(self) -> float:
        """-2 elpd_waic."""
        return self.ic

    @property
    def pointwise(self) -> pd.DataFrame:
        """The values of every observation."""
        import pandas as pd

        return pd.DataFrame({"elpd_waic": self.elpd_i, "p_waic": self.p_waic_i, "waic": -2 * self.elpd_i})

    @property
    def header(self) -> str:
        """What it was computed from."""
        return f"Computed from {self.draws} by {self.n} log-likelihood matrix."

    @property
    def notes(self) -> tuple[str, ...]:
        """A sentence on penalties that are too large."""
        return ("", self.advice) if self.advice else ()

    @property
    def advice(self) -> str:
        """What is wrong with the estimate and what to do about it; empty if nothing is."""
        high = int((self.p_waic_i > _HIGH_P).sum())
        if not high:
            return ""
        share = 100 * high / self.n
        return f"{high} ({share:.1f}%) p_waic estimates are above {_HIGH_P}: waic is not reliable, use loo() instead."


def waic_of_blocks(blocks: Iterable[FloatArray], response: str = "") -> Waic:
    """Compute WAIC from the log likelihood, given in blocks (draws, rows of the block)."""
    elpd, p, draws = [], [], 0
    for block in blocks:
        draws = len(block)
        p.append(block.var(axis=0, ddof=1))
        elpd.append(log_mean_exp(block) - p[-1])
    return Waic(np.concatenate(elpd), np.concatenate(p), draws, response)
