"""Responses that are categories: their labels, and what cannot be asked of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.design import Design
from smoothstan.errors import OptionError

if TYPE_CHECKING:
    import xarray as xr


def refuse_categories(design: Design, what: str, *, ordered: bool = False, hint: str = "") -> None:
    """Refuse what is not defined for categories.

    Args:
        design: the model.
        what: what was asked for, in the plural.
        ordered: whether it is defined for ordered categories.
        hint: what to use in its place.

    Raises:
        OptionError: if the response is a category.
    """
    family = design.family
    if family.categorical and not (ordered and family.ordered):
        kind = "unordered categories" if ordered else "categories"
        raise OptionError(f"{what} are not defined for {kind} (family {family.name}){hint and f'; {hint}'}")


def check_labels(design: Design, labels: object) -> None:
    """Refuse labels where there are none."""
    if not isinstance(labels, bool):
        raise OptionError(f"labels must be True or False, got {labels!r}")
    if labels and not design.family.categorical:
        raise OptionError(f"labels belong to categories; responses of family {design.family.name} are numbers")


def with_categories(drawn: xr.DataArray, categories: tuple[str, ...], *, as_text: bool = False) -> xr.DataArray:
    """Return codes with their labels as the attribute ``categories``, or the labels themselves as text."""
    if not categories:
        return drawn
    if as_text:
        return drawn.copy(data=np.asarray(categories)[drawn.values.astype(np.int64) - 1])
    return drawn.assign_attrs(categories=list(categories))


def mean_code(probabilities: FloatArray) -> FloatArray:
    """Return the expected codes, (draws, rows), where categories 1, 2, ... are taken for numbers."""
    return np.asarray(probabilities @ np.arange(1.0, probabilities.shape[2] + 1))
