"""Overlay the default priors of a model with the user's, and check that they fit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from smoothstan.errors import PriorError, PriorWarning, suggestion, warn
from smoothstan.numerals import format_number
from smoothstan.priors.distribution import is_correlations, is_simplex, parse_distribution
from smoothstan.priors.prior import Prior, PriorSet
from smoothstan.priors.shrinking import check_shrinkage
from smoothstan.priors.slot import PriorSlot
from smoothstan.priors.table import PriorRow, PriorTable, ResolvedPrior, default_table

TURN = 2 * math.pi
Address = tuple[str, str, str, str]


def resolve_priors(slots: Iterable[PriorSlot], priors: Prior | PriorSet | Sequence[Prior] = ()) -> PriorTable:
    """Overlay the default priors with the user's.

    Warns:
        PriorWarning: for a prior of a class or group whose parameters all have closer ones.

    Raises:
        PriorError: if a prior matches no parameter (the nearest is named), is given twice, or does not
            fit the kind of parameter.
    """
    table = default_table(slots)
    rows = {row.slot.address: row for row in table.rows}
    found: dict[Address, Prior] = {}
    for given in as_priors(priors):
        address = given.address
        if address not in rows:
            raise PriorError(_no_match(given, address, tuple(rows)))
        row = rows[address]
        if row.source == "user":
            raise PriorError(
                f"two priors are given for the same parameters: {found[address]} and\n{given.underlined('class_')}"
            )
        found[address] = given
        _check_kind(given, row.slot)
        whole = rows.get((address[0], "", "", address[3]), row)
        bounded = given.lb is not None or given.ub is not None
        lb, ub = _bounds(given, whole.slot if bounded else row.slot)
        rows[address] = PriorRow(replace(row.slot, lb=lb, ub=ub), given.text, "user")
    result = PriorTable(tuple(_shared(rows).values()))
    check_shrinkage(result)
    for row in result.rows:
        if (given_here := _given(row, found)) is not None:
            _check_support(row, result, given_here)
        _warn_of_unused(row, result)
    return result


def _given(row: PriorRow, found: Mapping[Address, Prior]) -> Prior | None:
    """Return the user's prior of a row: the one for its address, or the shared one of its class."""
    if row.source != "user":
        return None
    own = found.get(row.slot.address)
    return own or next((prior for address, prior in found.items() if address[0] == row.slot.class_), None)


def _shared(rows: dict[Address, PriorRow]) -> dict[Address, PriorRow]:
    """Spread the user's priors of shared rows over the same class of all parameters that have none of the user's."""
    given = {row.slot.class_: row for row in rows.values() if row.slot.shared and row.source == "user"}

    def spread(row: PriorRow) -> PriorRow:
        above = given.get(row.slot.class_)
        if above is None or row.slot.shared or row.source == "user" or row.slot.coef or row.slot.group:
            return row
        return PriorRow(replace(row.slot, lb=above.slot.lb, ub=above.slot.ub), above.text, "user")

    return {address: spread(row) for address, row in rows.items()}


def as_priors(priors: Any) -> tuple[Prior, ...]:
    """Return one prior or several as a tuple; PriorError for anything else."""
    given = list(priors) if isinstance(priors, (list, tuple, PriorSet)) else [priors]
    found: list[Prior] = []
    for prior in given:
        if isinstance(prior, PriorSet):
            found += prior.priors
        elif isinstance(prior, Prior):
            found.append(prior)
        else:
            raise PriorError(f"priors are made with prior('normal(0, 5)', class_='b', ...), got {prior!r}")
    return tuple(found)


