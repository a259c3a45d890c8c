"""From a map of regions to the penalty of a Markov random field.

A map is one of: a penalty matrix, a list of the neighbours of every region, or the regions' polygons.
Regions are always put in the order asked for, by name.

Source: Wood (2017), *Generalized Additive Models*, 2nd ed., section 5.8.1; Rue & Held (2005), *Gaussian
Markov Random Fields*, section 3.3.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from smoothstan.arrays import BoolArray, FloatArray, IntArray
from smoothstan.smooths.penalty import required_penalty

KINDS = ("penalty", "nb", "polys")
"""What a map may be given as, in order of precedence."""


def some(names: Iterable[str]) -> str:
    """Join the first few names for a message."""
    listed = sorted(names)
    return ", ".join(listed[:6]) + (f", ... ({len(listed)} in all)" if len(listed) > 6 else "")


def penalty_of_map(xt: Mapping[str, Any], regions: tuple[str, ...]) -> FloatArray:
    """Return the (q, q) penalty of the regions in their order.

    Args:
        xt: at least one of

            * ``penalty``: a symmetric matrix labelled with the names of the regions (a data frame whose
              index and columns are the names), or a plain (q, q) matrix in the order of ``regions``;
            * ``nb``: name of region -> its neighbours, by name or by zero-based position in this mapping;
            * ``polys``: name of region -> (v, 2) vertices, or a list of such arrays for several polygons;
              rows of NaN separate the rings of one array.  Regions with a vertex in common are neighbours.

            The first of these that is given counts.
        regions: q names.

    Raises:
        ValueError: if there is none of these, or it does not fit the regions.
    """
    kind = next((kind for kind in KINDS if xt.get(kind) is not None), None)
    if kind is None:
        raise ValueError(f"bs='mrf' needs one of {', '.join(KINDS)} in xt")
    if kind == "penalty":
        return _ordered_penalty(xt["penalty"], regions)
    if not isinstance(xt[kind], Mapping):
        raise ValueError(f"{kind} must map the names of the regions to their {_CONTENTS[kind]}")
    given = {str(name): value for name, value in xt[kind].items()}
    _refuse_other_names(tuple(given), regions, kind)
    names = tuple(given)
    adjacent = _listed(given) if kind == "nb" else _touching(given)
    position = {name: i for i, name in enumerate(names)}
    order = np.asarray([position[region] for region in regions], dtype=np.int64)
    return _laplacian(adjacent[np.ix_(order, order)])


_CONTENTS = {"nb": "neighbours", "polys": "polygons"}


def _laplacian(adjacent: BoolArray) -> FloatArray:
    """Return S: the number of neighbours on the diagonal, -1 between neighbours.

    b'Sb is the sum of the squared differences between neighbours.
    """
    if not adjacent.any():
        raise ValueError("no region of the map has a neighbour, so there is nothing to smooth over; use bs='re'")
    weights = adjacent.astype(float)
    return np.asarray(np.diag(weights.sum(axis=1)) - weights, dtype=float)


def _ordered_penalty(given: Any, regions: tuple[str, ...]) -> FloatArray:
    """Return the user's matrix with rows and columns in the order of the regions."""
    if not (hasattr(given, "index") and hasattr(given, "columns")):
        return required_penalty(given, len(regions), "penalty")
    rows, columns = [str(name) for name in given.index], [str(name) for name in given.columns]
    _refuse_other_names(tuple(rows), regions, "penalty")
    if sorted(rows) != sorted(columns):
        raise ValueError("the rows and the columns of penalty must have the same names")
    matrix = np.asarray(given, dtype=float)
    order = np.ix_([rows.index(region) for region in regions], [columns.index(region) for region in regions])
    return required_penalty(matrix[order], len(regions), "penalty")


