"""The parameters that a hypothesis may name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product
from typing import final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.codegen import prior_draw_names
from smoothstan.errors import OptionError, suggestion
from smoothstan.posterior.effects import coefficients_draws, effects_draws
from smoothstan.posterior.fitted import Fitted
from smoothstan.terms import GroupTerm

SCOPES = ("standard", "ranef", "coef")
_MOST_LISTED = 5000


class Parameters(ABC):
    """What names stand for."""

    @abstractmethod
    def draws(self, name: str) -> FloatArray | None:
        """Return the draws of a parameter, (draws,) or (draws, levels), or None if there is none of this name."""

    @abstractmethod
    def prior_name(self, name: str) -> str | None:
        """Return the posterior variable that holds draws from its prior, or None."""

    @abstractmethod
    def names(self) -> list[str]:
        """Return what there is, for messages."""

    @property
    @abstractmethod
    def levels(self) -> tuple[str, ...]:
        """The levels of the group, empty if parameters have none."""


@final
@dataclass(frozen=True)
class PosteriorVariables(Parameters):
    """Variables of the posterior whose names start with ``prefix``, which the hypothesis leaves out."""

    fit: Fitted
    prefix: str

    @property
    def levels(self) -> tuple[str, ...]:
        """None."""
        return ()

    def draws(self, name: str) -> FloatArray | None:
        """Return the (draws,) draws of a scalar, or of an element written ``r_g[level,coef]``."""
        full = self.prefix + name
        values = self.fit.flat.get(full)
        if values is not None:
            return values if values.ndim == 1 else None
        variable, bracket, inside = full.partition("[")
        values = self.fit.flat.get(variable)
        if values is None or not bracket or not inside.endswith("]"):
            return None
        places = self._places(variable, inside[:-1])
        return None if places is None else np.moveaxis(values, 0, -1)[places]

    def prior_name(self, name: str) -> str | None:
        """Return the name of the draws from its own prior, or from that which it shares."""
        found: dict[str, str] = {}
        for term in self.fit.design.terms:
            group = term if isinstance(term, GroupTerm) else None
            for parameter in term.prior_parameters:
                found |= prior_draw_names(parameter, self.fit.priors, group)
        prior = found.get(self.prefix + name)
        return prior if prior in self.fit.flat else None

    def names(self) -> list[str]:
        """Return all names without the prefix; of large arrays the first elements."""
        return [name.removeprefix(self.prefix) for name in self._all() if name.startswith(self.prefix)]

    def _all(self) -> Iterator[str]:
        for variable, values in self.fit.flat.items():
            if values.ndim == 1:
                yield variable
            else:
                labels = product(*self._labels(variable))
                yield from (f"{variable}[{','.join(element)}]" for element in islice(labels, _MOST_LISTED))

    def _labels(self, variable: str) -> list[list[str]]:
        array = self.fit.draws["posterior"].dataset[variable]
        return [[str(label) for label in array[dim].values] for dim in tuple(array.dims)[2:]]

    def _places(self, variable: str, inside: str) -> tuple[int, ...] | None:
        """Return the place of an element; only the first label may hold commas."""
        axes = self._labels(variable)
        parts = [part.strip() for part in inside.rsplit(",", len(axes) - 1)]
        if len(parts) != len(axes):
            return None
        places = [_place(part, labels) for part, labels in zip(parts, axes, strict=True)]
        return None if any(place is None for place in places) else tuple(place for place in places if place is not None)


def _place(label: str, labels: list[str]) -> int | None:
    """Return the place of a label, also as brms writes it, with dots for spaces."""
    if label in labels:
        return labels.index(label)
    dotted = [".".join(known.split(" ")) for known in labels]
    return dotted.index(label) if label in dotted else None


@final
@dataclass(frozen=True)
class LevelCoefficients(Parameters):
    """Coefficients of the levels of one group: effects, or sums with the population-level ones."""

    columns: dict[str, FloatArray]
    group_levels: tuple[str, ...]

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels."""
        return self.group_levels

    def draws(self, name: str) -> FloatArray | None:
        """Return (draws, levels)."""
        return self.columns.get(name)

    def prior_name(self, name: str) -> str | None:
        """Return nothing: there are no draws from the priors of levels."""
        return None

    def names(self) -> list[str]:
        """Return the coefficients."""
        return list(self.columns)


def parameters_of(fit: Fitted, class_: str | None, group: str, scope: str) -> Parameters:
    """Return the parameters that hypotheses name.

    Args:
        fit: the fit.
        class_: what the names start with: ``"b"`` for coefficients, ``"sd"``, ...; None for full names.
        group: a grouping: of the class in scope ``"standard"``, else the one whose levels are compared.
        scope: one of ``SCOPES``.

    Raises:
        OptionError: for an unknown scope or group, or a class of which there are no parameters.
    """
    if scope not in SCOPES:
        raise OptionError(f"scope must be one of {', '.join(map(repr, SCOPES))}, got {scope!r}")
    if not (class_ is None or isinstance(class_, str)) or not isinstance(group, str):
        raise OptionError(f"class_ and group are texts, got {class_!r} and {group!r}")
    if scope == "standard":
        prefix = f"{class_ or ''}_{group}__" if group else f"{class_}_" if class_ else ""
        if not any(name.startswith(prefix) for name in fit.flat):
            raise OptionError(f"the posterior has no parameters whose names start with {prefix!r}")
        return PosteriorVariables(fit, prefix)
    found = (coefficients_draws if scope == "coef" else effects_draws)(fit.design, fit.flat)
    if group not in found:
        known = ", ".join(map(repr, found)) or "none"
        raise OptionError(
            f"scope={scope!r} needs the group: no group {group!r}{suggestion(group, found)} (there: {known})"
        )
    levels, columns = found[group]
    return LevelCoefficients(columns, levels)
