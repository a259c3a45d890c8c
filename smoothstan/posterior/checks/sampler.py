"""What the sampler says of every draw, and how well the chains agree, as bayesplot's functions give it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.engines import SAMPLER_STATISTICS
from smoothstan.errors import OptionError
from smoothstan.posterior.checks.variables import all_draws, selected_draws
from smoothstan.posterior.estimates import rhat
from smoothstan.posterior.fitted import Fitted

if TYPE_CHECKING:
    import pandas as pd


def nuts_parameters(fit: Fitted, names: str | Sequence[str] | None) -> pd.DataFrame:
    """Return Chain, Iteration, Parameter and Value of the sampler's statistics, ``lp__`` left out.

    Raises:
        OptionError: for a name that is none of Stan's.
    """
    import pandas as pd

    statistics = fit.draws["sample_stats"].dataset
    known = {
        stan: own for stan, own in sorted(SAMPLER_STATISTICS.items()) if own in statistics.data_vars and stan != "lp__"
    }
    chosen = list(known) if names is None else [names] if isinstance(names, str) else list(names)
    for name in chosen:
        if name not in known:
            raise OptionError(f"the sampler has no statistic {name!r} (it has: {', '.join(known)})")
    parts = [_long(fit, np.asarray(statistics[known[name]].values, dtype=float), name) for name in chosen]
    return pd.concat(parts, ignore_index=True)


def log_posterior(fit: Fitted) -> pd.DataFrame:
    """Return Chain, Iteration and Value of the log posterior density, up to a constant."""
    return _long(fit, np.asarray(fit.draws["posterior"].dataset["lp__"].values))


def _long(fit: Fitted, values: FloatArray, parameter: str = "") -> pd.DataFrame:
    import pandas as pd

    posterior = fit.draws["posterior"].dataset
    chain, draw = np.asarray(posterior["chain"].values), np.asarray(posterior["draw"].values)
    table = pd.DataFrame({"Chain": np.repeat(chain, len(draw)), "Iteration": np.tile(draw, len(chain))})
    if parameter:
        table["Parameter"] = parameter
    return table.assign(Value=values.reshape(-1))


def rhat_of(fit: Fitted, variables: str | Sequence[str] | None, *, regex: bool) -> pd.Series:
    """Return R-hat of every variable, all of them by default."""
    draws = _chosen(fit, variables, regex)
    return _series(draws, rhat(np.stack(list(draws.values()))), "rhat")


def effective_sample_ratio(fit: Fitted, variables: str | Sequence[str] | None, *, regex: bool) -> pd.Series:
    """Return the smaller of the bulk and tail effective sample sizes over the number of draws."""
    from arviz_stats.base import array_stats

    draws = _chosen(fit, variables, regex)
    values = np.stack(list(draws.values()))
    with np.errstate(all="ignore"):
        bulk = array_stats.ess(values, chain_axis=1, draw_axis=2, method="bulk")
        tail = array_stats.ess(values, chain_axis=1, draw_axis=2, method="tail", prob=(0.05, 0.95))
    return _series(draws, np.minimum(bulk, tail) / fit.ndraws, "neff_ratio")


def _chosen(fit: Fitted, variables: str | Sequence[str] | None, regex: bool) -> dict[str, FloatArray]:
    return all_draws(fit) if variables is None and not regex else selected_draws(fit, variables, regex=regex)


def _series(draws: dict[str, FloatArray], values: FloatArray, name: str) -> pd.Series:
    import pandas as pd

    return pd.Series(values, index=list(draws), name=name, dtype=float)
