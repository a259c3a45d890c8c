"""Simulated data of any size: a slope, a factor, a smooth, and 50 groups with their own intercepts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from smoothstan.arrays import FloatArray, IntArray

_SEED = 20240229
_GROUPS = 50
_LEVELS = np.array(["low", "middle", "high"])

RESPONSES: Mapping[str, Callable[[np.random.Generator, FloatArray], FloatArray | IntArray]] = {
    "gaussian": lambda rng, eta: rng.normal(eta, 1.0),
    "bernoulli": lambda rng, eta: rng.binomial(1, 1 / (1 + np.exp(-eta))),
    "poisson": lambda rng, eta: rng.poisson(np.exp(eta)),
    "zero_inflated_poisson": lambda rng, eta: rng.poisson(np.exp(1 + eta)) * rng.binomial(1, 0.7, len(eta)),
}


def simulated_rows(n: int, family: str = "gaussian") -> pd.DataFrame:
    """Return ``n`` rows of y, x, z, f, g and weights w, with y ~ x + sin(6 z) + group on the scale of the link."""
    rng = np.random.default_rng(_SEED)
    x, z = rng.normal(size=n), rng.uniform(size=n)
    level, group = rng.integers(len(_LEVELS), size=n), rng.integers(_GROUPS, size=n)
    eta = 0.3 * x + np.sin(6 * z) + rng.normal(0, 0.5, _GROUPS)[group]
    names = np.array([f"g{i:02d}" for i in range(_GROUPS)])
    columns = {"y": RESPONSES[family](rng, eta), "x": x, "z": z, "f": _LEVELS[level], "g": names[group]}
    return pd.DataFrame(columns | {"w": rng.uniform(0.5, 1.5, size=n)})
