"""Place the smooths of a formula on the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import (
    DataError,
    FormulaError,
    NotYetSupported,
    SmoothstanWarning,
    known,
    suggestion,
    underline,
    warn,
)
from smoothstan.formula.syntax import Call, Node, deparse
from smoothstan.smooths import (
    BASES,
    CATEGORICAL,
    PLANNED,
    TENSORS,
    ConstructedSmooth,
    Covariate,
    Covariates,
    PlacedBasis,
    Request,
    Rows,
    TensorRequest,
    Unsuitable,
    construct_smooth,
)
from smoothstan.table import Factor, Logical, Table, as_factor, describe
from smoothstan.terms.bound_smooth import AtData, BoundSmooth, By, Level, Multiplier, SmoothCovariate, as_covariate
from smoothstan.terms.expression import bind_expression, check_functions
from smoothstan.terms.smooth_call import Settings, SmoothCall, read_smooth

_DEFAULT_BASIS = "tp"
_SMALLEST = 1e-15
"""The range that a covariate needs, and one over the largest number that it may have."""


@dataclass(frozen=True)
class SmoothOptions:
    """What a whole fit says about its smooths.

    Args:
        knots: covariate -> knots (numbers, or the levels of a map), as mgcv's ``knots``.
        settings: objects that ``xt`` names, brms's ``data2``.
        centre: absorb the constraints.
        scale: scale the penalties.
    """

    knots: Mapping[str, Any] = field(default_factory=dict)
    settings: Settings = field(default_factory=dict)
    centre: bool = True
    scale: bool = True

    @classmethod
    def of(cls, knots: Any, data2: Any, *, centre: bool = True, scale: bool = True) -> SmoothOptions:
        """Return the options for what a user gave as ``knots`` and ``data2``; DataError if it names nothing."""
        given = {"knots": (knots, "covariates to their knots"), "data2": (data2, "names in the formula to objects")}
        for name, (value, what) in given.items():
            if value is not None and not isinstance(value, Mapping):
                raise DataError(f"{name} must be a dictionary from {what}, found {type(value).__name__}")
        return cls(dict(knots or {}), dict(data2 or {}), centre, scale)

    def check_knots(self, covariates: Sequence[str]) -> None:
        """Raise DataError if knots are given for something that no smooth is a function of."""
        for name in self.knots:
            if name not in covariates:
                raise DataError(
                    f"knots are given for {name!r}, but no smooth has this covariate{suggestion(name, covariates)} "
                    f"(covariates of smooths: {', '.join(covariates) or 'none'})"
                )


@dataclass(frozen=True)
class _Asked:
    """A smooth call with its covariates evaluated."""

    call: SmoothCall
    covariates: tuple[SmoothCovariate, ...]
    values: Covariates


def bind_smooth_calls(
    calls: Sequence[Call], table: Table, text: str, options: SmoothOptions
) -> tuple[tuple[BoundSmooth, ...], ...]:
    """Place smooths.

    Args:
        calls: ``s()``, ``te()``, ``ti()`` and ``t2()`` calls.
        table: the data.
        text: the formula, for messages.
        options: knots and settings.

    Returns:
        For every call its smooths: one, or one per level of a factor ``by``.

    Raises:
        FormulaError, DataError: naming the place, what was found and what is allowed.
    """
    asked = [_evaluate(read_smooth(call, text, options.settings), table) for call in calls]
    families = [_family(one, asked) for one in asked]
    for one, family in zip(asked, families, strict=True):
        if one is not family[0]:
            _check_link(one, family[0])
    return tuple(_bind(one, family, table, options) for one, family in zip(asked, families, strict=True))


def _evaluate(call: SmoothCall, table: Table) -> _Asked:
    _check_bases(call)
    covariates: list[SmoothCovariate] = []
    values: list[Covariate] = []
    categorical = any(name in CATEGORICAL for name in call.bs)
    for node in call.covariates:
        check_functions(node, call.text)
        expression, value = bind_expression(node, table, call.text)
        covariates.append(SmoothCovariate(expression, categorical))
        values.append(as_covariate(value, expression, categorical=categorical))
    for node, covariate in zip(call.covariates, values, strict=True):
        if not isinstance(covariate, Factor):
            _check_magnitude(call, covariate, node)
    shapes = {value.shape[1:] for value in values if not isinstance(value, Factor)}
    if len(shapes) > 1:
        raise _data_error(call, "its covariates must all be single columns, or all matrices of one width")
    return _Asked(call, tuple(covariates), tuple(values))


def _check_magnitude(call: SmoothCall, values: FloatArray, node: Node) -> None:
    """Refuse numbers whose powers cannot be represented."""
    largest, spread = np.abs(values).max(initial=0), np.ptp(values) if values.size else 0.0
    if largest > 1 / _SMALLEST or 0 < spread < _SMALLEST:
        range_ = f"{values.min():g} to {values.max():g}"
        raise DataError(
            f"{deparse(node)} goes from {range_}, too {'large' if largest > 1 else 'small'} to compute powers; rescale "
            f"it\n{underline(call.text, node.span)}"
        )


def _check_bases(call: SmoothCall) -> None:
    for name in call.bs:
        if name in PLANNED:
            raise NotYetSupported(f'the basis bs = "{name}" is not built yet (built: {known(BASES)})', call.text,
                                  call.error("", "bs").span)  # fmt: skip
        if name not in BASES:
            raise call.error(f"unknown basis {name!r}{suggestion(name, BASES)} (known: {known(BASES)})", "bs")
    if call.kind == "s" and len(call.bs) > 1:
        raise call.error("s() takes one basis", "bs")


def _family(one: _Asked, asked: Sequence[_Asked]) -> tuple[_Asked, ...]:
    """Return the calls that share this one's basis, the first of which says how it is made."""
    if one.call.id is None:
        return (one,)
    return tuple(other for other in asked if other.call.id == one.call.id)


