"""Scalars of the posterior by brms's names, such as ``b_x``, ``s_sx_1[3]`` and ``r_g[level,Intercept]``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from smoothstan.arrays import FloatArray
from smoothstan.errors import OptionError, suggestion
from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.summary import summarised_variables

_NAMES_SHOWN = 12


@dataclass(frozen=True)
class Scalar:
    """An element of a posterior variable.

    Args:
        name: its name.
        variable: the array that holds it.
        place: which element, the last index fastest.
    """

    name: str
    variable: str
    place: int = 0


def scalars(fit: Fitted) -> tuple[Scalar, ...]:
    """Return all scalars of the posterior, in its order."""
    found = []
    for name, array in fit.draws["posterior"].dataset.data_vars.items():
        labels = [[re.sub(r"\s", ".", str(label)) for label in array.coords[dim].values] for dim in array.dims[2:]]
        for place, words in enumerate(product(*labels)):
            found.append(Scalar(f"{name}[{','.join(words)}]" if labels else str(name), str(name), place))
    return tuple(found)


def selected_draws(fit: Fitted, variables: str | Sequence[str] | None, *, regex: bool) -> dict[str, FloatArray]:
    """Return the draws of some scalars: name -> (chains, draws).

    Args:
        fit: the fit.
        variables: names of scalars, or of arrays for all their elements; with ``regex`` patterns, of which one must
            be found somewhere in the name. None for the variables of the summary.
        regex: read them as regular expressions.

    Raises:
        OptionError: if a name or pattern fits no variable.
    """
    return {scalar.name: _draws(fit, scalar) for scalar in _selected(fit, variables, regex)}


def all_draws(fit: Fitted) -> dict[str, FloatArray]:
    """Return the draws of all scalars: name -> (chains, draws)."""
    return {scalar.name: _draws(fit, scalar) for scalar in scalars(fit)}


def _draws(fit: Fitted, scalar: Scalar) -> FloatArray:
    return fit.flat[scalar.variable].reshape(fit.ndraws, -1)[:, scalar.place].reshape(fit.chains, -1)


def _selected(fit: Fitted, variables: Any, regex: bool) -> list[Scalar]:
    known = scalars(fit)
    if variables is None:
        if regex:
            raise OptionError("regex=True needs variables, one or more patterns")
        wanted = set(summarised_variables(fit.design))
        return [scalar for scalar in known if scalar.variable in wanted or scalar.name in wanted]
    names = [variables] if isinstance(variables, str) else variables
    if not isinstance(names, Sequence) or not names or not all(isinstance(name, str) for name in names):
        raise OptionError(f"variables are names of posterior variables, got {variables!r}")
    if regex:
        return _matching(known, names)
    by_name = {scalar.name: scalar for scalar in known}
    found: dict[str, Scalar] = {}
    for name in names:
        members = [by_name[name]] if name in by_name else [s for s in known if s.variable == name]
        if not members:
            raise OptionError(_unknown(name, known))
        found |= {scalar.name: scalar for scalar in members}
    return list(found.values())


def _matching(known: Sequence[Scalar], patterns: Sequence[str]) -> list[Scalar]:
    chosen: set[str] = set()
    for pattern in patterns:
        try:
            compiled = re.compile(pattern)
        except re.error as fault:
            raise OptionError(f"{pattern!r} is no regular expression: {fault}") from None
        matches = {scalar.name for scalar in known if compiled.search(scalar.name)}
        if not matches:
            raise OptionError(f"no posterior variable fits the pattern {pattern!r} (there are: {_list(known)})")
        chosen |= matches
    return [scalar for scalar in known if scalar.name in chosen]


def _unknown(name: str, known: Sequence[Scalar]) -> str:
    try:
        as_pattern = any(re.search(name, scalar.name) for scalar in known)
    except re.error:
        as_pattern = False
    hint = "; as a pattern it fits some: add regex=True" if as_pattern else suggestion(name, [s.name for s in known])
    return f"there is no posterior variable {name!r}{hint} (there are: {_list(known)})"


def _list(known: Sequence[Scalar]) -> str:
    names = list(dict.fromkeys(scalar.variable for scalar in known))
    more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
    return ", ".join(names[:_NAMES_SHOWN]) + more
