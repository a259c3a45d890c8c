"""The thresholds of an ordinal model: how many there are, and in which groups; ``thres(n, gr = g)``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import BoolArray, FloatArray
from smoothstan.errors import DataError, DataWarning, FormulaError, underline, warn
from smoothstan.families import Family
from smoothstan.formula import ModelFormula, PredictorFormula, TermList, call_arguments, expand
from smoothstan.formula.syntax import Call, Constant, Node
from smoothstan.table import Factor, Logical, Table, as_factor
from smoothstan.terms import (
    CATEGORY_SPECIFIC,
    BoundTerm,
    Expression,
    ThresholdBlock,
    ThresholdTerm,
    bind_category_effects,
    bind_expression,
    bind_linear,
    check_functions,
)
from smoothstan.terms.expression import bind_numbers

THRES = "thres"
MOST = 10_000


@dataclass(frozen=True)
class Thresholds:
    """The thresholds by group, and the expression that says the group, or None for one set of thresholds."""

    blocks: tuple[ThresholdBlock, ...]
    grouping: Expression | None

    @property
    def most(self) -> int:
        """The largest number of thresholds."""
        return max(block.count for block in self.blocks)

    def labels(self, categories: tuple[str, ...]) -> tuple[str, ...]:
        """Return the labels of all categories: those given, numbers beyond them."""
        return (*categories, *(str(k) for k in range(len(categories) + 1, self.most + 2)))


def count_thresholds(formula: ModelFormula, y: FloatArray, table: Table) -> Thresholds:
    """Return the thresholds of a model: one less than the categories seen, or as many as ``thres()`` says.

    Raises:
        FormulaError, DataError: if they are fewer than the response needs, none, or differ within a group.
    """
    call = next((call for call in formula.additions if call.function == THRES), None)
    place = formula.response.span if call is None else call.span
    number, group = (None, None) if call is None else _arguments(call, formula.text)
    given = None if number is None else _numbers(number, formula, table)
    if group is None:
        every = np.ones(table.n, dtype=bool)
        count = _count(y, given, every, "", underline(formula.text, place))
        return Thresholds((ThresholdBlock(0, "", count),), None)
    check_functions(group, formula.text)
    grouping, value = bind_expression(group, table, formula.text)
    if not isinstance(value, (Factor, Logical)):
        raise DataError(
            f"gr= of thres() must be a factor, {grouping.label} is not; write factor({grouping.label}) for groups that "
            f"are numbers\n{underline(formula.text, group.span)}"
        )
    factor = as_factor(value).drop_unused()
    blocks = tuple(
        ThresholdBlock(i, level, _count(y, given, factor.codes == i - 1, level, underline(formula.text, place)))
        for i, level in enumerate(factor.levels, start=1)
    )
    _refuse_repeated(blocks, formula, call)
    return Thresholds(blocks, grouping)


def _arguments(call: Call, text: str) -> tuple[Node | None, Node | None]:
    arguments = call_arguments(call, text, ("x", "gr"))
    given = dict(zip(("x", "gr"), arguments.positional, strict=False))
    if len(arguments.positional) > 2 or set(given) & set(arguments.named):
        raise FormulaError("thres() takes a number of thresholds and gr=, a column of groups", text, call.span)
    given |= arguments.named
    wanted = [None if _is_empty(node) else node for node in (given.get("x"), given.get("gr"))]
    if wanted == [None, None]:
        raise FormulaError("thres() needs a number of thresholds or gr=, a column of groups", text, call.span)
    return wanted[0], wanted[1]


def _is_empty(node: Node | None) -> bool:
    return node is None or (isinstance(node, Constant) and node.value is None)


def _numbers(node: Node, formula: ModelFormula, table: Table) -> FloatArray:
    check_functions(node, formula.text)
    _, values = bind_numbers(node, table, formula.text)
    bad = (values < 1) | (values > MOST) | (values != np.floor(values))
    if bad.any():
        most = f"; at most {MOST} can be had" if values.max() > MOST else ""
        raise DataError(
            f"the number of thresholds must be a positive whole number, found {values[np.argmax(bad)]:g}{most}\n"
            f"{underline(formula.text, node.span)}"
        )
    return values


def _count(y: FloatArray, given: FloatArray | None, rows: BoolArray, level: str, where: str) -> int:
    """Return the number of thresholds of some rows, those of a group or all."""
    whose = f" of {level!r}" if level else ""
    needed = int(y[rows].max()) - 1
    if needed > MOST:
        raise DataError(f"the response{whose} reaches category {needed + 1}; at most {MOST + 1} can be had\n{where}")
    if given is None:
        if needed < 1:
            raise DataError(
                f"the response{whose} has a single category, and so no threshold; at least two are needed\n{where}"
            )
        return needed
    found = np.unique(given[rows])
    if len(found) > 1:
        among = f"the group {level!r}" if level else "all rows"
        raise DataError(
            f"the number of thresholds must be the same in {among}, found {', '.join(f'{v:g}' for v in found)}\n{where}"
        )
    if found[0] < needed:
        raise DataError(
            f"the response{whose} reaches category {needed + 1}, which needs {needed} thresholds; thres() gives "
            f"{found[0]:g}\n{where}"
        )
    return int(found[0])


def _refuse_repeated(blocks: tuple[ThresholdBlock, ...], formula: ModelFormula, call: Call | None) -> None:
    for name in _repeated([block.group for block in blocks]):
        assert call is not None
        raise DataError(
            f"two groups of thresholds get the same name {name!r}; rename a level\n{underline(formula.text, call.span)}"
        )


def _repeated(names: list[str]) -> Iterator[str]:
    return (name for i, name in enumerate(names) if name in names[:i])


def bind_beside_thresholds(
    thresholds: Thresholds, parts: TermList, predictor: PredictorFormula, family: Family, table: Table
) -> Iterator[BoundTerm]:  # fmt: skip
    """Bind thresholds, population-level columns and category specific effects of the latent mean.

    The columns are centred unless groups have thresholds of their own, or the thresholds sum to zero.
    """
    text, kind = predictor.text, getattr(family, "threshold", "flexible")
    if not parts.intercept:
        raise FormulaError(
            f"family {family.name} has thresholds in place of an intercept, which cannot be removed", text,
            predictor.rhs.span,
        )  # fmt: skip
    centred = thresholds.grouping is None and kind != "sum_to_zero" and predictor.center
    linear = bind_linear(parts, "mu", "", table, text, thresholds=True, center=centred, cmc=predictor.cmc)
    columns = linear.matrix if centred and linear.columns else None
    default = family.parameter("mu").intercept_prior
    yield ThresholdTerm(thresholds.blocks, kind, family.ordered_thresholds, thresholds.grouping, columns, default)
    yield linear
    if specific := _specific(parts):
        effects = bind_category_effects(specific, thresholds.most, table, text)
        yield from () if effects is None else (effects,)


def check_category_effects(
    thresholds: Thresholds | None, parts: TermList, family: Family, dpar: str, text: str
) -> None:
    """Refuse category specific effects, also those that vary by group, where there are no thresholds for them.

    Warns:
        DataWarning: if they can make the thresholds cross.
    """
    calls = [*_specific(parts), *(call for group in parts.groups for call in _specific(expand(group.effects, text)))]
    if not calls:
        return
    if thresholds is None:
        where = f"the parameter {dpar}" if family.ordered else f"family {family.name}"
        raise FormulaError(f"cs() needs thresholds, which {where} does not have", text, calls[0].span)
    if thresholds.grouping is not None:
        raise FormulaError("cs() needs the same thresholds in all rows, without gr=", text, calls[0].span)
    if family.ordered_thresholds:
        warn(
            f"cs() can make the thresholds of family {family.name} cross, where the likelihood is not defined; "
            "sratio, cratio and acat have no such limit", DataWarning,
        )  # fmt: skip


def _specific(parts: TermList) -> list[Call]:
    return [call for call in parts.specials if call.function == CATEGORY_SPECIFIC]