def _check_link(one: _Asked, first: _Asked) -> None:
    """Refuse a call that cannot share the basis of the first with its id; warn of arguments that are not used."""
    call, same = one.call, "smooths with the same id"
    if call.kind != first.call.kind:
        raise call.error(f"{same} must be of one kind, found {first.call.kind} and {call.kind}", "id")
    if len(one.values) != len(first.values):
        found = f"{len(first.values)} and {len(one.values)}"
        raise call.error(f"{same} need the same number of covariates, found {found}", "id")
    for theirs, ours in zip(first.values, one.values, strict=True):
        found = f"found {_kind(theirs)} and {_kind(ours)}"
        if isinstance(ours, Factor) != isinstance(theirs, Factor):
            raise call.error(f"{same} need covariates of the same kinds, {found}", "id")
        if isinstance(ours, Factor) and isinstance(theirs, Factor) and ours.levels != theirs.levels:
            raise call.error(f"{same} need factors with the same levels, {found}", "id")
    for name in ("bs", "k", "m", "fx", "xt"):
        asked = getattr(call, name)
        if asked and asked != getattr(first.call, name):
            warn(
                f"{same} share one basis: {name} of {deparse(call.call)} is not used, that of "
                f"{deparse(first.call.call)} is", SmoothstanWarning,
            )  # fmt: skip


def _kind(values: Covariate) -> str:
    return describe(values) if isinstance(values, Factor) else "numbers"


def _bind(one: _Asked, family: tuple[_Asked, ...], table: Table, options: SmoothOptions) -> tuple[BoundSmooth, ...]:
    call, first = one.call, family[0]
    values = (
        one.values
        if len(family) == 1
        else tuple(_stack(parts) for parts in zip(*(f.values for f in family), strict=True))
    )
    basis = _place(first.call, values, options)
    by = _by(call, one.values, table)
    rows = _rows(values, by[0][0], table)
    # Linked smooths, and the levels of a factor, are placed on other rows than each of them has.
    alone = len(family) == 1 and not isinstance(by[0][0], Level)
    at_data = AtData(table, rows.keep(basis)) if alone else None
    smooth = _construct(call, first.call, basis, at_data.rows if at_data else rows, options)
    smoothing = _smoothing(first.call, smooth)
    term, link = deparse(call.call), call.id
    return tuple(
        BoundSmooth(term, call.label + label, one.covariates, multiplier, smooth, smoothing, link, at_data)
        for multiplier, label in by
    )


def _stack(parts: Sequence[Covariate]) -> Covariate:
    """Put the covariates of linked smooths under each other, so that they share one basis."""
    factors = [part for part in parts if isinstance(part, Factor)]
    if not factors:
        return np.concatenate([part for part in parts if not isinstance(part, Factor)])
    return replace(factors[0], codes=np.concatenate([f.codes for f in factors]))