def _bounds(given: Prior, slot: PriorSlot) -> tuple[float | None, float | None]:
    """Return the bounds that the user asks for within those that the parameter has by nature."""
    if not slot.bounded and (given.lb is not None or given.ub is not None):
        raise PriorError(
            f"thresholds that must increase have no bounds of their own; leave lb and ub out\n"
            f"{given.underlined('lb', 'ub')}"
        )
    lb = slot.lb if given.lb is None else given.lb
    ub = slot.ub if given.ub is None else given.ub
    if slot.lb is not None and lb is not None and lb < slot.lb:
        raise PriorError(f"lb={lb:g} lies below the parameter's own bound, {slot.lb:g}\n{given.underlined('lb')}")
    if slot.ub is not None and ub is not None and ub > slot.ub:
        raise PriorError(f"ub={ub:g} lies above the parameter's own bound, {slot.ub:g}\n{given.underlined('ub')}")
    if lb is not None and ub is not None and not lb < ub:
        raise PriorError(f"no value lies between the bounds lb={lb:g} and ub={ub:g}\n{given.underlined('lb', 'ub')}")
    return lb, ub


_KINDS = {
    "cor": (is_correlations, "lkj(eta) is the prior of correlations (class_='cor'), and their only one"),
    "simo": (is_simplex, "dirichlet(alpha) is the prior of simplexes (class_='simo'), and their only one"),
}  # fmt: skip


def _check_kind(given: Prior, slot: PriorSlot) -> None:
    """Refuse bounds of, and densities of numbers for, what is no number, and the other way round."""
    class_ = given.address[0]
    if class_ in _KINDS and (given.lb is not None or given.ub is not None):
        kind = "correlations" if class_ == "cor" else "simplexes"
        raise PriorError(f"{kind} have no bounds of their own; leave lb and ub out\n{given.underlined('lb', 'ub')}")
    if not given.text:
        return
    distribution = parse_distribution(given.text)
    for kind, (is_kind, message) in _KINDS.items():
        if is_kind(distribution) != (class_ == kind):
            raise PriorError(f"{message}\n{given.underlined()}")
    if class_ == "simo":
        try:
            distribution.concentrations(slot.size)
        except PriorError as fault:
            raise PriorError(f"{fault}\n{given.underlined()}") from None


def _check_support(row: PriorRow, table: PriorTable, given: Prior) -> None:
    """Refuse a user's density without mass between the bounds, and one on a parameter that can leave its support."""
    slot = row.slot
    if not row.text or slot.class_ in _KINDS:
        return
    resolved = table.resolve(slot.class_, slot.coef, slot.group, slot.dpar)
    distribution = parse_distribution(row.text)
    if distribution.shrinkage is not None:
        return
    bounds = f"lb={_written(resolved.lb)} and ub={_written(resolved.ub)}"
    if distribution.constant is not None:
        _check_constant(distribution.constant, row, resolved, given)
        return
    if distribution.density.circular:
        _check_turn(resolved, bounds, given)
    lower, upper = distribution.support
    if _at_least(lower, resolved.ub) or _at_least(resolved.lb, upper):
        raise PriorError(
            f"the prior {row.text!r} of class {slot.class_!r} has no mass between the bounds {bounds}\n"
            f"{given.underlined()}"
        )
    for name, edge, bound in (("lb", lower, resolved.lb), ("ub", upper, resolved.ub)):
        outside = edge is not None and (bound is None or (bound < edge if name == "lb" else bound > edge))
        if outside:
            raise PriorError(
                f"the prior {row.text!r} has no density beyond {edge:g}, where parameters of class {slot.class_!r} "
                f"can go ({bounds}); set {name}={edge:g} for the class\n{given.underlined()}"
            )


def _check_constant(value: float, row: PriorRow, resolved: ResolvedPrior, given: Prior) -> None:
    """Refuse to hold a parameter beyond its bounds, or at those that it can only come near."""
    strict = not row.slot.open_range
    if _at_least(resolved.lb, value, strict=strict) or _at_least(value, resolved.ub, strict=strict):
        ends = ", which are excluded" if row.slot.open_range else ""
        raise PriorError(
            f"the prior {row.text!r} of class {row.slot.class_!r} lies outside the bounds "
            f"lb={_written(resolved.lb)} and ub={_written(resolved.ub)}{ends}\n{given.underlined()}"
        )


