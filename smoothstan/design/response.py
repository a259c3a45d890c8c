"""The response and its additions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray, IntArray, StanData
from smoothstan.design.additions import KINDS, LARGEST, Addition, BoundField, bind_additions
from smoothstan.design.categories import category_codes, found_categories
from smoothstan.design.contradictions import refuse_contradictions
from smoothstan.errors import DataError, FamilyError, counted, underline
from smoothstan.families import Family, Response
from smoothstan.families.family import first_offender
from smoothstan.formula import ModelFormula
from smoothstan.formula.syntax import deparse
from smoothstan.table import Factor, Logical, MatrixColumn, Numeric, Table, describe
from smoothstan.terms import Expression, bind_expression, check_functions
from smoothstan.terms.expression import Value, as_numbers


@dataclass(frozen=True)
class BoundResponse:
    """The response expression and its additions, bound to data.

    ``numeric`` is False for a factor or logical; ``coding`` holds the two values that stand for 0 and 1
    where a binary response came in others; ``categories`` the labels that the codes 1, 2, ... stand for,
    numbers being codes already if they are ``ordered``.
    """

    expression: Expression
    additions: tuple[Addition, ...]
    discrete: bool
    numeric: bool = True
    coding: tuple[float, float] | None = None
    categories: tuple[str, ...] = ()
    ordered: bool = False

    @property
    def label(self) -> str:
        """What the user wrote."""
        return self.expression.label

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns of the response and of its additions."""
        return (*self.expression.variables, *self.addition_reads(tuple(KINDS)))

    def addition(self, function: str) -> Addition | None:
        """Return an addition by its name, or None."""
        return next((addition for addition in self.additions if addition.function == function), None)

    def addition_reads(self, names: Sequence[str]) -> tuple[str, ...]:
        """The columns of the named additions."""
        return tuple(column for addition in self.additions if addition.function in names for column in addition.reads)

    def at(self, table: Table) -> Response:
        """Return the response and the additions on a table."""
        return Response(self.label, self.values(table), categories=self.categories, **self.additions_at(table))

    def without_values(self, table: Table, names: Sequence[str]) -> Response:
        """Return what predictions need of it: the named additions on a table."""
        return Response(self.label, np.empty(0), categories=self.categories, **self.additions_at(table, names))

    def values(self, table: Table) -> FloatArray:
        """Return the (n,) response on a table, a binary one as 0 and 1, categories as 1, 2, ..."""
        value = self.expression.at(table)
        if self.categories and not (self.ordered and isinstance(value, Numeric)):
            return category_codes(value, self.categories, self.label)
        if isinstance(value, Factor):
            y = value.codes.astype(float)
        else:
            y = as_numbers(value, self.expression.node, self.expression.text)
        if self.coding is not None:
            y = _coded(y, self.coding, self.label)
        return y

    def additions_at(self, table: Table, names: Sequence[str] = tuple(KINDS)) -> dict[str, FloatArray]:
        """Return the fields of the named additions on a table; values that they cannot have are refused."""
        chosen = (addition for addition in self.additions if addition.function in names)
        return {name: values for addition in chosen for name, values in addition.at(table).items()}

    @property
    def bound_fields(self) -> tuple[BoundField, ...]:
        """The arguments of the additions that give a number per row."""
        return tuple(bound for addition in self.additions for bound in addition.fields)

    @property
    def fields(self) -> frozenset[str]:
        """The names of what the additions give."""
        return frozenset(bound.field.name for bound in self.bound_fields)

    def columns_allowing(self, value: str) -> frozenset[str]:
        """Return the columns of bounds in which values may be ``"missing"``, or ``"infinite"``."""
        chosen = (bound for bound in self.bound_fields if bound.field.allows == value)
        return frozenset(name for bound in chosen for name in bound.expression.variables)

    @property
    def _unbounded(self) -> Mapping[str, float]:
        """The side on which a truncated response has no bound; brms's data have both sides."""
        sides = {"lb": -np.inf, "ub": np.inf}
        return {name: end for name, end in sides.items() if name not in self.fields and self.fields & set(sides)}

    @property
    def declarations(self) -> tuple[tuple[str, str, str], ...]:
        """Stan type, name and comment of the data of the additions."""
        own = "array[N] int" if self.discrete else "vector[N]"
        given = ((b.field.stan.format(y=own), b.field.name, _described(b)) for b in self.bound_fields)
        return (*given, *(("vector[N]", name, _NO_BOUND) for name in self._unbounded))

    def stan_data(self, table: Table) -> StanData:
        """Return N, Y and the additions under brms's names."""
        response = self.at(table)
        y = response.y.astype(np.int64) if self.discrete else response.y
        whole = {name for kind, name, _ in self.declarations if kind.startswith("array")}
        data: StanData = {"N": table.n, "Y": y}
        for name, values in self.additions_at(table).items():
            data[name] = _for_stan(np.ceil(values) if name == "lb" else values) if name in whole else values
        return data | {name: np.full(table.n, end) for name, end in self._unbounded.items()}


