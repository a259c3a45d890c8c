"""Leave-one-out cross-validation by Pareto-smoothed importance sampling.

Source: Vehtari, Gelman & Gabry (2017), Statistics and Computing 27, 1413-1432; Vehtari, Simpson, Gelman,
Yao & Gabry (2024), JMLR 25, 1-58; the smoothing is ArviZ's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from smoothstan.arrays import FloatArray

if TYPE_CHECKING:
    import pandas as pd

_BAD_K = 0.7


@dataclass(frozen=True)
class Loo:
    """The result of ``loo()``; prints as R's loo does.

    Args:
        elpd_i, p_loo_i, pareto_k, n_eff: (rows,) pointwise values.
        mcse_i: (rows,) Monte Carlo standard errors of ``elpd_i``.
        chains, draws: the size of the posterior sample.
    """

    elpd_i: FloatArray
    p_loo_i: FloatArray
    pareto_k: FloatArray
    n_eff: FloatArray
    mcse_i: FloatArray
    chains: int
    draws: int

    @property
    def elpd_loo(self) -> float:
        """The expected log pointwise predictive density."""
        return float(self.elpd_i.sum())

    @property
    def p_loo(self) -> float:
        """The effective number of parameters."""
        return float(self.p_loo_i.sum())

    @property
    def looic(self) -> float:
        """-2 elpd_loo."""
        return -2 * self.elpd_loo

    @property
    def estimates(self) -> pd.DataFrame:
        """Estimate and SE of elpd_loo, p_loo and looic."""
        import pandas as pd

        elpd_se, p_se = _standard_error(self.elpd_i), _standard_error(self.p_loo_i)
        rows = [(self.elpd_loo, elpd_se), (self.p_loo, p_se), (self.looic, 2 * elpd_se)]
        return pd.DataFrame(rows, index=["elpd_loo", "p_loo", "looic"], columns=["Estimate", "SE"])

    @property
    def k_threshold(self) -> float:
        """The Pareto k above which an estimate is unreliable: min(1 - 1/log10(S), 0.7)."""
        return min(1 - 1 / float(np.log10(self.chains * self.draws)), _BAD_K)

    @property
    def pareto_k_table(self) -> pd.DataFrame:
        """Count, share and smallest effective sample size of the observations by Pareto k."""
        import pandas as pd

        limit, k = self.k_threshold, self.pareto_k
        classes = {
            f"(-Inf, {limit:.2g}]   (good)": k <= limit,
            f"({limit:.2g}, 1]   (bad)": (k > limit) & (k <= 1),
            "(1, Inf)   (very bad)": ~(k <= 1),
        }
        rows = [
            (
                int(inside.sum()),
                100 * float(inside.mean()),
                float(self.n_eff[inside].min()) if inside.any() else np.nan,
            )
            for inside in classes.values()
        ]
        return pd.DataFrame(rows, index=list(classes), columns=["Count", "Pct.", "Min. ESS"])

    @property
    def pointwise(self) -> pd.DataFrame:
        """The values of every observation."""
        import pandas as pd

        return pd.DataFrame(
            {"elpd_loo": self.elpd_i, "mcse_elpd_loo": self.mcse_i, "p_loo": self.p_loo_i,
             "looic": -2 * self.elpd_i, "pareto_k": self.pareto_k, "n_eff": self.n_eff}
        )  # fmt: skip

    def __str__(self) -> str:
        total = self.chains * self.draws
        table = self.estimates.to_string(float_format=lambda v: f"{v:.1f}")
        lines = [f"Computed from {total} by {len(self.elpd_i)} log-likelihood matrix.", "", table, "------"]
        bad = int((~(self.pareto_k <= self.k_threshold)).sum())
        if bad == 0:
            mcse = float(np.sqrt(np.sum(self.mcse_i**2)))
            lines.append(f"MCSE of elpd_loo is {mcse:.1f}.")
            lines.append(f"All Pareto k estimates are good (k <= {self.k_threshold:.2g}).")
        else:
            formats = {"Count": "{:d}".format, "Pct.": "{:.1f}%".format, "Min. ESS": "{:.0f}".format}
            table = self.pareto_k_table.to_string(formatters=formats, na_rep="<NA>")
            lines += ["", "Pareto k diagnostic values:", table]
            total = len(self.pareto_k)
            lines.append(f"{bad} of {total} Pareto k estimates are above {self.k_threshold:.2g}: not reliable.")
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from html import escape

        estimates = self.estimates.to_html(float_format=lambda v: f"{v:.1f}", border=0)
        table = self.pareto_k_table.to_html(float_format=lambda v: f"{v:.1f}", border=0, na_rep="")
        first, *_, last = str(self).splitlines()
        return f"<p>{escape(first)}</p>{estimates}{table}<p><b>{escape(last)}</b></p>"


def loo_of_blocks(blocks: Iterable[FloatArray], chains: int, draws: int) -> Loo:
    """Compute PSIS-LOO from the log-likelihood, given in blocks of observations.

    Args:
        blocks: arrays (chains * draws, rows of the block), chain by chain.
        chains, draws: the size of the posterior sample.
    """
    parts = [_block(block.T.reshape(-1, chains, draws)) for block in blocks]
    elpd, p, k, n_eff, mcse = (np.concatenate(values) for values in zip(*parts, strict=True))
    return Loo(elpd, p, k, n_eff, mcse, chains, draws)


def _block(log_lik: FloatArray) -> tuple[FloatArray, ...]:
    """Return elpd, p_loo, Pareto k, effective sample size and MCSE for (rows, chains, draws)."""
    from scipy.special import logsumexp

    rows, chains, draws = log_lik.shape
    flat = log_lik.reshape(rows, -1)
    r_eff = _relative_efficiency(log_lik)
    smoothed = [_smoothed_weights(flat[i], float(r_eff[i])) for i in range(rows)]
    weights = np.stack([w for w, _ in smoothed])
    k = np.asarray([shape for _, shape in smoothed])
    elpd = logsumexp(weights + flat, axis=1)
    lpd = logsumexp(flat, axis=1) - np.log(chains * draws)
    w = np.exp(weights)
    relative = np.exp(flat - elpd[:, None])
    mcse = np.sqrt(np.sum(w**2 * (relative - 1) ** 2, axis=1) / r_eff)
    return elpd, lpd - elpd, k, r_eff / np.sum(w**2, axis=1), mcse


def _smoothed_weights(log_lik: FloatArray, r_eff: float) -> tuple[FloatArray, float]:
    """Return normalised log weights and Pareto k of one observation, (draws,).

    An observation whose likelihood is the same in every draw needs no smoothing; where there are too few
    draws to fit a tail the raw weights are kept and marked as unreliable.
    """
    from arviz_stats.base import array_stats
    from scipy.special import logsumexp

    raw = -log_lik - logsumexp(-log_lik)
    if np.ptp(log_lik) == 0:
        return raw, -np.inf
    try:
        weights, k = array_stats.psislw(log_lik, r_eff=r_eff)
    except (ValueError, IndexError):
        return raw, np.inf
    return np.asarray(weights), float(k)


def _relative_efficiency(log_lik: FloatArray) -> FloatArray:
    """Return the effective sample size of the likelihood over the number of draws, (rows,)."""
    from arviz_stats.base import array_stats

    likelihood = np.exp(log_lik - log_lik.max(axis=(1, 2), keepdims=True))
    with np.errstate(all="ignore"):
        ratio = np.asarray(array_stats.ess(likelihood, chain_axis=1, draw_axis=2, method="mean", relative=True))
    return np.where(np.isfinite(ratio) & (ratio > 0), ratio, 1.0)


def _standard_error(values: FloatArray) -> float:
    return float(np.sqrt(len(values)) * np.std(values, ddof=1)) if len(values) > 1 else float("nan")
