"""The expected response of a model with one covariate, along it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.design import Design
from smoothstan.errors import DataError
from smoothstan.posterior.estimates import check_probability
from smoothstan.table import Numeric

if TYPE_CHECKING:
    import pandas as pd

_RESOLUTION = 200


def only_covariate(design: Design, covariate: str) -> FloatArray:
    """Return the (n,) values of the one covariate of a model.

    Raises:
        DataError: if the model needs other columns, or the column is not numeric.
    """
    needed = design.predictor_reads()
    if set(needed) != {covariate}:
        raise DataError(f"a fitted curve needs a model of {covariate!r} alone; this one uses {', '.join(needed)}")
    column = design.table[covariate]
    if not isinstance(column, Numeric):
        raise DataError(f"a fitted curve needs a numeric covariate, {covariate!r} is not")
    return column.values


def fitted_curve(design: Design, covariate: str, epred: Callable[[Any], FloatArray], prob: float) -> pd.DataFrame:
    """Return the expected response along a covariate with its interval.

    Args:
        design: a model whose only predictor is ``covariate``.
        covariate: a numeric column.
        epred: new data -> (draws, rows) expected responses.
        prob: mass of the interval.
    """
    import pandas as pd

    check_probability(prob)
    values = only_covariate(design, covariate)
    grid = np.linspace(values.min(), values.max(), _RESOLUTION)
    draws = epred({covariate: grid})
    low, high = np.quantile(draws, [(1 - prob) / 2, (1 + prob) / 2], axis=0)
    return pd.DataFrame({covariate: grid, "estimate": draws.mean(axis=0), "lower": low, "upper": high})
