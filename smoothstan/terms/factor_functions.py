"""Functions that give a factor: ``factor``, ``relevel``, ``C``, ``as.character``, ``interaction``, ``cut``, ``paste``.

The levels of the data of the fit are stored and reused for new data.  Source: the behaviour of R's functions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.errors import DataError
from smoothstan.formula.arguments import call_arguments, constant_value
from smoothstan.formula.syntax import Argument, Call, Node, Text, deparse
from smoothstan.numerals import format_number
from smoothstan.table import Factor, as_factor, collation_key
from smoothstan.terms.functions import arguments_by_name

if TYPE_CHECKING:
    from smoothstan.terms.expression import Evaluation

CONTRASTS = ("treatment", "sum", "helmert", "poly")


def with_levels(evaluation: Evaluation, factor: Factor, node: Call, wanted: tuple[str, ...] | None) -> Factor:
    """Code a factor by the given levels, or by those that were there when the expression was bound."""
    key = deparse(node)
    levels = tuple(evaluation.memory.get(key, factor.levels if wanted is None else wanted))
    if evaluation.learn:
        evaluation.memory[key] = list(levels)
    unknown = [level for level in factor.levels if level not in levels]
    if unknown:
        raise DataError(f"{key} has no level {unknown[0]!r} (levels: {', '.join(levels)})")
    lookup = np.asarray([*(levels.index(level) for level in factor.levels), -1], dtype=np.int64)
    return replace(factor, codes=lookup[factor.codes], levels=levels)


def _factor_of(evaluation: Evaluation, node: Node) -> Factor:
    value = evaluation.value(node)
    if value.kind == "matrix":
        raise evaluation.error("a matrix cannot be made a factor", node)
    return as_factor(value)  # type: ignore[arg-type]


def factor(evaluation: Evaluation, node: Call) -> Factor:
    """Return ``factor(x, levels, labels, ordered)``; equal labels make one level of several."""
    given = arguments_by_name(node, evaluation.text, ("x", "levels", "labels", "ordered"))
    if "x" not in given:
        raise evaluation.error(f"{node.function}() takes one variable", node)
    found = _factor_of(evaluation, given["x"]).drop_unused()
    ordered = _constant(evaluation, node, given, "ordered", node.function in ("ordered", "as.ordered") or found.ordered)
    coded = replace(found, ordered=bool(ordered), textual=False)
    # The levels before they are relabelled have a memory of their own.
    before = Call(node.function, tuple(a for a in node.arguments if a.value is not given.get("labels")), node.span)
    known = tuple(evaluation.memory.get(deparse(before), found.levels))
    listed = _levels(evaluation, given.get("levels")) or known
    unknown = [level for level in known if level not in listed]
    if unknown:
        raise DataError(f"{deparse(node)} has no level {unknown[0]!r} (levels: {', '.join(listed)})")
    coded = with_levels(evaluation, coded, before, tuple(level for level in listed if level in known))
    if "labels" not in given:
        return coded
    names = dict(zip(listed, _labels(evaluation, node, given["labels"], len(listed)), strict=True))
    distinct = tuple(dict.fromkeys(names[level] for level in coded.levels))
    lookup = np.asarray([*(distinct.index(names[level]) for level in coded.levels), -1], dtype=np.int64)
    return replace(coded, codes=lookup[coded.codes], levels=distinct)


def _levels(evaluation: Evaluation, node: Node | None) -> tuple[str, ...] | None:
    if node is None:
        return None
    try:
        value = constant_value(node)
    except ValueError as fault:
        raise evaluation.error(f"levels: {fault}", node) from None
    return None if value is None else tuple(map(_label, value if isinstance(value, tuple) else (value,)))


def _label(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    return format_number(value) if isinstance(value, (int, float)) else str(value)


def _labels(evaluation: Evaluation, call: Call, node: Node, count: int) -> tuple[str, ...]:
    """Return a label for every level; a single one is numbered."""
    labels = _levels(evaluation, node) or ()
    if len(labels) == 1 and count > 1:
        return tuple(f"{labels[0]}{i}" for i in range(1, count + 1))
    if len(labels) != count:
        raise evaluation.error(f"{call.function}(): {len(labels)} labels for {count} levels", node)
    return labels


def _constant(evaluation: Evaluation, call: Call, given: dict[str, Node], name: str, default: Any) -> Any:
    if name not in given:
        return default
    try:
        return constant_value(given[name])
    except ValueError as fault:
        raise evaluation.error(f"{call.function}(): {name}: {fault}", given[name]) from None


def text_levels(evaluation: Evaluation, node: Call) -> Factor:
    """Return a factor whose levels are in the order of strings, as R makes of a character column."""
    return _text(evaluation, _factor_of(evaluation, evaluation.only(node)), node)


def text_factor(evaluation: Evaluation, labels: np.ndarray, node: Call) -> Factor:
    """Return strings as a factor whose levels are in their order."""
    levels, codes = np.unique(labels.astype(str), return_inverse=True)
    return _text(evaluation, Factor(codes.astype(np.int64), tuple(map(str, levels))), node)


def _text(evaluation: Evaluation, found: Factor, node: Call) -> Factor:
    used = replace(found.drop_unused(), ordered=False, textual=True)
    return with_levels(evaluation, used, node, tuple(sorted(used.levels, key=collation_key)))


def contrast(evaluation: Evaluation, node: Call) -> Factor:
    """Return ``C(f, contr.sum)``: the factor with another coding."""
    if len(node.arguments) != 2:
        raise evaluation.error("C() takes a factor and a contrast, e.g. C(f, contr.sum)", node)
    found = _factor_of(evaluation, node.arguments[0].value)
    return replace(found, textual=False, contrast=_contrast_name(evaluation, node.arguments[1]))


def _contrast_name(evaluation: Evaluation, argument: Argument) -> str:
    node = argument.value
    text = node.value if isinstance(node, Text) else deparse(node)
    name = text.removeprefix("contr.").lower()
    if name not in CONTRASTS:
        allowed = ", ".join(f"contr.{c}" for c in CONTRASTS)
        raise evaluation.error(f"unknown contrast {text!r} (known: {allowed})", node)
    return name


def relevel(evaluation: Evaluation, node: Call) -> Factor:
    """Return ``relevel(f, ref)``: the factor with the level ``ref`` first."""
    given = arguments_by_name(node, evaluation.text, ("x", "ref"))
    if "x" not in given:
        raise evaluation.error('relevel() takes a factor and ref = "level"', node)
    found = _factor_of(evaluation, given["x"])
    if "ref" not in given:
        raise evaluation.error('relevel() needs ref = "level"', node)
    reference = _label(_constant(evaluation, node, given, "ref", None))
    if reference not in found.levels:
        raise evaluation.error(f"relevel(): no level {reference!r} (levels: {', '.join(found.levels)})", node)
    order = (reference, *(level for level in found.levels if level != reference))
    return with_levels(evaluation, replace(found, textual=False), node, order)


def interaction(evaluation: Evaluation, node: Call) -> Factor:
    """Return ``interaction(f, g, sep)``: the combinations that occur, those of the first factor varying fastest."""
    arguments = call_arguments(node, evaluation.text, ("sep", "lex.order", "drop"))
    if not arguments.positional:
        raise evaluation.error("interaction() takes factors", node)
    factors = [_factor_of(evaluation, argument) for argument in arguments.positional]
    separator = str(arguments.constant("sep", "."))
    joined = _combined(factors, separator, first_fastest=not arguments.constant("lex.order", False))
    return with_levels(evaluation, joined, node, None)


def _combined(factors: list[Factor], separator: str, *, first_fastest: bool) -> Factor:
    codes, levels = np.zeros(len(factors[0].codes), dtype=np.int64), [""]
    for i, one in enumerate(factors):
        gap = separator if i else ""
        missing = (codes < 0) | (one.codes < 0)
        if first_fastest:
            codes = one.codes * len(levels) + codes
            levels = [f"{before}{gap}{level}" for level in one.levels for before in levels]
        else:
            codes = codes * len(one.levels) + one.codes
            levels = [f"{before}{gap}{level}" for before in levels for level in one.levels]
        codes = np.where(missing, -1, codes)
    return Factor(codes, tuple(levels)).drop_unused()


def paste(evaluation: Evaluation, node: Call) -> Factor:
    """Return the strings of ``paste(a, b, sep)`` or ``paste0(a, b)``."""
    arguments = call_arguments(node, evaluation.text, ("sep",) if node.function == "paste" else ())
    separator = str(arguments.constant("sep", " ")) if node.function == "paste" else ""
    n = evaluation.table.n
    parts = [
        Factor(np.zeros(n, dtype=np.int64), (argument.value,))
        if isinstance(argument, Text)
        else _factor_of(evaluation, argument)
        for argument in arguments.positional
    ]
    if not parts:
        raise evaluation.error(f"{node.function}() needs an argument", node)
    return _text(evaluation, _combined(parts, separator, first_fastest=True), node)


FACTORS: dict[str, Callable[[Evaluation, Call], Factor]] = {
    "factor": factor, "as.factor": factor, "ordered": factor, "as.ordered": factor, "droplevels": factor,
    "as.character": text_levels, "C": contrast, "relevel": relevel, "interaction": interaction,
    "paste": paste, "paste0": paste,
}  # fmt: skip
"""The functions of this file by their names in a formula."""
