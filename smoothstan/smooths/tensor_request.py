"""What a formula asks of a tensor product smooth, and what that means for each of its margins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan
from typing import Any, TypeVar

from smoothstan.smooths.basis import Request, Unsuitable

T = TypeVar("T")

_DEFAULT_BASIS = "cr"
_SURFACE_BASIS = "tp"
_OF_ONE_COVARIATE = frozenset({"cr", "cs", "ps", "cp"})
_COLUMNS_PER_COVARIATE = 5
_MINIMUM_K = 3


@dataclass(frozen=True)
class MarginRequest:
    """What is asked of one margin.

    Args:
        start: position of its first covariate; the others follow.
        bs: its basis.
        request: what the basis is asked.
        fx: whether it has no penalty.
        mc: whether it is to sum to zero over the rows (``ti``).
    """

    start: int
    bs: str
    request: Request
    fx: bool
    mc: bool

    @property
    def stop(self) -> int:
        """The position after its last covariate."""
        return self.start + len(self.request.names)

    @property
    def label(self) -> str:
        """Its covariates, for messages."""
        return ",".join(self.request.names)


@dataclass(frozen=True)
class TensorRequest:
    """What a formula asks of ``te``, ``ti`` or ``t2``.

    Where there is one value per margin, one value stands for all margins and an empty tuple for the
    default.

    Args:
        names: the labels of all covariates.
        d: the number of covariates of every margin; default one each.
        k: dimension per margin; default 5 to the power of the number of its covariates.
        bs: basis per margin, default ``"cr"``.  For several covariates cr, cs, ps and cp become tp.
        m: order per margin, a number or a tuple of numbers; None for the default.
        fx: no penalty, per margin (te, ti).
        xt: further settings per margin.
        knots: what the user gave per covariate, or None.
        np: express margins of one covariate by their values at evenly spaced points (te, ti).
        mc: whether margins sum to zero over the rows, per margin (ti); default all.
        full: a penalty for every unpenalised column of a margin rather than for all together (t2).
        ord: keep the parts with so many penalised margins only (t2); default all.
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
    def dimensions(self) -> tuple[int, ...]:
        """The number of covariates of every margin; ValueError if they do not add up."""
        d = self.d or (1,) * len(self.names)
        if min(d) < 1 or sum(d) != len(self.names):
            raise Unsuitable(
                "d must give the number of covariates of every margin, at least 1 each and "
                f"{len(self.names)} together ({', '.join(self.names)}), found {', '.join(map(str, d))}",
                "d",
            )
        return d

    def margins(self) -> tuple[MarginRequest, ...]:
        """Return what is asked of every margin; ValueError for a wrong number of values or too small a k."""
        sizes = self.dimensions
        ends = [sum(sizes[: i + 1]) for i in range(len(sizes))]
        k = self._per_margin("k", self.k)
        bs = self._per_margin("bs", self.bs)
        m = self._per_margin("m", self.m)
        fx = self._per_margin("fx", self.fx)
        mc = self._per_margin("mc", self.mc)
        xt = self._per_margin("xt", self.xt)
        made: list[MarginRequest] = []
        for i, (size, end) in enumerate(zip(sizes, ends, strict=True)):
            own = slice(end - size, end)
            request = Request(
                self.names[own],
                (k[i] if k else _COLUMNS_PER_COVARIATE**size,),
                _orders(m[i]) if m else (),
                xt[i] if xt else {},
                self.knots[own],
            )
            basis = bs[i] if bs else _DEFAULT_BASIS
            basis = _SURFACE_BASIS if size > 1 and basis in _OF_ONE_COVARIATE else basis
            made.append(MarginRequest(own.start, basis, request, bool(fx and fx[i]), bool(not mc or mc[i])))
        for margin in made:
            _check_dimension(margin)
        return tuple(made)

    def _per_margin(self, name: str, values: tuple[T, ...]) -> tuple[T, ...]:
        """Return one value per margin, none for the default."""
        count = len(self.dimensions)
        if len(values) not in (0, 1, count):
            expected = "one value" if count == 1 else f"one value or {count}, one per margin"
            raise Unsuitable(f"{name} must have {expected}, found {len(values)}", name)
        return values * count if len(values) == 1 else values


def _check_dimension(margin: MarginRequest) -> None:
    (k,) = margin.request.k
    if k < _MINIMUM_K:
        raise Unsuitable(f"k must be at least {_MINIMUM_K} for margin {margin.label}, found {k}", "k")


def _orders(m: Any) -> tuple[Any, ...]:
    """Return the order of one margin as its basis expects it; a missing one is the default."""
    given = tuple(m) if isinstance(m, (tuple, list)) else (m,)
    return () if all(part is None or (isinstance(part, float) and isnan(part)) for part in given) else given