def _refuse_other_names(names: tuple[str, ...], regions: tuple[str, ...], kind: str) -> None:
    """Raise ValueError unless the map has exactly the regions, each once."""
    if len(set(names)) < len(names):
        raise ValueError(f"{kind} names a region twice: {some({n for n in names if names.count(n) > 1})}")
    lacking = set(regions) - set(names)
    if lacking:
        raise ValueError(f"{kind} lacks the regions {some(lacking)} of the data or the knots")
    beyond = set(names) - set(regions)
    if beyond:
        raise ValueError(
            f"{kind} has regions without data: {some(beyond)}; to keep them, give the names of all regions as knots"
        )


def _listed(neighbours: Mapping[str, Any]) -> BoolArray:
    """Return which regions are neighbours, (q, q), from lists of names or positions."""
    position = {name: i for i, name in enumerate(neighbours)}
    adjacent = np.zeros((len(position), len(position)), dtype=bool)
    for name, listed in neighbours.items():
        adjacent[position[name], _positions(listed, position, name)] = True
    own = np.flatnonzero(np.diag(adjacent))
    names = tuple(position)
    if len(own):
        raise ValueError(f"nb lists {names[own[0]]!r} as its own neighbour")
    one_way = np.argwhere(adjacent & ~adjacent.T)
    if len(one_way):
        i, j = one_way[0]
        raise ValueError(f"nb lists {names[j]!r} as a neighbour of {names[i]!r}, but not the other way round")
    return adjacent


def _positions(listed: Any, position: Mapping[str, int], name: str) -> IntArray:
    """Return the neighbours of one region as positions."""
    given = np.atleast_1d(np.asarray(listed))
    if given.size == 0:
        return np.zeros(0, dtype=np.int64)
    if given.dtype.kind in "US" or given.dtype == object:
        unknown = [str(other) for other in given if str(other) not in position]
        if unknown:
            raise ValueError(f"nb lists {some(unknown)} as a neighbour of {name!r}, but has no such region")
        return np.asarray([position[str(other)] for other in given], dtype=np.int64)
    whole = given.astype(np.int64)
    if np.any(whole != given) or whole.min() < 0 or whole.max() >= len(position):
        raise ValueError(
            f"the neighbours of {name!r} in nb must be names of regions or positions "
            f"from 0 to {len(position) - 1}, found {', '.join(str(other) for other in given)}"
        )
    return np.asarray(whole, dtype=np.int64)


def _touching(polygons: Mapping[str, Any]) -> BoolArray:
    """Return which regions have a vertex in common, (q, q)."""
    vertices = [_vertices(polygons[name], name) for name in polygons]
    owner = np.repeat(np.arange(len(vertices)), [len(v) for v in vertices])
    distinct, vertex = np.unique(np.vstack(vertices), axis=0, return_inverse=True)
    adjacent = np.zeros((len(vertices), len(vertices)), dtype=bool)
    vertex, owner = np.unique(np.column_stack([vertex.reshape(-1), owner]), axis=0).T
    for step in range(1, int(np.bincount(vertex, minlength=len(distinct)).max())):
        shared = vertex[step:] == vertex[:-step]
        adjacent[owner[step:][shared], owner[:-step][shared]] = True
    return np.asarray(adjacent | adjacent.T, dtype=bool)


def _vertices(given: Any, name: str) -> FloatArray:
    """Return all vertices of a region's polygons, without the rows that separate rings."""
    several = isinstance(given, Sequence) and len(given) > 0 and np.ndim(given[0]) == 2
    try:
        parts = [np.asarray(part, dtype=float) for part in (given if several else (given,))]
    except (TypeError, ValueError):
        raise ValueError(f"the polygons of {name!r} must be arrays of numbers, found {given!r:.60}") from None
    if any(part.ndim != 2 or part.shape[1] != 2 for part in parts):
        shapes = ", ".join(str(part.shape) for part in parts)
        raise ValueError(f"the polygons of {name!r} must be arrays of shape (vertices, 2), found {shapes}")
    joined = np.vstack(parts)
    joined = joined[~np.isnan(joined).any(axis=1)]
    if not len(joined) or np.isinf(joined).any():
        raise ValueError(f"the polygons of {name!r} must have vertices, all finite")
    return np.asarray(joined, dtype=float)
