"""Which rows are left out together.

Source: the rules (sizes of folds, who stays together) of loo's kfold_split_random, _stratified and _grouped, and of
brms's kfold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from smoothstan.arrays import IntArray
from smoothstan.design import Design
from smoothstan.engines import check_whole
from smoothstan.errors import DataError, OptionError
from smoothstan.table import Factor
from smoothstan.terms import combined_factor

WAYS = ("random", "stratified", "grouped", "loo")


@dataclass(frozen=True)
class Folds:
    """A partition of the rows.

    Args:
        ids: (n,) the fold in which a row is predicted, from 0.
        omitted: per fold the rows that its fit leaves out: those that it predicts, and with ``folds="loo"`` and a
            group the rest of their group.
        way: ``"random"``, ``"stratified"``, ``"grouped"``, ``"loo"``, ``"group"`` or ``"custom"``.
        group: the grouping, or empty.
        members: (n,) the level of the grouping of every row, from 0; empty without one.
    """

    ids: IntArray
    omitted: tuple[IntArray, ...]
    way: str
    group: str
    members: IntArray

    @property
    def count(self) -> int:
        """The number of folds."""
        return len(self.omitted)

    def predicted(self, fold: int) -> IntArray:
        """Return the rows that a fold predicts."""
        return np.flatnonzero(self.ids == fold).astype(np.int64)


def make_folds(design: Design, k: int, folds: Any, group: str | None, rng: np.random.Generator) -> Folds:
    """Partition the rows of a design.

    Args:
        design: the model.
        k: the number of folds where ``folds`` does not say it.
        folds: None, a way by name, or (n,) values that name the fold of every row.
        group: a factor of the model, or a combination ``"g1:g2"``; None for none.
        rng: the source of random numbers.

    Raises:
        OptionError: for an argument outside its range.
    """
    n = design.n
    members = np.empty(0, dtype=np.int64) if group is None else _members(design, group)
    if folds is None:
        way = "random" if group is None else "group"
    elif isinstance(folds, str):
        way = folds
    else:
        return _partition(_custom(folds, n), "custom", group, members)
    if way not in (*WAYS, "group"):
        raise OptionError(f"folds is one of {', '.join(map(repr, WAYS))} or the fold of every row, got {folds!r}")
    if way in ("stratified", "grouped", "group") and group is None:
        raise OptionError(f"folds={way!r} needs group=, the factor by which the rows are split")
    if way == "group":
        return _partition(members, way, group, members)
    if way == "loo":
        return _one_by_one(n, group, members)
    check_whole("K", k, 2)
    if k > n:
        raise OptionError(f"K is {k}, but there are only {n} rows")
    ids = {"random": lambda: split_random(k, n, rng), "stratified": lambda: split_stratified(k, members, rng),
           "grouped": lambda: split_grouped(k, members, rng)}[way]()  # fmt: skip
    return _partition(ids, way, group, members)


def split_random(k: int, n: int, rng: np.random.Generator) -> IntArray:
    """Split ``n`` rows into ``k`` folds of nearly equal size, (n,) from 0."""
    # The limits count from 1 and the last fold is closed on the right, as in loo.
    limits = np.ceil(np.linspace(1, n, k + 1)[1:-1])
    return np.searchsorted(limits, rng.permutation(n) + 1, side="right").astype(np.int64)


def split_stratified(k: int, members: IntArray, rng: np.random.Generator) -> IntArray:
    """Split rows so that every fold has nearly the same share of every level."""
    shuffled = rng.permutation(len(members))
    order = shuffled[np.argsort(members[shuffled], kind="stable")]
    ids = np.empty(len(members), dtype=np.int64)
    ids[order] = np.arange(len(members)) % k
    return ids


def split_grouped(k: int, members: IntArray, rng: np.random.Generator) -> IntArray:
    """Split rows so that all rows of a level are in one fold; folds have nearly equal numbers of levels."""
    levels = int(members.max()) + 1
    if k > levels:
        raise OptionError(f"K is {k}, but the grouping has only {levels} levels")
    if k == levels:
        return members
    sizes = np.full(k, levels // k)
    sizes[: levels % k] += 1
    return np.repeat(np.arange(k), sizes)[rng.permutation(levels)][members].astype(np.int64)


def _partition(ids: IntArray, way: str, group: str | None, members: IntArray) -> Folds:
    count = int(ids.max()) + 1
    if count < 2:
        raise OptionError("all rows are in one fold; there must be at least 2 folds")
    omitted = tuple(np.flatnonzero(ids == fold).astype(np.int64) for fold in range(count))
    return Folds(ids, omitted, way, group or "", members)


def _one_by_one(n: int, group: str | None, members: IntArray) -> Folds:
    """Leave out one row at a time, with its group where there is one."""
    ids = np.arange(n)
    if group is None:
        return _partition(ids, "loo", group, members)
    by_level = [np.flatnonzero(members == level).astype(np.int64) for level in range(int(members.max()) + 1)]
    return Folds(ids, tuple(by_level[level] for level in members), "loo", group, members)


def _custom(folds: Any, n: int) -> IntArray:
    values = np.asarray(folds)
    if values.shape != (n,):
        raise OptionError(
            f"folds must name the fold of each of the {n} rows that the fit uses, got an array of shape {values.shape}"
        )
    if values.dtype.kind == "f" and np.isnan(values).any():
        raise OptionError(f"folds has no value in row {int(np.argmax(np.isnan(values)))} (rows count from 0)")
    try:
        return np.unique(values, return_inverse=True)[1].astype(np.int64)
    except TypeError:
        raise OptionError("folds must hold values of one kind: numbers or strings") from None


def _members(design: Design, group: str) -> IntArray:
    """Return the level of every row, from 0, of the levels that occur."""
    valid = _groupings(design)
    if not isinstance(group, str) or group.replace(" ", "") not in valid:
        raise OptionError(f"group must be a factor of the model ({', '.join(valid) or 'it has none'}), got {group!r}")
    columns = valid[group.replace(" ", "")]
    try:
        codes = combined_factor(design.table, columns).drop_unused().codes
    except DataError as fault:
        raise OptionError(f"group={group!r}: {fault}") from None
    if int(codes.max()) == 0:
        raise OptionError(f"the grouping {group!r} has one level only")
    return codes


def _groupings(design: Design) -> dict[str, tuple[str, ...]]:
    """Return label -> columns of what the model can be split by: its groupings, and its factors."""
    single = [term for term in design.groups if len(term.membership.members) == 1]
    found = {term.group.replace(" ", ""): term.columns for term in single}
    for term in design.groups:
        found |= {name: (name,) for name in term.columns}
    factors = {name: (name,) for name, column in design.table.columns.items() if isinstance(column, Factor)}
    return found | factors
