"""What ``plot_check()`` shows: the residuals of a fit against what they should be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.gam.penalised_fit import PenalisedFit
from smoothstan.gam.residuals import residuals
from smoothstan.plots import Histogram, Panel, Points, QuantilePlot

_SIMULATIONS = 100
_BAND = 0.9


def residual_quantiles(
    fit: PenalisedFit, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray | None, FloatArray | None]:
    """Return what the sorted deviance residuals should be, (n,), and the ends of a 90 % band.

    From responses simulated at the estimate; normal quantiles, and no band, for a quasi family.
    """
    from scipy.special import ndtri

    simulated = [_simulated(fit, rng) for _ in range(_SIMULATIONS)]
    drawn = [one for one in simulated if one is not None]
    if not drawn:
        n = fit.fitted.size
        return np.asarray(ndtri((np.arange(n) + 0.5) / n) * np.sqrt(fit.scale)), None, None
    several = np.stack(drawn)
    low, high = np.quantile(several, [(1 - _BAND) / 2, (1 + _BAND) / 2], axis=0)
    return several.mean(axis=0), low, high


def _simulated(fit: PenalisedFit, rng: np.random.Generator) -> FloatArray | None:
    """Return sorted deviance residuals of new responses."""
    data = fit.data
    y = data.family.draw(rng, fit.fitted, data.weights, fit.theta, fit.scale)
    if y is None:
        return None
    return np.sort(residuals(replace(data, y=y), fit.eta, fit.fitted, fit.theta, "deviance"))


def check_panels(fit: PenalisedFit, response: str, seed: int | None) -> tuple[Panel, ...]:
    """Return the four panels of mgcv's ``gam.check``.

    Args:
        fit: the fit.
        response: its name.
        seed: of the simulation.
    """
    rest = fit.residuals("deviance")
    expected, low, high = residual_quantiles(fit, np.random.default_rng(seed))
    against = "normal quantiles" if low is None else "simulated quantiles"
    return (
        QuantilePlot(expected, np.sort(rest), low, high, against, "deviance residuals"),
        Points(fit.eta, rest, "linear predictor", "deviance residuals", "Residuals and linear predictor", "zero"),
        Histogram(rest, "deviance residuals", "Histogram of residuals"),
        Points(fit.fitted, fit.problem.y, "fitted values", response, "Response and fitted values", "equality"),
    )
