"""The variables of a model as marginal effects see them: numbers, binary numbers, logicals, or categories."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from smoothstan.design import Design
from smoothstan.errors import DataError, OptionError, suggestion
from smoothstan.formula.syntax import Binary, Call, Name, Node, Paren, Unary
from smoothstan.table import Column, Factor, Logical, MatrixColumn, Numeric
from smoothstan.terms import AuxiliaryTerm, GroupTerm, OffsetTerm

_LABELLING = ("factor", "as.factor", "ordered", "C", "relevel")
_BARS = ("|", "||")


def variable_kind(design: Design, name: str) -> str:
    """Return ``"numeric"``, ``"binary"`` (numbers 0 and 1), ``"logical"`` or ``"categorical"``.

    Numbers that only say which category or group a row is in, as in ``factor(x)`` and ``(1 | x)``, are categorical.

    Raises:
        DataError: for a column that holds a matrix.
    """
    column = design.table[name]
    if isinstance(column, MatrixColumn):
        raise DataError(f"column {name!r} holds a matrix; marginal effects need one value per row")
    if isinstance(column, Factor):
        return "categorical"
    if isinstance(column, Logical):
        return "logical"
    if _only_labels(design, name):
        return "categorical"
    return "binary" if set(np.unique(column.values)) <= {0.0, 1.0} else "numeric"


def level_values(design: Design, name: str) -> list[Any]:
    """Return the levels of a categorical variable in order: strings, or numbers that are used as labels."""
    column = design.table[name]
    if isinstance(column, Factor):
        return list(column.drop_unused().levels)
    values = np.unique(_numbers(column))
    whole = getattr(column, "whole", False)
    return [int(v) if whole else float(v) for v in values]


def constant_column(known: Column, value: Any, n: int) -> Column:
    """Return a column of the kind of ``known`` with the same value in all rows."""
    if isinstance(known, Factor):
        return Factor(np.full(n, known.levels.index(value), dtype=np.int64), known.levels, known.ordered)
    if isinstance(known, Logical):
        return Logical(np.full(n, float(value)))
    return numeric_column(known, np.full(n, float(value)))


def numeric_column(known: Column, values: np.ndarray) -> Numeric:
    """Return numbers that stay whole only where they are, so that labels made of them read as in the fit."""
    whole = getattr(known, "whole", False) and bool(np.all(values == np.floor(values)))
    return Numeric(np.asarray(values, dtype=float), whole)


def default_variables(design: Design, dpar: str | None) -> tuple[str, ...]:
    """Return the variables to vary where none are named, in alphabetical order.

    Those that only say which group or which thresholds a row has, stand in an offset alone or hold matrices are left
    out; with ``dpar`` so are those that do not predict it.
    """
    found = dict.fromkeys(name for term in design.terms for name in _effect_columns(term, dpar))
    return tuple(sorted(name for name in found if not isinstance(design.table[name], MatrixColumn)))


def check_variable(design: Design, name: Any) -> str:
    """Return the name of a variable that predictions depend on.

    Raises:
        OptionError: for anything else.
    """
    known = design.predictor_reads()
    if not isinstance(name, str):
        raise OptionError(f"variables holds names of columns, got {name!r}")
    if name in known:
        return name
    if name in design.response.expression.variables:
        raise OptionError(f"{name!r} is the response; variables are what predicts it ({', '.join(known)})")
    if name in design.table:
        raise OptionError(
            f"{name!r} does not enter the predictions that are asked for (see re_formula and integrate_groups); "
            f"these do: {', '.join(known)}"
        )
    raise OptionError(f"the model has no variable {name!r}{suggestion(name, known)} (it has: {', '.join(known)})")


def _effect_columns(term: Any, dpar: str | None) -> Iterable[str]:
    if isinstance(term, (AuxiliaryTerm, OffsetTerm)):
        return ()
    if isinstance(term, GroupTerm):
        effects = [e for e in term.effects if dpar in (None, e.dpar)]
        return [n for e in effects for n in e.reads if n in term.effect_reads]
    own = getattr(term, "dpar", None)
    return () if own is None or dpar not in (None, own) else tuple(term.reads)


def _only_labels(design: Design, name: str) -> bool:
    if name in design.grouping_only():
        return True
    places = [place for predictor in design.formula.predictors for place in _places(predictor.rhs, name, False)]
    return bool(places) and all(places)


def _places(node: Node, name: str, label: bool) -> Iterator[bool]:
    """Yield for every place of a column whether it is read as a label there."""
    match node:
        case Name():
            if node.name == name:
                yield label
        case Call(function=function, arguments=arguments):
            for argument in arguments:
                yield from _places(argument.value, name, label or function in _LABELLING)
        case Unary(operand=inner) | Paren(inner=inner):
            yield from _places(inner, name, label)
        case Binary(operator=operator, left=left, right=right):
            yield from _places(left, name, label)
            yield from _places(right, name, label or operator in _BARS)
        case _:
            return


def _numbers(column: Column) -> np.ndarray:
    assert isinstance(column, (Numeric, Logical))
    return column.values
