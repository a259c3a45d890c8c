"""Responses that their own censoring or truncation makes impossible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import BoolArray, FloatArray
from smoothstan.design.additions import CENSORING, INTERVAL, BoundField
from smoothstan.errors import DataError, FamilyError
from smoothstan.families import Family, Response


@dataclass(frozen=True)
class Fault:
    """What is wrong with some rows.

    Args:
        field: the field of an addition that shows it.
        bad: (n,) which rows.
        text: what it is, after the words "the response ...".
        bound: (n,) numbers that end the message, or None.
    """

    field: str
    bad: BoolArray | np.ndarray
    text: str
    bound: FloatArray | None = None


def refuse_contradictions(response: Response, fields: Sequence[BoundField], family: Family) -> None:
    """Refuse responses outside their bounds, and what is censored or truncated so that it has no probability.

    Raises:
        DataError, FamilyError: naming the first row, the place underlined.
    """
    places = {bound.field.name: bound for bound in fields}
    if {"cens", "lb", "ub"} & set(places) and not family.cdf:
        raise FamilyError(f"family {family.name} has no distribution function, which cens() and trunc() need")
    if family.discrete:
        for name, bound in (("rcens", response.rcens), ("lb", response.lb), ("ub", response.ub)):
            if bound is not None:  # Those that do not matter are 0 or infinite.
                fraction = np.isfinite(bound) & (bound != np.floor(bound))
                places[name].refuse(fraction, bound, f"whole numbers for family {family.name}")
    if response.cens is not None and response.rcens is None:
        _refuse_open_intervals(response.cens == INTERVAL, places["cens"])
    for fault in _faults(response, family):
        if not np.any(fault.bad):
            continue
        row = int(np.argmax(fault.bad))
        number = "" if fault.bound is None else f", {fault.bound[row]:g},"
        raise DataError(
            f"the response {response.label!r}, {response.y[row]:g}, {fault.text}{number} in row {row} of the rows used "
            f"(rows count from 0)\n{places[fault.field].underlined}"
        )


def _faults(response: Response, family: Family) -> Iterator[Fault]:
    yield from _truncated(response, family)
    if response.cens is not None:
        yield from _censored(response, response.cens, family)


def _refuse_open_intervals(interval: BoolArray | np.ndarray, cens: BoundField) -> None:
    """Refuse interval censored responses where no y2 is given."""
    if np.any(interval):
        raise DataError(
            f"cens() needs y2, the end of the interval, as in cens({cens.expression.label}, y2): the response is "
            f"interval censored in row {int(np.argmax(interval))} of the rows used (rows count from 0)\n"
            f"{cens.underlined}"
        )


def _truncated(response: Response, family: Family) -> Iterator[Fault]:
    """Yield the responses outside their bounds, and bounds between which there is nothing."""
    y, lb, ub = response.y, response.lb, response.ub
    if lb is not None:
        yield Fault("lb", y < lb, "lies below its truncation bound", lb)
    if ub is not None:
        yield Fault("ub", y > ub, "lies above its truncation bound", ub)
        least = np.full(y.shape, family.support[0]) if lb is None else np.maximum(lb, family.support[0])
        alone = family.atom & (least == family.support[0])
        if not family.discrete:
            yield Fault("ub", (ub <= least) & ~alone, "has truncation bounds that leave no room below", ub)


def _censored(response: Response, cens: FloatArray, family: Family) -> Iterator[Fault]:
    """Yield the censored responses that nothing lies beyond; an interval holds its upper end, not its lower one."""
    y, interval = response.y, cens == INTERVAL
    end = response.rcens
    if end is not None:
        yield Fault("rcens", interval & np.isnan(end), "has no end y2 of its interval")
        yield Fault("rcens", interval & (end <= y), "is not below the end y2 of its interval", end)
    largest = np.full(y.shape, family.support[1])
    if response.trials is not None:
        largest = np.minimum(largest, response.trials)
    above = (cens == CENSORING["right"]) | interval
    yield Fault("cens", above & (y >= largest), "is said to be exceeded, but cannot be: the largest is", largest)
    if not (family.discrete or family.atom):
        smallest = np.full(y.shape, family.support[0])
        below = (cens == CENSORING["left"]) & (y <= smallest)
        yield Fault("cens", below, "is left censored, but no response is that small: all exceed", smallest)