def _place(call: SmoothCall, values: Covariates, options: SmoothOptions) -> PlacedBasis:
    names = tuple(deparse(node) for node in call.covariates)
    knots = tuple(options.knots.get(name) for name in names)
    stacked = Rows(values).stacked
    try:
        if call.kind == "s":
            if len(call.xt) > 1:
                raise call.error("s() takes one list of settings", "xt")
            xt = call.xt[0] if call.xt else {}
            request = Request(names, call.k, call.m, xt, knots, linked=call.id is not None)
            return BASES[call.bs[0] if call.bs else _DEFAULT_BASIS](stacked, request)
        return TENSORS[call.kind](stacked, _tensor_request(call, names, knots), BASES)
    except ValueError as fault:
        if isinstance(fault, (FormulaError, DataError)):
            raise
        raise _data_error(call, str(fault), fault.place if isinstance(fault, Unsuitable) else None) from None


def _tensor_request(call: SmoothCall, names: tuple[str, ...], knots: tuple[Any, ...]) -> TensorRequest:
    return TensorRequest(
        names=names, d=call.d, k=call.k, bs=call.bs, m=call.m, fx=call.fx, xt=call.xt, knots=knots, **call.flags
    )


def _by(call: SmoothCall, values: Covariates, table: Table) -> list[tuple[By | None, str]]:
    """Return what every smooth of the call is multiplied by or restricted to, and what its label adds."""
    if call.by is None:
        return [(None, "")]
    check_functions(call.by, call.text)
    expression, value = bind_expression(call.by, table, call.text)
    label = f":{expression.label}"
    if isinstance(value, Logical):
        value = as_factor(value)
    if not isinstance(value, Factor):
        multiplier = Multiplier(expression)
        weights = multiplier.at(table)
        place = underline(call.text, call.by.span)
        _check_magnitude(call, weights, call.by)
        widths = [c.shape[1] if c.ndim == 2 else 1 for c in values if not isinstance(c, Factor)]
        if weights.ndim == 2 and any(width != weights.shape[1] for width in widths):
            raise DataError(
                f"{expression.label} is a matrix of {weights.shape[1]} columns, "
                f"but the covariates of {call.label} have {widths[0]}\n{place}"
            )
        if not np.any(weights):
            raise DataError(f"{expression.label} is zero in every row, so {call.label} has no effect\n{place}")
        return [(multiplier, label)]
    levels = value.levels[1:] if value.ordered and len(value.levels) > 1 else value.levels
    return [(Level(expression, level), label + level) for level in levels]


def _rows(values: Covariates, by: By | None, table: Table) -> Rows:
    weights = by.at(table) if isinstance(by, Multiplier) else None
    rows = Rows(values, weights)
    if weights is not None and rows.n != len(weights):
        # Linked smooths are placed on all their rows together; what is constant stays so.
        return Rows(values, None if np.ptp(weights) == 0 else np.resize(weights, rows.n))
    return rows


def _construct(
    call: SmoothCall, first: SmoothCall, basis: PlacedBasis, rows: Rows, options: SmoothOptions
) -> ConstructedSmooth:
    unpenalised = call.kind == "s" and any(first.fx)
    if call.kind == "s" and len(first.fx) > 1:
        raise call.error("s() takes one fx", "fx")
    point = _point(call, rows.covariates)
    return construct_smooth(
        basis, rows, point=point, unpenalised=unpenalised, centre=options.centre, scale=options.scale
    )


def _point(call: SmoothCall, values: Covariates) -> Covariates | None:
    if not call.pc:
        return None
    if len(call.pc) != len(values):
        raise call.error(f"pc must give one number per covariate, {len(values)}, found {len(call.pc)}", "pc")
    if any(isinstance(value, Factor) for value in values):
        raise call.error("pc needs numeric covariates", "pc")
    return tuple(np.asarray([number]) for number in call.pc)


def _smoothing(call: SmoothCall, smooth: ConstructedSmooth) -> tuple[float | None, ...]:
    count = len(smooth.scales) if not smooth.unpenalised else 0
    if not call.sp or count == 0:
        return (None,) * count
    if len(call.sp) != count:
        raise call.error(f"sp must give one number per penalty, {count}, found {len(call.sp)}", "sp")
    return call.sp


def _data_error(call: SmoothCall, fault: str, place: str | int | None = None) -> DataError | FormulaError:
    """Return the fault with the place underlined: an option, a covariate, or the whole call."""
    if isinstance(place, str):
        return call.error(fault, place)
    span = call.call.span if place is None else call.covariates[place].span
    return DataError(f"{deparse(call.call)}: {fault}\n{underline(call.text, span)}")


def smooth_covariates(calls: Sequence[Call]) -> tuple[str, ...]:
    """Return the covariates for which knots can be given."""
    positional: list[Node] = [a.value for call in calls for a in call.arguments if a.name is None]
    return tuple(dict.fromkeys(deparse(node) for node in positional))
