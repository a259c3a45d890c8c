"""The draws of every number of the posterior under brms's name: ``b_x``, ``r_g[g1,Intercept]``, ``s_sx_1[2]``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import OptionError, suggestion

if TYPE_CHECKING:
    import xarray as xr

_ELEMENTS = 1000
"""Elements that are looked at together."""


def element_draws(
    posterior: xr.Dataset, flat: Mapping[str, FloatArray], wanted: str | Sequence[str] | None
) -> Iterator[tuple[list[str], FloatArray]]:
    """Return the names of some elements and their draws, (draws, elements), part by part.

    Args:
        posterior: the variables with their coordinates.
        flat: variable -> (draws, ...).
        wanted: names of variables or of elements; all by default.

    Raises:
        OptionError: for a name that there is not.
    """
    names = {str(name): _element_names(str(name), array) for name, array in posterior.data_vars.items()}
    chosen = [(name, _chosen_places(name, names[name], wanted)) for name in names]
    _refuse_unknown(names, wanted)
    return (
        ([names[name][i] for i in part], flat[name].reshape(len(flat[name]), -1)[:, part])
        for name, places in chosen
        for part in (places[i : i + _ELEMENTS] for i in range(0, len(places), _ELEMENTS))
    )


def _listed(wanted: str | Sequence[str] | None) -> list[str] | None:
    return [wanted] if isinstance(wanted, str) else None if wanted is None else list(wanted)


def _chosen_places(name: str, elements: list[str], wanted: str | Sequence[str] | None) -> list[int]:
    listed = _listed(wanted)
    if listed is None or name in listed:
        return list(range(len(elements)))
    return [i for i, element in enumerate(elements) if element in listed]


def _refuse_unknown(names: Mapping[str, list[str]], wanted: str | Sequence[str] | None) -> None:
    known = {*names, *(element for elements in names.values() for element in elements)}
    for name in _listed(wanted) or ():
        if name not in known:
            raise OptionError(
                f"the posterior has no variable {name!r}{suggestion(name, known)} (it has: {', '.join(names)})"
            )


def _element_names(name: str, array: xr.DataArray) -> list[str]:
    """Return the names of the elements of a variable, the last index fastest; brms writes a dot for a space."""
    axes = [[re.sub(r"\s", ".", str(label)) for label in np.asarray(array[dim])] for dim in array.dims[2:]]
    return [f"{name}[{','.join(labels)}]" for labels in product(*axes)] if axes else [name]
