"""Effective draws per second of centred and non-centred effects on weakly and strongly informative groups."""

from __future__ import annotations

import time
import warnings

import numpy as np
import pandas as pd

import smoothstan as ss
from benchmarks.markdown import markdown_table

_LEVELS = 50
_SETTINGS = [(rows, deviation) for rows in (3, 30) for deviation in (0.1, 0.5, 2.0)]
_HEADER = ("rows per level", "sd", "n sd^2", "non-centred: ESS/s", "divergent", "centred: ESS/s", "divergent", "auto")
_TEXT = (
    f"`y ~ 1 + (1 | gr(g, center = ...))`, {_LEVELS} levels, residual standard deviation 1: smallest bulk effective "
    "sample size of all parameters and effects per second of processor time (2 chains of 300 + 500 iterations, engine "
    "stanli), the share of divergent transitions, and what `center = 'auto'` chooses."
)


def run() -> str:
    """Measure every setting."""
    return f"{_TEXT}\n\n{markdown_table(_HEADER, [_row(*setting) for setting in _SETTINGS])}"


def _row(rows: int, deviation: float) -> tuple[str, ...]:
    data = _data(rows, deviation)
    measured = [cell for center in ("FALSE", "TRUE") for cell in _speed(data, center)]
    chosen = "non-centred" if "z_1" in ss.stancode(_formula("'auto'"), data) else "centred"
    return (str(rows), f"{deviation:g}", f"{rows * deviation**2:.3g}", *measured, chosen)


def _formula(center: str) -> str:
    return f"y ~ 1 + (1 | gr(g, center = {center}))"


def _data(rows: int, deviation: float) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    g = np.repeat(np.arange(_LEVELS), rows)
    y = deviation * rng.normal(size=_LEVELS)[g] + rng.normal(size=len(g))
    return pd.DataFrame({"g": np.char.add("g", g.astype(str)), "y": y})


def _speed(data: pd.DataFrame, center: str) -> tuple[str, str]:
    """Return the effective draws per second, and the share of divergences."""
    from arviz_stats import ess

    start = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.errors.SamplingWarning)
        fit = ss.brm(
            _formula(center), data, chains=2, iter_warmup=300, iter_sampling=500, seed=1, backend="stanli",
            parallel_chains=1, show_progress=False,
        )  # fmt: skip
    seconds = time.process_time() - start
    sizes = ess(fit.draws, var_names=["b_Intercept", "sd_g__Intercept", "r_g", "sigma"])
    smallest = min(float(values.min()) for values in sizes.data_vars.values())
    divergent = float(fit.draws["sample_stats"]["diverging"].mean())
    return f"{smallest / seconds:.0f}", f"{divergent:.1%}"
