"""What was written in ``s()``, ``te()``, ``ti()`` or ``t2()``, checked as far as text alone allows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from smoothstan.errors import FormulaError, known, suggestion
from smoothstan.formula import CallArguments, call_arguments
from smoothstan.formula.arguments import constant_value
from smoothstan.formula.syntax import Call, Constant, Name, Node, Paren, deparse

_SHARED = ("k", "bs", "m", "by", "fx", "xt", "id", "sp", "pc")
_ARGUMENTS = {
    "s": _SHARED,
    "te": (*_SHARED, "d", "np"),
    "ti": (*_SHARED, "d", "np", "mc"),
    "t2": (*(name for name in _SHARED if name != "fx"), "d", "full", "ord"),
}

Settings = Mapping[str, Any]
"""Objects that a formula can name, e.g. the polygons of a map: brms's ``data2``."""


@dataclass(frozen=True)
class SmoothCall:
    """One smooth as it was asked for; an option left out, NA or NULL is empty or None.

    Args:
        call: the call itself.
        text: the formula, for messages.
        covariates: the expressions smoothed over.
        by: what multiplies the smooth, or selects its rows.
        bs: basis, one per margin in a tensor product.
        k: dimension, one per margin or basis.
        m: order, as written: numbers, or per margin a number, a tuple or None.
        fx: no penalty; one per margin, or one for all.
        xt: further settings of the basis, one mapping per margin or one for all.
        id: smooths with the same id share basis and smoothing parameter.
        sp: fixed smoothing parameters; None where it is to be estimated.
        pc: where the smooth is to be zero.
        d: numbers of covariates of the margins.
        flags: ``np``, ``mc``, ``full`` and ``ord`` as given.
    """

    call: Call
    text: str
    covariates: tuple[Node, ...]
    by: Node | None
    bs: tuple[str, ...]
    k: tuple[int, ...]
    m: tuple[Any, ...]
    fx: tuple[bool, ...]
    xt: tuple[Settings, ...]
    id: str | None
    sp: tuple[float | None, ...]
    pc: tuple[float, ...]
    d: tuple[int, ...]
    flags: Settings

    @property
    def kind(self) -> str:
        """``s``, ``te``, ``ti`` or ``t2``."""
        return self.call.function

    @property
    def label(self) -> str:
        """mgcv's label, without ``by``: ``s(x,z)``."""
        return f"{self.kind}({','.join(deparse(node) for node in self.covariates)})"

    def error(self, message: str, name: str | None = None) -> FormulaError:
        """Return an error that points at an argument, or at the whole call."""
        found = [a for a in self.call.arguments if a.name == name and name is not None]
        span = found[0].value.span if found else self.call.span
        return FormulaError(f"{message} in {deparse(self.call)}", self.text, span)


def read_smooth(call: Call, text: str, settings: Settings) -> SmoothCall:
    """Read a smooth call.

    Args:
        call: the call.
        text: the formula, for messages.
        settings: objects that ``xt`` may name.

    Raises:
        FormulaError: for an unknown option, or a value that it cannot have.
    """
    arguments = call_arguments(call, text, _ARGUMENTS[call.function])
    if not arguments.positional:
        raise arguments.error(f"{call.function}() needs a covariate")
    repeated = [n for i, n in enumerate(arguments.positional) if n in arguments.positional[:i]]
    if repeated:
        raise arguments.error(f"{deparse(repeated[0])} is given twice", repeated[0])
    by = arguments.named.get("by")
    return SmoothCall(
        call,
        text,
        arguments.positional,
        None if by is None or _is_missing(by) else by,
        bs=_many(arguments, "bs", str, "a basis such as \"cr\""),
        k=_dimensions(arguments),
        m=_order(arguments),
        fx=_many(arguments, "fx", bool, "TRUE or FALSE"),
        xt=_extra(arguments, settings),
        id=_identity(arguments),
        sp=tuple(None if value is None or value < 0 else float(value) for value in _numbers(arguments, "sp")),
        pc=_finite(arguments, "pc"),
        d=_many(arguments, "d", int, "whole numbers"),
        flags=_flags(arguments),
    )  # fmt: skip


def _is_missing(node: Node) -> bool:
    return isinstance(node, Constant) and node.value is None


