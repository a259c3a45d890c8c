"""Draws as an xarray DataTree under brms's names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.design import Design
from smoothstan.engines import SAMPLER_STATISTICS, RawDraws
from smoothstan.terms import Variable

if TYPE_CHECKING:
    import xarray as xr

LATENT = "latent"
"""The group of what is not shown, but needed to put draws back where they were sampled."""

_RESERVED = {"chain", "draw", "obs", "coef"}


@dataclass(frozen=True)
class _NamedArray:
    variable: Variable
    values: FloatArray


def draws_tree(
    raw: RawDraws, variables: Sequence[Variable], design: Design, *, latent: Sequence[Variable] = ()
) -> xr.DataTree:
    """Collect the draws, the sampler's statistics and the data in ArviZ's groups.

    Returns:
        Groups ``posterior``, ``sample_stats``, ``observed_data`` and ``constant_data``, and ``latent`` if there are
        latent variables; the dimensions of the draws are ``chain`` and ``draw``, those of the data ``obs``.
    """
    import xarray as xr

    attributes = {
        "created_at": datetime.now(UTC).isoformat(),
        "inference_library": raw.engine,
        "seed": raw.seed,
        **{f"{phase}_seconds": seconds for phase, seconds in raw.seconds.items()},
    }
    groups = {
        "posterior": _posterior(raw, variables).assign_attrs(attributes),
        "sample_stats": _statistics(raw),
        "observed_data": _observed(design),
        "constant_data": _constant(design),
    }
    kept = [variable for variable in latent if set(variable.columns) <= set(raw.columns)]
    if kept:
        groups[LATENT] = _drawn(raw, kept)
    return xr.DataTree.from_dict(groups)


def _posterior(raw: RawDraws, variables: Sequence[Variable]) -> xr.Dataset:
    return _drawn(raw, variables).assign(lp__=(("chain", "draw"), raw.statistics["lp__"]))


def _drawn(raw: RawDraws, variables: Sequence[Variable]) -> xr.Dataset:
    import xarray as xr

    position = {name: i for i, name in enumerate(raw.columns)}
    arrays = [_array(raw, variable, position) for variable in _merged(variables)]
    arrays = _with_dimensions(arrays)
    chains, draws = raw.values.shape[:2]
    coords: dict[str, Any] = {"chain": np.arange(chains), "draw": np.arange(draws)}
    data: dict[str, Any] = {}
    for array in arrays:
        data[array.variable.name] = (("chain", "draw", *array.variable.dims), array.values)
        coords |= {dim: list(labels) for dim, labels in zip(array.variable.dims, array.variable.coords, strict=True)}
    return xr.Dataset(data, coords=coords)


def _array(raw: RawDraws, variable: Variable, position: Mapping[str, int]) -> _NamedArray:
    picked = np.ascontiguousarray(raw.values[:, :, [position[name] for name in variable.columns]])
    shape = tuple(len(labels) for labels in variable.coords)
    return _NamedArray(variable, picked.reshape(*raw.values.shape[:2], *shape))


def _merged(variables: Sequence[Variable]) -> list[Variable]:
    """Join effects of the same group from several groupings, as brms's names do."""
    result: dict[str, Variable] = {}
    for variable in variables:
        known = result.get(variable.name)
        result[variable.name] = variable if known is None else _join(known, variable)
    return list(result.values())


def _join(first: Variable, second: Variable) -> Variable:
    """Put the coefficients (the last dimension) of two arrays with the same levels side by side."""
    levels, left = first.coords
    right = second.coords[1]
    columns: list[str] = []
    for g in range(len(levels)):
        columns += first.columns[g * len(left) : (g + 1) * len(left)]
        columns += second.columns[g * len(right) : (g + 1) * len(right)]
    return replace(first, columns=tuple(columns), coords=(levels, (*left, *right)))


def _with_dimensions(arrays: list[_NamedArray]) -> list[_NamedArray]:
    """Give dimensions of one name but different labels names of their own.

    ``coef`` stays where all effects vary by the same coefficients; else it becomes ``coef_<variable>``.
    """
    taken = _RESERVED | {array.variable.name for array in arrays}
    labels: dict[str, set[tuple[str, ...]]] = {}
    for array in arrays:
        for dim, coord in zip(array.variable.dims, array.variable.coords, strict=True):
            labels.setdefault(dim, set()).add(coord)

    def named(variable: Variable) -> tuple[str, ...]:
        """Rename the dimension of the levels if its name is taken, and ``coef`` if it is ambiguous."""
        *outer, last = variable.dims
        first = tuple(f"{dim}_level" if dim in taken else dim for dim in outer)
        return (*first, f"{last}_{variable.name}" if len(labels[last]) > 1 else last)

    return [
        _NamedArray(replace(a.variable, dims=named(a.variable)) if a.variable.dims else a.variable, a.values)
        for a in arrays
    ]


def _statistics(raw: RawDraws) -> xr.Dataset:
    import xarray as xr

    data = {}
    for name, values in raw.statistics.items():
        kind = bool if name == "divergent__" else int if name in ("treedepth__", "n_leapfrog__") else float
        data[SAMPLER_STATISTICS[name]] = (("chain", "draw"), values.astype(kind))
    chains, draws = raw.values.shape[:2]
    return xr.Dataset(data, coords={"chain": np.arange(chains), "draw": np.arange(draws)})


def _observed(design: Design) -> xr.Dataset:
    import xarray as xr

    return xr.Dataset({"Y": (("obs",), design.observed.y)}, coords={"obs": np.arange(design.n)})


def _constant(design: Design) -> xr.Dataset:
    """Return the columns of the model: factors as labels, the rest as numbers, matrices with a second dimension."""
    import xarray as xr

    from smoothstan.table import Factor

    columns = {f"{n}_" if n in _RESERVED else n.replace("/", "D"): c for n, c in design.table.columns.items()}
    data: dict[str, Any] = {}
    for key, column in columns.items():
        array: Any = np.asarray(column.levels)[column.codes] if isinstance(column, Factor) else column.values
        second = f"{key}_dim"
        while second in columns:
            second += "_"
        data[key] = (("obs", second)[: array.ndim], array)
    for name, values in (("trials", design.observed.trials), ("weights", design.observed.weights)):
        if values is not None and name not in data:
            data[name] = (("obs",), values)
    return xr.Dataset(data, coords={"obs": np.arange(design.n)})
