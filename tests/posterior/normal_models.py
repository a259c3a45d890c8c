"""Normal regressions with a known deviation, whose leave-out densities have a closed form."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

import smoothstan as ss
from smoothstan.arrays import FloatArray

PRIOR_DEVIATION = 3.0


@dataclass(frozen=True)
class NormalModel:
    """y ~ N(X b, 1) with b ~ N(0, 3^2), and a fit of it."""

    x: FloatArray
    y: FloatArray
    fit: ss.Posterior

    def density_without(self, omitted: Any, predicted: Any) -> float:
        """Return the log density of some rows jointly, given all rows but some."""
        from scipy.stats import multivariate_normal

        rows = np.setdiff1d(np.arange(len(self.y)), omitted)
        x, new = self.x[rows], self.x[np.atleast_1d(predicted)]
        covariance = np.linalg.inv(x.T @ x + np.eye(x.shape[1]) / PRIOR_DEVIATION**2)
        mean = new @ covariance @ (x.T @ self.y[rows])
        spread = np.eye(len(new)) + new @ covariance @ new.T
        return float(multivariate_normal(mean, spread).logpdf(self.y[np.atleast_1d(predicted)]))

    def loo(self) -> FloatArray:
        """Return the exact leave-one-out log densities."""
        return np.asarray([self.density_without(i, i) for i in range(len(self.y))])


def normal_model(n: int = 24, *, outliers: tuple[float, ...] = (), draws: int = 1000, seed: int = 1) -> NormalModel:
    """Fit the model to simulated rows, the first of which are moved by the outliers."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=n)
    y = 0.5 + z + rng.normal(size=n)
    y[: len(outliers)] += outliers
    data = pd.DataFrame({"y": y, "z": z, "g": [*"abcd"] * (n // 4)})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.errors.SamplingWarning)
        fit = ss.brm(
            ss.bf("y ~ 0 + Intercept + z", sigma=1), data, prior=ss.prior(f"normal(0, {PRIOR_DEVIATION})", "b"),
            chains=2, iter_warmup=200, iter_sampling=draws // 2, seed=seed, backend="stanli", show_progress=False,
        )  # fmt: skip
    return NormalModel(np.column_stack([np.ones(n), z]), y, fit)


def grouped_fit(
    formula: str = "y ~ x + (1 | g)", *, seed: int = 1, draws: int = 400, outliers: bool = True, **options: Any
) -> ss.Posterior:
    """Fit a small multilevel model of 40 rows, two of them far off."""
    rng = np.random.default_rng(10 if outliers else 12)
    g = np.repeat(list("abcdefgh"), 5)
    x = rng.normal(size=40)
    y = 1 + x + 0.6 * rng.normal(size=8).repeat(5) + rng.normal(size=40)
    if outliers:
        y[[3, 17]] += [6, -5]
    data = pd.DataFrame({"y": y, "x": x, "g": g, "f": [*"uv"] * 20})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.errors.SamplingWarning)
        return ss.brm(
            formula, data, chains=2, iter_warmup=200, iter_sampling=draws // 2, seed=seed, adapt_delta=0.95,
            backend="stanli", show_progress=False, **options,
        )  # fmt: skip
