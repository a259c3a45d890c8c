"""What a formula asks of a tensor product, and what that means for each of its margins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from smoothstan.smooths.basis import Request, Unsuitable

_T = TypeVar("_T")

_DEFAULT_BASIS = "cr"
_SEVERAL_COVARIATES = "tp"
_OF_ONE_COVARIATE = frozenset({"cr", "cs", "ps", "cp"})
"""Bases that a margin of several covariates replaces by a thin plate spline, as the default would not fit."""

_SMALLEST_DIMENSION = 3


@dataclass(frozen=True)
class MarginRequest:
    """One margin.

    Args:
        basis: the name of its basis.
        first: the position of its first covariate among all.
        request: what is asked of the basis.
        unpenalised: whether its penalty is left out.
        centred: whether it sums to zero over the rows before the product is taken (``ti``).
    """

    basis: str
    first: int
    request: Request
    unpenalised: bool
    centred: bool

    @property
    def covariates(self) -> slice:
        """Where its covariates are among all."""
        return slice(self.first, self.first + len(self.request.names))

    @property
    def title(self) -> str:
        """Name it, for messages."""
        return f"margin {' x '.join(self.request.names)}"


@dataclass(frozen=True)
class TensorRequest:
    """A tensor product as it was written: every option has one entry per margin, or one for all, or none.

    Args:
        names: the labels of the covariates.
        d: numbers of covariates of the margins; one each if empty.
        k: dimensions; ``5**d`` if empty.
        bs: names of bases; "cr" if empty, "tp" for a margin of several covariates.
        m: orders; an entry is a number, a tuple of numbers, or None for the default.
        fx: whether the penalty of a margin is left out; with a single entry or all true, the whole smooth
            has no penalty, which is the caller's to see to.
        xt: settings.
        knots: what the user gave per covariate: numbers, level names, or None.
        np: whether margins of one covariate are expressed by their values at evenly spaced points.
        mc: whether a margin sums to zero (``ti``); all do if empty.
        full: whether null-space columns stay separate next to a range space (``t2``).
        ord: numbers of range spaces in the blocks to keep (``t2``); all if empty.
    """

    names: tuple[str, ...]
    d: tuple[int, ...] = ()
    k: tuple[int, ...] = ()
    bs: tuple[str, ...] = ()
    m: tuple[Any, ...] = ()
    fx: tuple[bool, ...] = ()
    xt: tuple[Mapping[str, Any], ...] = ()
    knots: tuple[Any, ...] = ()
    np: bool = True
    mc: tuple[bool, ...] = ()
    full: bool = False
    ord: tuple[int, ...] = ()

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of covariates of every margin."""
        if not self.d:
            return (1,) * len(self.names)
        if min(self.d) < 1 or sum(self.d) != len(self.names):
            raise Unsuitable(
                f"d must split the {len(self.names)} covariates ({', '.join(self.names)}) into margins of one or "
                f"more, found {_written(self.d)}, which adds up to {sum(self.d)}",
                "d",
            )
        return self.d

    def margins(self) -> tuple[MarginRequest, ...]:
        """Return what is asked of every margin.

        Raises:
            ValueError: if an option has neither one entry nor one per margin, or ``k`` is below 3.
        """
        sizes = self.sizes
        firsts = [sum(sizes[:i]) for i in range(len(sizes))]
        bases = self._per_margin("bs", self.bs, _DEFAULT_BASIS)
        dimensions = self._per_margin("k", self.k, None)
        orders = self._per_margin("m", self.m, None)
        settings = self._per_margin("xt", self.xt, {})
        unpenalised = self._per_margin("fx", self.fx, False)
        centred = self._per_margin("mc", self.mc, True)
        return tuple(
            _checked(
                MarginRequest(
                    _SEVERAL_COVARIATES if size > 1 and bases[i] in _OF_ONE_COVARIATE else bases[i],
                    first,
                    Request(
                        self.names[first : first + size],
                        (5**size if dimensions[i] is None else dimensions[i],),
                        _order(orders[i]),
                        settings[i],
                        self.knots[first : first + size],
                    ),
                    unpenalised[i],
                    centred[i],
                )
            )
            for i, (first, size) in enumerate(zip(firsts, sizes, strict=True))
        )

    def _per_margin(self, option: str, given: tuple[_T, ...], default: _T) -> tuple[_T, ...]:
        count = len(self.sizes)
        if len(given) <= 1:
            return (given or (default,)) * count
        if len(given) != count:
            raise Unsuitable(
                f"{option} must have one entry per margin, {count}, or one for all, found {len(given)}", option
            )
        return given


def _checked(margin: MarginRequest) -> MarginRequest:
    (k,) = margin.request.k
    if k < _SMALLEST_DIMENSION:
        raise Unsuitable(f"k must be at least {_SMALLEST_DIMENSION} in every margin, found {k} for {margin.title}", "k")
    return margin


def _order(given: Any) -> tuple[Any, ...]:
    if given is None:
        return ()
    return tuple(given) if isinstance(given, (tuple, list)) else (given,)


def _written(values: tuple[int, ...]) -> str:
    return f"c({', '.join(map(str, values))})" if len(values) > 1 else str(values[0])
