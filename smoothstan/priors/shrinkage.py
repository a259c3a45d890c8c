"""Priors that shrink all coefficients of a linear predictor together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from smoothstan.arrays import FloatArray, StanData
from smoothstan.numerals import is_number


@dataclass(frozen=True)
class SharedParameter:
    """A parameter that the coefficients share: its Stan name, the type, and whether it has one element for each."""

    name: str
    comment: str
    each: bool = False


@dataclass(frozen=True)
class Shrinkage(ABC):
    """A prior of all coefficients of a linear predictor: each is a standard normal value times a scale.

    Implementing one: a file in ``priors/`` with a final subclass whose fields are the arguments, in order, with their
    defaults; a file ``stan_templates/priors/<name>.stan.jinja`` with any of the macros of a term; and a line in
    ``distribution.py``.  ``p`` is the suffix of Stan names of the linear predictor's parameter.

    Args:
        autoscale: multiply the scales by ``sigma`` where that is a parameter of its own.
        main: these arguments hold for other classes with the same prior as well.
    """

    autoscale: bool = field(default=True, kw_only=True)
    main: bool = field(default=False, kw_only=True)

    name: ClassVar[str]
    shared: ClassVar[tuple[SharedParameter, ...]]
    """The parameters that the scales are made of."""
    drawn: ClassVar[Mapping[str, str]]
    """Shared parameter -> Stan expression that draws from its prior, ``{p}`` for the suffix."""

    @abstractmethod
    def check(self) -> str:
        """Return what is wrong with the arguments, or nothing."""

    @abstractmethod
    def data(self, p: str, count: int, rows: int) -> StanData:
        """Return the data of the prior under brms's names; ``count`` is the number of scales, ``rows`` of data.

        Raises:
            PriorError: if an argument does not fit the number of scales.
        """

    @abstractmethod
    def scales(self, values: Mapping[str, FloatArray], p: str, sigma: FloatArray | float) -> FloatArray:
        """Return the (draws, count) scales from the shared parameters by Stan name; ``sigma`` is (draws, 1) or 1."""

    @abstractmethod
    def starts(self, count: int) -> dict[str, Any]:
        """Return values of the shared parameters from which chains can start, without suffix."""

    @classmethod
    def written(cls) -> tuple[str, ...]:
        """Return the arguments' names in order, those of every such prior last."""
        return tuple(f.name for f in sorted(fields(cls), key=lambda f: bool(f.kw_only)))


def wrong_number(arguments: Mapping[str, Any], low: float = 0, high: float | None = None) -> str:
    """Return a message for the first argument that is not strictly between two bounds, or nothing."""
    for name, value in arguments.items():
        if not is_number(value) or value <= low or (high is not None and value >= high):
            allowed = "a positive number" if high is None else f"a number between {low:g} and {high:g}"
            return f"{name} must be {allowed}, got {value!r}"
    return ""


def wrong_switch(arguments: Mapping[str, Any]) -> str:
    """Return a message for the first argument that is not TRUE or FALSE, or nothing."""
    wrong = [f"{name} must be TRUE or FALSE, got {value!r}" for name, value in arguments.items()
             if not isinstance(value, bool)]  # fmt: skip
    return wrong[0] if wrong else ""