def _values(arguments: CallArguments, name: str) -> tuple[Any, ...]:
    """Return a literal as a tuple, empty where it is left out, NA or NULL."""
    value = arguments.constant(name, None)
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _many(arguments: CallArguments, name: str, kind: type, what: str) -> tuple[Any, ...]:
    values = _values(arguments, name)
    for value in values:
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise arguments.error(f"{name} must be {what}, found {value!r}", arguments.named[name])
    return values


def _numbers(arguments: CallArguments, name: str) -> tuple[Any, ...]:
    values = _values(arguments, name)
    for value in values:
        if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
            raise arguments.error(f"{name} must be numbers, found {value!r}", arguments.named[name])
        if value is not None and not math.isfinite(value):
            raise arguments.error(f"{name} must be finite, found {value!r}", arguments.named[name])
    return values


def _finite(arguments: CallArguments, name: str) -> tuple[float, ...]:
    values = _numbers(arguments, name)
    if None in values:
        raise arguments.error(f"{name} must be numbers, found a missing value", arguments.named[name])
    return tuple(float(value) for value in values)


def _dimensions(arguments: CallArguments) -> tuple[int, ...]:
    """Return ``k``; -1 means the default, as in mgcv."""
    values = _many(arguments, "k", int, "one whole number" if arguments.call.function == "s" else "whole numbers")
    if any(value == -1 for value in values):
        return ()
    for value in values:
        if value < 1:
            raise arguments.error(f"k must be at least 1, found {value}", arguments.named["k"])
    return values


def _order(arguments: CallArguments) -> tuple[Any, ...]:
    values = _values(arguments, "m")
    for value in values:
        if value is None and arguments.call.function != "s":
            continue  # The default for this margin.
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, bool) or not isinstance(part, (int, float)):
                raise arguments.error(f"m must be numbers, found {part!r}", arguments.named["m"])
            if not math.isfinite(part):
                raise arguments.error(f"m must be finite, found {part!r}", arguments.named["m"])
    return values


def _identity(arguments: CallArguments) -> str | None:
    value = arguments.constant("id", None)
    if isinstance(value, (tuple, bool)):
        raise arguments.error("id must be one number or string", arguments.named["id"])
    return None if value is None else str(value)


def _flags(arguments: CallArguments) -> Settings:
    flags: dict[str, Any] = {}
    for name in ("np", "full"):
        value = arguments.constant(name, None)
        if value is not None:
            if not isinstance(value, bool):
                raise arguments.error(f"{name} must be TRUE or FALSE, found {value!r}", arguments.named[name])
            flags[name] = value
    kept = _many(arguments, "ord", int, "whole numbers")
    centred = _values(arguments, "mc")
    for value in centred:
        if value not in (True, False):
            raise arguments.error(f"mc must be TRUE or FALSE, found {value!r}", arguments.named["mc"])
    return flags | ({"ord": kept} if kept else {}) | ({"mc": tuple(map(bool, centred))} if centred else {})


def _extra(arguments: CallArguments, settings: Settings) -> tuple[Settings, ...]:
    """Return ``xt`` as one mapping per margin; a bare string is the name of a basis."""
    node = arguments.named.get("xt")
    if node is None or _is_missing(node):
        return ()
    value = _setting(node, arguments, settings)
    if isinstance(value, str):
        return ({"bs": value},)
    if isinstance(value, Mapping):
        return (value,)
    if isinstance(value, tuple) and all(v is None or isinstance(v, Mapping) for v in value):
        return tuple({} if v is None else v for v in value)
    raise arguments.error(f"xt must be list(name = value, ...), found {deparse(node)}", node)


def _setting(node: Node, arguments: CallArguments, settings: Settings) -> Any:
    """Read a literal, a ``list(...)`` or the name of one of the settings."""
    match node:
        case Paren(inner=inner):
            return _setting(inner, arguments, settings)
        case Name(name=name):
            if name in settings:
                return settings[name]
            if name in ("T", "F"):
                return name == "T"
            raise arguments.error(
                f"{name} is not known{suggestion(name, settings)}; objects that a formula names are given as "
                f"data2={{{name!r}: ...}}" + (f" (given: {known(settings)})" if settings else ""),
                node,
            )
        case Call(function="list", arguments=parts) if parts and all(a.name is not None for a in parts):
            return {str(a.name): _setting(a.value, arguments, settings) for a in parts}
        case Call(function="list" | "c", arguments=parts) if all(a.name is None for a in parts):
            return tuple(_setting(a.value, arguments, settings) for a in parts)
    try:
        return constant_value(node)
    except ValueError as fault:
        raise arguments.error(str(fault), node) from None