def _check_turn(resolved: ResolvedPrior, bounds: str, given: Prior) -> None:
    """Refuse a density that repeats where the bounds leave more than one turn."""
    if resolved.lb is None or resolved.ub is None or resolved.ub - resolved.lb > TURN * (1 + 1e-9):
        raise PriorError(
            f"the density {given.text!r} repeats every 2 pi, but parameters of class {given.class_!r} have the bounds "
            f"{bounds}; set lb and ub for the class, at most 2 pi apart\n{given.underlined()}"
        )


def _warn_of_unused(row: PriorRow, table: PriorTable) -> None:
    """Warn of a user's prior that no parameter follows."""
    slot = row.slot
    parameters = table.below(row)
    if row.source != "user" or not row.text or not parameters:
        return
    holders = (table.holding(*r.slot.address) for r in parameters)
    if not any(holder is row for holder in holders):
        where = f"class {slot.class_!r}" + (f" and group {slot.group!r}" if slot.group else "")
        warn(
            f"the prior {row.text!r} of {where} is not used: all its parameters have priors of their own", PriorWarning
        )


def _written(bound: float | None) -> str:
    return "None" if bound is None else format_number(bound)


def _at_least(value: float | None, bound: float | None, *, strict: bool = False) -> bool:
    if value is None or bound is None:
        return False
    return value > bound if strict else value >= bound


_PARTS = (("dpar", 3), ("group", 2), ("coef", 1))


def _no_match(given: Prior, address: Address, known: tuple[Address, ...]) -> str:
    """Say which part of an address the model does not have, given the parts before it, and what is nearest."""
    message = f"{given} matches no parameter of this model"
    class_, rows = address[0], [row for row in known if row[0] == address[0]]
    if not rows:
        classes = sorted({row[0] for row in known})
        hint = _other_class(class_, known) or suggestion(class_, classes)
        return (
            f"{message}: there is no class {class_!r}{hint} (classes: {', '.join(classes)})\n"
            f"{given.underlined('class_')}"
        )
    of = ""
    for label, i in _PARTS:
        value, left = address[i], [row for row in rows if row[i] == address[i]]
        if not left:
            choices = sorted({row[i] for row in rows if row[i]})
            same_class = [row for row in known if row[0] == class_]
            hint = (
                suggestion(value, choices)
                or _elsewhere(label, value, same_class)
                or _needless(label, value, class_, choices)
            )
            return (
                f"{message}: no {label} {value!r} in class {class_!r}{of}{hint} (there: {', '.join(choices) or 'none'})"
                f"\n{given.underlined(label, 'class_')}"
            )
        rows = left
        of += f" of {label} {value!r}" if value else ""
    return message


def _other_class(class_: str, known: tuple[Address, ...]) -> str:
    """Say where the parameter is whose name stands in the place of a class."""
    if any(row[3] == class_ for row in known):
        return f"; {class_} is predicted: see dpar={class_!r}"
    for row in known:
        name = "_".join(part for part in (row[0], row[2] + "_" if row[2] else "", row[3], row[1]) if part)
        if row[1] and class_ in (row[1], name):
            return f"; it is the coefficient coef={row[1]!r} of class {row[0]!r}"
    return ""


def _needless(label: str, value: str, class_: str, choices: Sequence[str]) -> str:
    """Say that an argument repeats the class, or names a class itself."""
    short = value.removeprefix(f"{class_}_")
    if short != value and short in choices:
        return f"; did you mean {short!r}?"
    if label == "dpar" and value == class_:
        return "; leave dpar out: the class says it"
    if label == "coef" and value == "Intercept":
        return "; the intercept has a class of its own, class_='Intercept'"
    return ""


def _elsewhere(label: str, value: str, rows: Sequence[Address]) -> str:
    """Say with which group or parameter a class has what it lacks here."""
    own = dict(_PARTS)[label]
    found = next((row for row in rows if value and row[own] == value), None)
    if found is None:
        return ""
    others = ", ".join(f"{name}={found[i]!r}" for name, i in _PARTS if name != label and found[i])
    return f"; it is there with {others}" if others else "; it is there without dpar and group"
