"""Residuals and predictive errors: the response minus what is predicted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import OptionError
from smoothstan.posterior.prediction import Prediction

METHODS = {"posterior_epred": "epred", "posterior_predict": "predict"}
TYPES = ("ordinary", "pearson")


def prediction_kind(method: str) -> str:
    """Return the kind of prediction that a method names.

    Raises:
        OptionError: for another method.
    """
    if method not in METHODS:
        raise OptionError(f"method must be one of {', '.join(map(repr, METHODS))}, got {method!r}")
    return METHODS[method]


def error_function(method: str, kind: str) -> Callable[[Prediction], FloatArray]:
    """Return the function that computes errors of a prediction, (draws, rows).

    Args:
        method: ``"posterior_epred"``, the response minus its expectation, or ``"posterior_predict"``, minus a new one.
        kind: ``"ordinary"``, or ``"pearson"``: over the standard deviation of new responses at the row.

    Raises:
        OptionError: for another method or kind.

    Source: ``residuals`` of brms.
    """
    predicted = prediction_kind(method)
    if kind not in TYPES:
        raise OptionError(f"type must be one of {', '.join(map(repr, TYPES))}, got {kind!r}")

    def errors(prediction: Prediction) -> FloatArray:
        deviation = prediction.evaluate("predict").std(axis=0, ddof=1) if kind == "pearson" else None
        result = prediction.observed() - prediction.evaluate(predicted)
        if deviation is not None:
            with np.errstate(divide="ignore", invalid="ignore"):
                result /= deviation
        return result

    return errors
