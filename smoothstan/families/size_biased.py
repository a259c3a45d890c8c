"""Means of truncated responses by the size-biased distribution, whose density goes with y times the density."""

from __future__ import annotations

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.family import Family, Parameters, Response


def mean_between(
    family: Family, low: FloatArray, high: FloatArray, parameters: Parameters, response: Response,
    log_biased_mass: FloatArray,
) -> FloatArray:  # fmt: skip
    """Return E[Y | low < Y <= high] = E[Y] P*(low < Y <= high) / P(low < Y <= high), (draws, rows).

    Args:
        family: of non-negative numbers.
        low, high: (rows,) bounds.
        parameters: of the family.
        response: what the family needs of it.
        log_biased_mass: log P*(low < Y <= high) of the size-biased distribution.
    """
    log_mass = family.log_between(low, high, parameters, response)
    return np.asarray(family.mean(parameters, response) * np.exp(log_biased_mass - log_mass))
