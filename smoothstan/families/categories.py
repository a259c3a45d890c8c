"""What families of categories share: codes 1, 2, ... and draws of them."""

from __future__ import annotations

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.family import Response, first_offender


def refuse_codes(response: Response, count: int, family: str) -> None:
    """Refuse a response that is not a whole number from 1 to the number of categories."""
    y = response.y
    first_offender(response, (y < 1) | (y > count) | (y != np.floor(y)), f"codes from 1 to {count}", family)


def category_log_density(by_category: FloatArray, response: Response) -> FloatArray:
    """Return the values of the observed categories, (draws, rows), from those of all, (draws, rows, categories)."""
    rows, code = np.arange(len(response.y)), response.y.astype(np.int64) - 1
    if by_category.shape[1] == 1:
        return np.asarray(by_category[:, 0, code])
    return np.asarray(by_category[:, rows, code])


def draw_categories(rng: np.random.Generator, probabilities: FloatArray) -> FloatArray:
    """Draw codes 1, 2, ..., (draws, rows), from probabilities, (draws, rows, categories)."""
    reached = probabilities.cumsum(axis=2)
    u = rng.random(reached.shape[:2]) * reached[:, :, -1]
    return np.asarray(1.0 + (u[:, :, None] >= reached[:, :, :-1]).sum(axis=2))
