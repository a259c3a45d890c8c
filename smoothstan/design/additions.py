"""What can stand right of the bar in ``y | trials(n) + weights(w) ~ ...``: brms's additions to the response."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from smoothstan.arrays import BoolArray, FloatArray
from smoothstan.errors import DataError, FormulaError, NotYetSupported, underline
from smoothstan.families import Family
from smoothstan.formula import ModelFormula, call_arguments
from smoothstan.formula.arguments import constant_value
from smoothstan.formula.syntax import Call, Constant, Node
from smoothstan.table import Factor, Logical, Numeric, Table
from smoothstan.terms import Expression, bind_expression, check_functions
from smoothstan.terms.expression import as_numbers

# The largest integer of Stan.
LARGEST = 2**31 - 1
INTERVAL = 2.0
CENSORING = {"left": -1.0, "none": 0.0, "right": 1.0, "interval": INTERVAL}


def _whole(values: FloatArray) -> BoolArray:
    return np.asarray((values >= 0) & (values <= LARGEST) & (values == np.floor(values)))


@dataclass(frozen=True)
class Field:
    """An argument of an addition that gives a number per row.

    Args:
        argument: its name in the formula.
        name: its name in ``Response`` and in Stan.
        needs: what values it must have, for messages.
        allowed: which values it may have.
        stan: the Stan type of the column; ``{y}`` stands for the type of the response.
        comment: what it is.
        required: whether it must be given.
        allows: what its columns may have and others may not: ``"missing"`` or ``"infinite"`` values.
    """

    argument: str
    name: str
    needs: str
    allowed: Callable[[FloatArray], BoolArray]
    stan: str
    comment: str
    required: bool = True
    allows: str = ""


@dataclass(frozen=True)
class Kind:
    """An addition: its fields, and its options that are TRUE or FALSE."""

    fields: tuple[Field, ...]
    options: tuple[str, ...] = ()


def _any(values: FloatArray) -> BoolArray:
    return np.ones(len(values), dtype=bool)


LOWER, UPPER = "lower truncation bounds", "upper truncation bounds"


KINDS: Mapping[str, Kind] = {
    "trials": Kind((
        Field(
            "trials", "trials", f"whole numbers from 0 to {LARGEST}", _whole, "array[N] int<lower=0>",
            "number of trials",
        ),
    )),
    "weights": Kind(
        (Field("weights", "weights", "numbers >= 0", lambda v: v >= 0, "vector<lower=0>[N]", "weights"),), ("scale",)
    ),
    "cens": Kind((
        Field(
            "censored", "cens", "left, none, right, interval or -1, 0, 1, 2", lambda v: np.isin(v, (-1, 0, 1, 2)),
            "array[N] int<lower=-1, upper=2>", "-1 left, 0 not, 1 right, 2 interval censored",
        ),
        Field(
            "y2", "rcens", "numbers", _any, "{y}", "upper ends of censored intervals", required=False, allows="missing"
        ),
    )),
    "trunc": Kind((
        Field("lb", "lb", "numbers", lambda v: ~np.isnan(v), "{y}", LOWER, required=False, allows="infinite"),
        Field("ub", "ub", "numbers", lambda v: ~np.isnan(v), "{y}", UPPER, required=False, allows="infinite"),
    )),
    "se": Kind(
        (Field("se", "se", "numbers >= 0", lambda v: v >= 0, "vector<lower=0>[N]", "known errors"),), ("sigma",)
    ),
    "rate": Kind(
        (Field("denom", "denom", "positive numbers", lambda v: v > 0, "vector<lower=0>[N]", "denominators"),)
    ),
}  # fmt: skip


@dataclass(frozen=True)
class BoundField:
    """A field, the ``argument`` of the addition ``call``, with what the user wrote for it, on the data."""

    argument: str
    expression: Expression
    call: str

    @property
    def field(self) -> Field:
        """The facts of the field; they are looked up, so that what a fit stores has no functions in it."""
        return next(field for field in KINDS[self.call].fields if field.argument == self.argument)

    def at(self, table: Table) -> FloatArray:
        """Return the (n,) values on a table.

        Raises:
            DataError: naming the first value that it cannot have.
        """
        values = self._numbers(table)
        bad = ~self.field.allowed(values)
        if bad.any():
            row = int(np.argmax(bad))
            raise DataError(
                f"{self.call}() needs {self.field.needs}; {self.expression.label} is {values[row]:g} in row {row} "
                f"of the rows used (rows count from 0)\n{underline(self.expression.text, self.expression.node.span)}"
            )
        return values

    def _numbers(self, table: Table) -> FloatArray:
        value = self.expression.at(table)
        if self.field.name != "cens":
            return as_numbers(value, self.expression.node, self.expression.text)
        if isinstance(value, Factor):
            return self._labels(value)
        return as_numbers(value, self.expression.node, self.expression.text)

    def _labels(self, value: Factor) -> FloatArray:
        known = {**CENSORING, **{f"{code:g}": code for code in CENSORING.values()}, "FALSE": 0.0, "TRUE": 1.0}
        for level in value.levels:
            if level not in known:
                raise DataError(
                    f"cens() knows the labels {', '.join(CENSORING)}; {self.expression.label} has {level!r}\n"
                    f"{underline(self.expression.text, self.expression.node.span)}"
                )
        return np.asarray([known[level] for level in value.levels])[value.codes]


@dataclass(frozen=True)
class Addition:
    """An addition bound to data.

    ``switched`` names its options that are TRUE; ``factor`` multiplies weights that are to be scaled.
    """

    function: str
    fields: tuple[BoundField, ...]
    switched: tuple[str, ...]
    factor: float = 1.0

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns that it needs."""
        return tuple(name for field in self.fields for name in field.expression.variables)

    def at(self, table: Table) -> dict[str, FloatArray]:
        """Return field name -> (n,) values."""
        values = {field.field.name: field.at(table) for field in self.fields}
        if "rcens" in values:
            values["rcens"] = np.where(values["cens"] == INTERVAL, values["rcens"], 0.0)
        if "scale" in self.switched:
            values["weights"] = values["weights"] * self.factor
        return values


