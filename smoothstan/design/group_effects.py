"""Which group-level effects predictions include: brms's ``re_formula``."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from smoothstan.design.design import Design
from smoothstan.errors import FormulaError, OptionError
from smoothstan.formula import TermList, WrittenGroup, expand, parse
from smoothstan.formula.syntax import Node, Unary, deparse
from smoothstan.terms import BY_THRESHOLD, CATEGORY_SPECIFIC, GroupTerm, category_terms, clean_name

_NONE = ("NA", "~0", "~1")


def keep_group_effects(design: Design, re_formula: Any) -> Design:
    """Return the design for predictions with some of the group-level effects.

    Args:
        design: the model.
        re_formula: None for all effects; ``"NA"`` (or ``"~ 0"``, NaN, ``pandas.NA``) for none; else those of a formula
            such as ``"~ (1 | g)"``, each of which must be one of the model's. Effects that are left out count as zero,
            and their columns are not needed in new data.

    Raises:
        OptionError, FormulaError: for anything else, or an effect that the model does not have.

    Source: the argument of the same name in brms.
    """
    if re_formula is None:
        return design
    if _is_none(re_formula):
        return _kept(design, {})
    if not isinstance(re_formula, str):
        raise OptionError(f"re_formula is None (all), 'NA' (none) or a formula '~ (1 | g)', got {re_formula!r}")
    return _kept(design, _wanted(design, re_formula))


def _is_none(value: Any) -> bool:
    if isinstance(value, str):
        return value.replace(" ", "") in _NONE
    return type(value).__name__ == "NAType" or (isinstance(value, float) and math.isnan(value))


def _wanted(design: Design, text: str) -> dict[str, list[tuple[str, str]]]:
    """Return group -> (parameter, name) of the effects that a formula names."""
    tree = parse(text)
    if not (isinstance(tree, Unary) and tree.operator == "~"):
        raise FormulaError("re_formula has no left-hand side: write '~ (1 | g)'", text, tree.span)
    parts = expand(tree.operand, text)
    if parts.population or parts.offsets or parts.specials or parts.special_effects:
        stray: Node = next(
            iter(
                [*(f for t in (*parts.population, *parts.special_effects) for f in t), *parts.offsets, *parts.specials]
            )
        )
        raise FormulaError("re_formula holds group-level terms only, '(... | g)'", text, stray.span)
    found: dict[str, list[tuple[str, str]]] = {}
    for written in parts.groups:
        group = written.grouping.label
        found.setdefault(group, []).extend(_matching(design, written, group, text))
    return found


def _matching(design: Design, written: WrittenGroup, group: str, text: str) -> list[tuple[str, str]]:
    terms = [term for term in design.groups if term.group == group]
    if not terms:
        has = ", ".join(dict.fromkeys(term.group for term in design.groups)) or "no groups"
        raise FormulaError(f"the model has no effects that vary by {group} (it has: {has})", text, written.span)
    asked = expand(written.effects, text)
    labels = _asked(asked, text)
    available = [pair for term in terms for pair in _labelled(term)]
    for label in labels:
        if label not in [known for known, _ in available]:
            has = ", ".join(dict.fromkeys(_shown(known) for known, _ in available))
            raise FormulaError(
                f"the effect of {_shown(label)} does not vary by {group} in the model (these do: {has})",
                text, written.span,
            )  # fmt: skip
    return [effect for label, effect in available if label in labels]


def _labelled(term: GroupTerm) -> Iterator[tuple[frozenset[str], tuple[str, str]]]:
    """Yield the factors of every effect's term, and its (parameter, name); the intercept's factor is written 1."""
    for effects in term.effects:
        for label, name in effects.written():
            yield label, (effects.dpar, name)


def _asked(parts: TermList, text: str) -> list[frozenset[str]]:
    """Return the factors of the terms that an effects part names, in the words of ``Effects.written``."""
    specific = [call for call in parts.specials if call.function == CATEGORY_SPECIFIC]
    if specific:
        return [label | {BY_THRESHOLD} for label in _asked(category_terms(specific, text), text)]
    first = [frozenset({"1"})] if parts.intercept else []
    terms = [frozenset(map(deparse, term)) for term in (*parts.population, *parts.special_effects)]
    return [*first, *terms, *(frozenset({clean_name(deparse(call))}) for call in parts.specials)]


def _shown(label: frozenset[str]) -> str:
    factors = ":".join(sorted(label - {BY_THRESHOLD}))
    return f"cs({factors})" if BY_THRESHOLD in label else factors


def _kept(design: Design, wanted: dict[str, list[tuple[str, str]]]) -> Design:
    terms = []
    for term in design.terms:
        if not isinstance(term, GroupTerm):
            terms.append(term)
        elif kept := tuple(pair for _, pair in _labelled(term) if pair in wanted.get(term.group, [])):
            terms.append(replace(term, kept=kept))
    return replace(design, terms=tuple(terms))
