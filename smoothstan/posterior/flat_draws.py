"""The draws as one matrix whose columns carry brms's names, e.g. ``r_county[AITKIN,Intercept]``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import OptionError, suggestion
from smoothstan.posterior.fitted import Fitted

if TYPE_CHECKING:
    import pandas as pd

_BEFORE = (
    "b", "bs", "bsp", "bcs", "ar", "ma", "sderr", "lagsar", "errorsar", "car", "rhocar", "sdcar", "cosy", "sd", "cor",
    "df", "sds", "sdgp", "lscale",
)  # fmt: skip
_AFTER = (
    "lncor", "Intercept", "tmp", "rescor", "delta", "lasso", "simo", "r", "s", "zgp", "rcar", "sbhaz", "R2D2", "Ymi",
    "Yl", "meanme", "sdme", "corme", "Xme",
)  # fmt: skip
_LAST = ("prior", "lprior", "lp")
INDEX_COLUMNS = (".chain", ".iteration", ".draw")


@dataclass(frozen=True)
class FlatDraws:
    """Draws of scalars.

    Args:
        names: their m names.
        values: (draws, m), chain by chain.
        chains: the number of chains.
    """

    names: tuple[str, ...]
    values: FloatArray
    chains: int

    def index(self) -> dict[str, Any]:
        """Return chain, iteration within it, and draw of every row; they count from 1."""
        draws = len(self.values)
        row = np.arange(draws)
        per_chain = draws // self.chains
        return dict(zip(INDEX_COLUMNS, (row // per_chain + 1, row % per_chain + 1, row + 1), strict=True))

    def columns(self, *, long: bool) -> dict[str, Any]:
        """Return a column per scalar and those of ``index``; if long, ``.variable`` and ``.value`` instead."""
        if not long:
            return dict(zip(self.names, self.values.T, strict=True)) | self.index()
        index = {name: np.tile(column, len(self.names)) for name, column in self.index().items()}
        variable = np.repeat(np.asarray(self.names, dtype=object), len(self.values))
        return index | {".variable": variable, ".value": self.values.T.ravel()}


def variable_order(fit: Fitted) -> list[str]:
    """Return the posterior variables in the order of brms.

    They are sorted by kind, the intercepts of centred designs before other coefficients, and by distributional
    parameter as the family lists them.
    """
    present = [str(name) for name in fit.draws["posterior"].dataset.data_vars]
    parameters = [p.name for p in fit.design.family.parameters]
    kinds = list(dict.fromkeys((*_BEFORE, *parameters, *_AFTER)))
    rank = {kind: i for i, kind in enumerate(kinds)} | {kind: len(kinds) + 1 + i for i, kind in enumerate(_LAST)}
    dpars = {
        variable.name: parameters.index(dpar)
        for term in fit.design.terms
        if (dpar := getattr(term, "dpar", None)) in parameters
        for variable in term.variables
    }

    centres = {name.partition("[")[0] for name in present if name.startswith("Intercept")}

    def key(name: str) -> tuple[int, bool, int]:
        stem, _, _ = name.partition("[")
        kind, _, rest = stem.partition("_")
        dpar, _, last = rest.rpartition("_")
        centred = "_".join(filter(None, ("Intercept", dpar)))
        first = last == "Intercept" and (centred in centres if kind == "b" else kind == "prior")
        return rank.get(kind, len(kinds)), not first, dpars.get(name, 0)

    return sorted(present, key=key)


def element_names(fit: Fitted, variable: str) -> list[str]:
    """Return the names of a variable's elements, the first index fastest; a blank in a label is written as a dot."""
    array = fit.draws["posterior"].dataset[variable]
    dims = array.dims[2:]
    if not dims:
        return [variable]
    labels = [_labels([str(label) for label in array.coords[dim].values]) for dim in dims]
    return [f"{variable}[{','.join(reversed(element))}]" for element in product(*reversed(labels))]


def _labels(levels: list[str]) -> list[str]:
    dotted = [re.sub(r"\s", ".", level) for level in levels]
    return dotted if len(set(dotted)) == len(set(levels)) else levels


def all_names(fit: Fitted) -> dict[str, list[str]]:
    """Return variable -> names of its elements, in order."""
    return {variable: element_names(fit, variable) for variable in variable_order(fit)}


def flat_draws(fit: Fitted, variables: str | Sequence[str] | None = None, *, regex: bool = False) -> FlatDraws:
    """Return the draws of some scalars.

    Args:
        fit: the fit.
        variables: names of scalars or of whole arrays (``"r_county"``), in the order wanted; all if None.
        regex: the names are regular expressions, found anywhere in a scalar's name.

    Raises:
        OptionError: if a name or expression matches nothing.
    """
    names = all_names(fit)
    chosen = _chosen(names, variables, regex)
    wanted = set(chosen)
    needed = [variable for variable, elements in names.items() if not wanted.isdisjoint(elements)]
    place = {name: i for i, name in enumerate(name for variable in needed for name in names[variable])}
    arrays = [_columns(fit.flat[variable]) for variable in needed]
    everything = np.concatenate(arrays, axis=1) if arrays else np.empty((fit.ndraws, 0))
    return FlatDraws(tuple(chosen), everything[:, [place[name] for name in chosen]], fit.chains)


def _columns(array: FloatArray) -> FloatArray:
    """Return (draws, elements) of an array (draws, ...), the first index of an element fastest."""
    return array.transpose(0, *range(array.ndim - 1, 0, -1)).reshape(len(array), -1)


def _chosen(names: dict[str, list[str]], variables: str | Sequence[str] | None, regex: bool) -> list[str]:
    known = [name for elements in names.values() for name in elements]
    if variables is None:
        return known
    asked = [variables] if isinstance(variables, str) else list(variables)
    found: dict[str, None] = {}
    for name in asked:
        if not isinstance(name, str):
            raise OptionError(f"variables are names such as 'b_x', got {name!r}")
        found |= dict.fromkeys(_matching(name, known) if regex else _named(name, names, known))
    return list(found)


def _matching(pattern: str, known: Sequence[str]) -> list[str]:
    try:
        found = [name for name in known if re.search(pattern, name)]
    except re.error as fault:
        raise OptionError(f"{pattern!r} is no regular expression: {fault}") from None
    if not found:
        raise OptionError(f"no variable matches {pattern!r}; fit.variables() lists them")
    return found


def _named(name: str, names: dict[str, list[str]], known: Sequence[str]) -> list[str]:
    if name in names:
        return names[name]
    if name in known:
        return [name]
    raise OptionError(f"there is no variable {name!r}{suggestion(name, [*names, *known])}; fit.variables() lists them")


def as_frame(draws: FlatDraws, *, long: bool) -> pd.DataFrame:
    """Return draws as a pandas DataFrame."""
    import pandas as pd

    return pd.DataFrame(draws.columns(long=long))


def as_polars(draws: FlatDraws, *, long: bool) -> Any:
    """Return draws as a polars DataFrame.

    Raises:
        ImportError: if polars is not installed.
    """
    try:
        import polars as pl
    except ImportError:
        raise ImportError("as_polars() needs the package polars: pip install polars") from None
    return pl.DataFrame(draws.columns(long=long))
