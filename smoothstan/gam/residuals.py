"""Residuals of a penalised fit."""

from __future__ import annotations

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import OptionError
from smoothstan.gam.likelihood import Observations

KINDS = ("deviance", "pearson", "response", "working")


def residuals(data: Observations, eta: FloatArray, mu: FloatArray, theta: FloatArray, kind: str) -> FloatArray:
    """Return residuals, (n,).

    Args:
        data: the observations.
        eta, mu: (n,) linear predictor and fitted mean.
        theta: shape parameters.
        kind: ``"deviance"``, ``"pearson"``, ``"response"`` or ``"working"``: the Newton step of the linear predictor,
            which is (y - mu) d eta/d mu where the link is canonical.
    """
    rest = data.y - mu
    if kind == "response":
        return rest
    if kind == "pearson":
        return np.asarray(rest * np.sqrt(data.weights / data.family.variance(mu, theta)))
    if kind == "working":
        first, second, _ = data.slopes(eta, mu, theta)
        with np.errstate(divide="ignore", invalid="ignore"):
            return -first / second
    if kind == "deviance":
        half = data.family.half_deviance(data.y, mu, data.weights, theta)
        half = half - data.family.deviance_at_saturation(data.y, data.weights, theta)
        return np.asarray(np.sign(rest) * np.sqrt(2 * np.maximum(half, 0.0)))
    raise OptionError(f"residuals are one of {', '.join(KINDS)}, got {kind!r}")