_NO_BOUND = "infinite: the response is not truncated on this side"


def _described(bound: BoundField) -> str:
    return f"{bound.field.comment}: {bound.expression.label}"


def _for_stan(values: FloatArray) -> IntArray:
    """Return whole numbers; infinite bounds become the largest that Stan can hold."""
    return np.clip(values, -LARGEST, LARGEST).astype(np.int64)


def bind_response(formula: ModelFormula, family: Family, table: Table) -> BoundResponse:
    """Bind the response; check its kind and that every value lies in the family's support.

    Raises:
        FormulaError, DataError, FamilyError: naming the place, what was found and what is allowed.
    """
    text = formula.text
    check_functions(formula.response, text)
    expression, value = bind_expression(formula.response, table, text)
    categories: tuple[str, ...] = ()
    coding = None
    if family.ordered:
        categories = _ordered_categories(value, family, formula)
    elif family.categorical:
        categories = found_categories(value, formula)
    elif isinstance(value, Factor):
        _refuse_factor(value, family, formula)
    else:
        coding = _binary_coding(as_numbers(value, formula.response, text), family)
    additions = bind_additions(formula.additions, family, table, text)
    numeric = isinstance(value, Numeric) and coding is None and not family.categorical
    bound = BoundResponse(expression, additions, family.discrete, numeric, coding, categories, family.ordered)
    response = bound.at(table)
    with response_underlined(formula):
        family.check_response(response)
        refuse_contradictions(response, bound.bound_fields, family)
        if family.discrete:
            first_offender(response, response.y > LARGEST, f"whole numbers up to {LARGEST}", family.name)
    return bound


@contextmanager
def response_underlined(formula: ModelFormula) -> Iterator[None]:
    """Underline the response of the formula in what a family has to say against it."""
    try:
        yield
    except FamilyError as fault:
        raise FamilyError(f"{fault}\n{underline(formula.text, formula.response.span)}") from None


def _ordered_categories(value: Value, family: Family, formula: ModelFormula) -> tuple[str, ...]:
    """Return the levels of an ordered factor, none for whole numbers; refuse anything else."""
    if isinstance(value, Numeric):
        return ()
    if isinstance(value, Factor) and value.ordered and len(value.levels) > 1:
        return value.levels
    found = describe(value) if isinstance(value, (Factor, Logical, MatrixColumn)) else "a matrix"
    raise FamilyError(
        f"family {family.name} needs positive whole numbers or an ordered factor with at least two levels, but "
        f"{deparse(formula.response)} is {found}\n{underline(formula.text, formula.response.span)}"
    )


def _refuse_factor(value: Factor, family: Family, formula: ModelFormula) -> None:
    """Let only a factor with two levels pass, and only where the family is binary."""
    if family.binary and len(value.levels) == 2:
        return
    needed = "0 and 1 or a factor with two levels" if family.binary else "numbers"
    raise FamilyError(
        f"family {family.name} needs {needed}, but {deparse(formula.response)} is a factor with "
        f"{counted(len(value.levels), 'level')}\n{underline(formula.text, formula.response.span)}"
    )


def _binary_coding(y: FloatArray, family: Family) -> tuple[float, float] | None:
    """Return the two values of a binary response that are not 0 and 1; the smaller stands for 0, as in brms."""
    values = np.unique(y)
    if not family.binary or len(values) != 2 or set(values) <= {0.0, 1.0}:
        return None
    return float(values[0]), float(values[1])


def _coded(y: FloatArray, coding: tuple[float, float], label: str) -> FloatArray:
    other = ~np.isin(y, coding)
    if other.any():
        row = int(np.argmax(other))
        raise DataError(
            f"the response {label!r} was coded {coding[0]:g} and {coding[1]:g} in the fit; "
            f"it is {y[row]:g} in row {row} (rows count from 0)"
        )
    return np.asarray(y == coding[1], dtype=float)
