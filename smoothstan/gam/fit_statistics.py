"""Numbers that describe a fit as a whole: its scale, its deviance without covariates, and R^2."""

from __future__ import annotations

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.gam.likelihood import Observations
from smoothstan.gam.model_matrix import Rotated, dense
from smoothstan.gam.penalty_system import penalty_system
from smoothstan.gam.pirls import Pirls


def pearson_scale(data: Observations, mu: FloatArray, theta: FloatArray, total_edf: float) -> float:
    """Estimate phi from the Pearson statistic, corrected for skewness: Fletcher (2012), Biometrika 99:230."""
    variance = data.family.variance(mu, theta)
    rest = data.y - mu
    pearson = float(np.sum(data.weights * rest**2 / variance))
    n = data.y.shape[0]
    skew = float(np.mean(data.family.variance_slope(mu, theta) * rest / variance))
    return float(pearson / max(n - total_edf, 1e-10) / (1 + max(-0.9, skew)))


def null_half_deviance(data: Observations, theta: FloatArray) -> float:
    """Return D/2 of the model with only an intercept (and the offset)."""
    mean = float(np.average(data.y, weights=data.weights))
    if not np.any(data.offset != 0) and not data.family.null_by_fit:
        return data.half_deviance(np.full_like(data.y, mean), theta)
    one = np.ones((data.y.shape[0], 1))
    mode = Pirls(data, Rotated(dense(one), np.eye(1)), penalty_system(1, ())).find(theta, np.zeros(0))
    return np.nan if mode is None else mode.half_deviance


def adjusted_r_squared(data: Observations, mu: FloatArray, total_edf: float) -> float:
    """Return the adjusted R^2; NaN if no degrees of freedom are left or the response is constant."""
    n = data.y.shape[0]
    if n - total_edf <= 0:
        return np.nan
    root = np.sqrt(data.weights)
    mean = float(np.average(data.y, weights=data.weights))
    whole = float(np.var(root * (data.y - mean), ddof=1))
    return (
        1 - float(np.var(root * (data.y - mu), ddof=1)) * (n - 1) / (whole * (n - total_edf)) if whole > 0 else np.nan
    )