def bind_additions(calls: Sequence[Call], family: Family, table: Table, text: str) -> tuple[Addition, ...]:
    """Bind the additions of a formula.

    Raises:
        FormulaError, FamilyError, DataError: for one that is unknown, that the family has no use for, or is missing.
    """
    rows = tuple(call for call in calls if call.function not in (SUBSET, "thres"))
    for call in calls:
        if call.function == SUBSET:
            continue
        if call.function not in (*KINDS, "thres"):
            raise NotYetSupported(f"the addition {call.function}() is not built yet", text, call.span)
        if call.function not in family.optional_additions:
            raise FormulaError(f"family {family.name} has no use for {call.function}()", text, call.span)
    for name in family.required_additions:
        if name not in [call.function for call in rows]:
            raise FormulaError(
                f"family {family.name} needs {name}(): write 'y | {name}(n) ~ ...'", text, (0, len(text))
            )
    return tuple(_bind(call, table, text) for call in rows)


SUBSET = "subset"


def without_fields(call: Call, allows: str) -> Call:
    """Return an addition without the arguments whose columns may have missing, or infinite, values."""
    fields = KINDS[call.function].fields if call.function in KINDS else ()
    names = [field.argument for field in fields]
    left_out = {field.argument for field in fields if field.allows == allows}
    free = (name for name in names if name not in {argument.name for argument in call.arguments})
    places = [argument.name or next(free, "") for argument in call.arguments]
    kept = (a for a, name in zip(call.arguments, places, strict=True) if name not in left_out)
    return replace(call, arguments=tuple(kept))


def in_subset(formula: ModelFormula, table: Table) -> Table:
    """Return the rows that ``subset()`` keeps; all without one.

    Raises:
        DataError: if its argument is not logical, or keeps no row.
    """
    text, keep = formula.text, np.ones(table.n, dtype=bool)
    for call in (call for call in formula.additions if call.function == SUBSET):
        node = _single(call, text)
        check_functions(node, text)
        _, value = bind_expression(node, table, text)
        if not isinstance(value, (Logical, Numeric)):
            raise DataError(
                f"subset() needs a logical column, or numbers of which 0 is FALSE\n{underline(text, call.span)}"
            )
        keep &= value.values != 0
        if not keep.any():
            raise DataError(f"subset() keeps no row\n{underline(text, call.span)}")
    return table if keep.all() else table.take(np.flatnonzero(keep))


def _single(call: Call, text: str) -> Node:
    if len(call.arguments) != 1 or call.arguments[0].name is not None:
        raise FormulaError(f"{call.function}() takes one column", text, call.span)
    return call.arguments[0].value


def _bind(call: Call, table: Table, text: str) -> Addition:
    kind = KINDS[call.function]
    names = tuple(field.argument for field in kind.fields)
    arguments = call_arguments(call, text, (*names, *kind.options))
    if len(arguments.positional) > len(names) + len(kind.options):
        raise FormulaError(f"{call.function}() takes {' and '.join((*names, *kind.options))}", text, call.span)
    given = dict(zip((*names, *kind.options), arguments.positional, strict=False))
    for name in (*names, *kind.options):
        if name in arguments.named:
            if name in given:
                raise arguments.error(f"argument {name!r} is given twice", arguments.named[name])
            given[name] = arguments.named[name]
    bound = []
    for field in kind.fields:
        node = given.get(field.argument)
        if node is None or (isinstance(node, Constant) and node.value is None):
            if field.required:
                raise FormulaError(f"{call.function}() takes one column or number", text, call.span)
            continue
        check_functions(node, text)
        expression, _ = bind_expression(node, table, text, finite=not field.allows)
        bound.append(BoundField(field.argument, expression, call.function))
    if not bound:
        raise FormulaError(f"{call.function}() needs {' or '.join(names)}", text, call.span)
    switched = tuple(name for name in kind.options if _switch(given.get(name), name, arguments.error))
    addition = Addition(call.function, tuple(bound), switched)
    values = addition.at(table)
    if "scale" in switched:
        return replace(addition, factor=table.n / float(values["weights"].sum()))
    return addition


def _switch(node: Node | None, name: str, error: Callable[..., FormulaError]) -> bool:
    if node is None:
        return False
    try:
        value: Any = constant_value(node)
    except ValueError:
        value = None
    if not isinstance(value, bool):
        raise error(f"{name} must be TRUE or FALSE", node)
    return value
