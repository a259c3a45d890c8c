"""Leave-one-out cross-validation by Pareto-smoothed importance sampling.

The relative efficiencies are those of split chains, as in R's loo from version 2.9 (earlier versions do not split);
the Monte Carlo errors and the limit of k are those from version 2.7.  brms passes relative efficiencies as well.

Source: Vehtari, Gelman & Gabry (2017), Statistics and Computing 27, 1413-1432; Vehtari, Simpson, Gelman,
Yao & Gabry (2024), JMLR 25(72), 1-58.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, final

import numpy as np

from smoothstan.arrays import NOT_STORED, FloatArray, IntArray
from smoothstan.errors import DataError
from smoothstan.plots import draw_pareto_k
from smoothstan.posterior.comparison.criterion import Criterion
from smoothstan.posterior.comparison.efficiency import relative_efficiency
from smoothstan.posterior.comparison.pareto import good_k, log_sum_exp, smoothed_weights

if TYPE_CHECKING:
    import pandas as pd

    from smoothstan.plots.style import Axes

_ROWS_AT_ONCE = 64
_FEW_REFITS = 10


@final
@dataclass(frozen=True, repr=False)
class Loo(Criterion):
    """The result of ``loo()``; prints as R's loo does.

    Args:
        elpd_i, p_loo_i, pareto_k, n_eff: (rows,) pointwise values; k is that of the estimate as it stands, 0 where
            the model was fitted again.
        mcse_i: (rows,) Monte Carlo standard errors of ``elpd_i``.
        chains, draws: the size of the posterior sample.
        r_eff: (rows,) effective sample sizes of the likelihood over the number of draws.
        influence_k: (rows,) Pareto k of the plain estimate, which says how much an observation moves the posterior.
        threshold: the k above which an estimate counts as bad; min(1 - 1/log10(S), 0.7) if None.
        response: identifies the response.
        options: the options of ``loo()`` that it was made with.
        moment_matched, refitted: rows (from 0) whose estimates come from moment matching, or from a fit without them.
        log_weights: (draws, rows) smoothed log weights, kept with ``save_psis=True``; files do not hold them.
    """

    elpd_i: FloatArray
    p_loo_i: FloatArray
    pareto_k: FloatArray
    n_eff: FloatArray
    mcse_i: FloatArray
    chains: int
    draws: int
    r_eff: FloatArray
    influence_k: FloatArray
    threshold: float | None = None
    response: str = ""
    options: str = ""
    moment_matched: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    refitted: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    log_weights: FloatArray | None = field(default=None, metadata=NOT_STORED)

    kind: ClassVar[str] = "loo"
    information: ClassVar[str] = "looic"

    @property
    def p_i(self) -> FloatArray:
        """The effective number of parameters, (rows,)."""
        return self.p_loo_i

    @property
    def elpd_loo(self) -> float:
        """The expected log pointwise predictive density."""
        return self.elpd

    @property
    def p_loo(self) -> float:
        """The effective number of parameters."""
        return self.p

    @property
    def looic(self) -> float:
        """-2 elpd_loo."""
        return self.ic

    @property
    def k_threshold(self) -> float:
        """The Pareto k above which an estimate is unreliable."""
        return good_k(self.chains * self.draws) if self.threshold is None else self.threshold

    @property
    def bad(self) -> IntArray:
        """The rows, from 0, whose k is above the threshold."""
        return np.flatnonzero(~(self.pareto_k <= self.k_threshold)).astype(np.int64)

    @property
    def mcse(self) -> float:
        """The Monte Carlo standard error of elpd_loo; NaN where some k is too high for it to be known."""
        return float("nan") if len(self.bad) else float(np.sqrt(np.sum(self.mcse_i**2)))

    @property
    def pareto_k_table(self) -> pd.DataFrame:
        """Count, share and smallest effective sample size of the observations by Pareto k."""
        import pandas as pd

        limit, k = self.k_threshold, self.pareto_k
        good = k <= limit
        # Above the limit the effective sample sizes are themselves not reliable.
        smallest = float(self.n_eff[good].min()) if good.any() else np.nan
        classes = {
            f"(-Inf, {limit:.2g}]   (good)": (good, smallest),
            f"({limit:.2g}, 1]   (bad)": (~good & (k <= 1), np.nan),
            "(1, Inf)   (very bad)": (~good & ~(k <= 1), np.nan),
        }
        rows = [(int(inside.sum()), 100 * float(inside.mean()), size) for inside, size in classes.values()]
        return pd.DataFrame(rows, index=list(classes), columns=["Count", "Pct.", "Min. ESS"])

    @property
    def pointwise(self) -> pd.DataFrame:
        """The values of every observation."""
        import pandas as pd

        return pd.DataFrame(
            {"elpd_loo": self.elpd_i, "mcse_elpd_loo": self.mcse_i, "p_loo": self.p_loo_i, "looic": -2 * self.elpd_i,
             "pareto_k": self.pareto_k, "n_eff": self.n_eff, "r_eff": self.r_eff,
             "influence_pareto_k": self.influence_k}
        )  # fmt: skip

    @property
    def header(self) -> str:
        """What it was computed from."""
        return f"Computed from {self.chains * self.draws} by {self.n} log-likelihood matrix."

    @property
    def notes(self) -> tuple[str, ...]:
        """Monte Carlo error and the table of k, as R's loo prints them, then what was done about high values."""
        error = "NA" if np.isnan(self.mcse) else f"{self.mcse:.1f}"
        low, high = self.r_eff.min(), self.r_eff.max()
        return (
            "------",
            f"MCSE of elpd_loo is {error}.",
            f"MCSE and ESS estimates assume MCMC draws (r_eff in [{low:.1f}, {high:.1f}]).",
            "",
            *self._k_lines(),
        )

    def _k_lines(self) -> tuple[str, ...]:
        limit = f"{self.k_threshold:.2g}"
        done = [f"{len(rows)} by {how}" for rows, how in self._remedies() if len(rows)]
        mended = (f"Estimates of observations with high k: {', '.join(done)}.",) if done else ()
        if not len(self.bad):
            return (f"All Pareto k estimates are good (k <= {limit}).", *mended)
        formats: Any = {"Count": "{:d}".format, "Pct.": "{:.1f}%".format, "Min. ESS": "{:.0f}".format}
        table = self.pareto_k_table.to_string(formatters=formats, na_rep="<NA>")
        verdict = f"{len(self.bad)} of {self.n} Pareto k estimates are above {limit}: not reliable."
        return ("Pareto k diagnostic values:", table, *mended, verdict)

    def _remedies(self) -> tuple[tuple[IntArray, str], ...]:
        return ((self.moment_matched, "moment matching"), (self.refitted, "fits without them"))

    @property
    def advice(self) -> str:
        """What is wrong with the estimates and what to do about it; empty if nothing is."""
        count = len(self.bad)
        if not count:
            return ""
        rows = ", ".join(str(row) for row in self.bad[:_FEW_REFITS]) + (", ..." if count > _FEW_REFITS else "")
        begin = (
            f"{count} of {self.n} observations have a Pareto k above {self.k_threshold:.2g} (rows {rows}): the model "
            "without them is too far from the model with them for their elpd to be reliable. "
        )
        matching = "" if len(self.moment_matched) else "Try loo(moment_match=True), which moves the draws; or "
        if count <= _FEW_REFITS:
            refits = f"loo(reloo=True), which fits the model {count} times without one of them"
            return begin + (f"{matching}{refits}." if matching else f"Try {refits}.")
        folds = "kfold(K=10): with so many, ten-fold cross-validation costs less than fits without each of them"
        return begin + (f"{matching}{folds}." if matching else f"Try {folds}.")

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw Pareto k of every observation with the limits of reliability.

        Args:
            ax: where to draw; a new figure by default.
        """
        return draw_pareto_k(self.pareto_k, self.k_threshold, ax=ax)


def loo_of_blocks(
    blocks: Iterable[FloatArray], chains: int, draws: int, *, r_eff: FloatArray | None = None,
    threshold: float | None = None, response: str = "", save_psis: bool = False,
) -> Loo:  # fmt: skip
    """Compute PSIS-LOO from the log likelihood, given in blocks of observations.

    Args:
        blocks: arrays (chains * draws, rows of the block), chain by chain.
        chains, draws: the size of the posterior sample.
        r_eff: (rows,) effective sample sizes of the likelihood over the number of draws; estimated by default.
        threshold: the k above which an estimate counts as bad.
        response: identifies the response.
        save_psis: keep the smoothed log weights, as many numbers as the log likelihood has.

    Raises:
        DataError: if a log likelihood is not finite.
    """
    parts, weights, start = [], [], 0
    for block in blocks:
        _refuse_impossible(block, start)
        for first in range(0, block.shape[1], _ROWS_AT_ONCE):
            rows = np.ascontiguousarray(block[:, first : first + _ROWS_AT_ONCE].T)
            given = None if r_eff is None else np.asarray(r_eff, dtype=float)[start : start + len(rows)]
            values, log_weights = _pointwise(rows, chains, draws, given)
            parts.append(values)
            start += len(rows)
            if save_psis:
                weights.append(log_weights.T)
    elpd, p, k, n_eff, mcse, efficiency = np.concatenate(parts, axis=1)
    kept = np.concatenate(weights, axis=1) if save_psis else None
    return Loo(elpd, p, k, n_eff, mcse, chains, draws, efficiency, k, threshold, response, log_weights=kept)


def _refuse_impossible(block: FloatArray, start: int) -> None:
    bad = ~np.isfinite(block).all(axis=0)
    if bad.any():
        row = start + int(np.argmax(bad))
        raise DataError(f"the log likelihood of row {row} is not finite in some draws (rows count from 0)")


def _pointwise(log_lik: FloatArray, chains: int, draws: int, r_eff: FloatArray | None) -> tuple[FloatArray, FloatArray]:
    """Return elpd, p_loo, Pareto k, effective size, MCSE and r_eff, stacked, and the weights of (rows, draws)."""
    if r_eff is None:
        r_eff = relative_efficiency(log_lik.reshape(-1, chains, draws))
    weights, k = smoothed_weights(-log_lik, r_eff)
    elpd = log_sum_exp(weights + log_lik)
    lpd = log_sum_exp(log_lik) - np.log(chains * draws)
    squares = np.exp(2 * weights)
    values = [elpd, lpd - elpd, k, r_eff / squares.sum(axis=1), monte_carlo_error(squares, log_lik, elpd, r_eff), r_eff]
    return np.stack(values), weights


def monte_carlo_error(squares: FloatArray, log_lik: FloatArray, elpd: FloatArray, r_eff: FloatArray) -> FloatArray:
    """Return the Monte Carlo standard error of log densities, (rows,).

    Args:
        squares: (rows, draws) squares of the normalised weights.
        log_lik: (rows, draws).
        elpd: (rows,) log of the weighted mean of the likelihood.
        r_eff: (rows,) relative efficiencies.

    Source: Vehtari et al. (2024), equation 6, for the variance of the mean; on the log scale it is that of a
    log-normal distribution with this mean and variance.
    """
    variance = (squares * np.expm1(log_lik - elpd[:, None]) ** 2).sum(axis=1) / r_eff
    return np.asarray(np.sqrt(np.log1p(variance)))
