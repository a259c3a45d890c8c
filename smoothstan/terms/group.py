"""Bind the group-level terms of a model: which of them share a grouping, and of what kind it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from smoothstan.errors import DataError, FormulaError, underline
from smoothstan.formula import TermList, WrittenGrouping, expand
from smoothstan.formula.syntax import Call
from smoothstan.table import Table, collation_key
from smoothstan.terms.category_effects import CATEGORY_SPECIFIC, category_terms
from smoothstan.terms.centring import Evidence, decided
from smoothstan.terms.group_rules import PlacedGroup, check_together
from smoothstan.terms.group_term import GroupTerm
from smoothstan.terms.level_covariance import bind_covariance
from smoothstan.terms.level_spread import bind_spread
from smoothstan.terms.level_tails import NormalTails, StudentTails, Tails
from smoothstan.terms.level_weights import bind_level_weights
from smoothstan.terms.membership import bind_membership
from smoothstan.terms.model_matrix import bind_model_matrix
from smoothstan.terms.monotonic import MonotonicTerm
from smoothstan.terms.varying_effects import Effects, bind_member_covariates
from smoothstan.terms.varying_monotonic import bind_special_columns


@dataclass(frozen=True)
class _Piece:
    """The effects of a term that belong to one grouping; ``thresholds`` is the number that has effects of its own."""

    item: PlacedGroup
    effects: TermList
    thresholds: int = 0


def bind_groups(
    written: Sequence[PlacedGroup], table: Table, objects: Mapping[str, Any], evidence: Evidence,
    special: Sequence[MonotonicTerm] = (),
) -> tuple[GroupTerm, ...]:  # fmt: skip
    """Bind all group-level terms of a model; those that share an ID and a group form one grouping.

    Groupings are numbered as brms numbers them: parameter by parameter, within each by the group's name.

    Args:
        written: the terms.
        table: the rows used.
        objects: what the formula names besides columns, brms's ``data2``.
        evidence: what decides about ``center = "auto"``.
        special: the population-level terms that the same effects by group need.
    """
    check_together(written)
    shared: dict[tuple[str, str], list[_Piece]] = {}
    parameters = list(dict.fromkeys(item.dpar for item in written))
    by_name = sorted(written, key=lambda item: (parameters.index(item.dpar), collation_key(item.group)))
    for n, piece in enumerate(piece for item in by_name for piece in _pieces(item)):
        name = piece.item.term.identifier
        shared.setdefault((piece.item.group, f"term {n}" if name is None else f"ID {name}"), []).append(piece)
    terms: list[GroupTerm] = []
    for pieces in shared.values():
        terms.append(_bind_grouping(len(terms) + 1, pieces, table, objects, evidence, terms, special))
    _refuse_repeated(terms, list(shared.values()))
    return _with_earlier(terms)


def _pieces(item: PlacedGroup) -> list[_Piece]:
    """Split a term: of uncorrelated effects the monotonic ones, and those by ``mmc()``, stand apart, as in brms."""
    terms = expand(item.term.effects, item.text)
    if any(call.function == CATEGORY_SPECIFIC for call in terms.specials):
        return [_by_threshold(item, terms)]
    by_member = [call for call in terms.specials if call.function == "mmc"]
    if len(by_member) < len(terms.specials) or terms.groups or terms.offsets:
        raise item.error("only population-level terms can vary by group; smooths, offsets and groups cannot")
    none = replace(terms, intercept=False, population=(), specials=(), special_effects=())
    apart = terms.special_effects if item.term.identifier is None else ()
    shared = replace(terms, specials=(), special_effects=() if apart else terms.special_effects)
    special = replace(none, special_effects=apart, reserved_intercept=False)
    kinds = [
        _Piece(item, part) for part in (shared, replace(none, specials=terms.specials), special) if _has_effects(part)
    ]
    if not kinds:
        raise item.error("this group-level term has no effects")
    _check_by_member(by_member, item)
    return [_Piece(item, terms)] if item.term.correlated else kinds


def _by_threshold(item: PlacedGroup, terms: TermList) -> _Piece:
    """Return effects that differ by threshold; the only intercept is that in ``cs()``, as in brms."""
    calls = [call for call in terms.specials if call.function == CATEGORY_SPECIFIC]
    if len(calls) < len(terms.specials) or terms.population or terms.special_effects or terms.groups or terms.offsets:
        raise item.error("effects in cs() need a group-level term of their own, e.g. (cs(x) | g) + (0 + z | g)")
    effects = category_terms(calls, item.text)
    if not _has_effects(effects):
        raise item.error("this group-level term has no effects")
    return _Piece(item, effects, item.thresholds)


def _has_effects(terms: TermList) -> bool:
    return terms.intercept or bool(terms.population or terms.specials or terms.special_effects)


def _check_by_member(calls: Sequence[Call], item: PlacedGroup) -> None:
    count = len(item.grouping.factors)
    for call in calls:
        if not item.grouping.multiple:
            message = "mmc() needs a multi-membership group, as in (mmc(x1, x2) | mm(g1, g2))"
            raise FormulaError(message, item.text, call.span)
        if len(call.arguments) != count or any(argument.name is not None for argument in call.arguments):
            raise FormulaError(
                f"mmc() needs {count} variables, one for each grouping factor of {item.group}", item.text, call.span
            )


def _with_earlier(terms: Sequence[GroupTerm]) -> tuple[GroupTerm, ...]:
    counts: Counter[tuple[str, str]] = Counter()
    result = []
    for term in terms:
        dpars = dict.fromkeys(c.dpar for c in term.coefficients)
        result.append(replace(term, earlier=tuple((dpar, counts[term.group, dpar]) for dpar in dpars)))
        counts.update((term.group, c.dpar) for c in term.coefficients)
    return tuple(result)


def _bind_grouping(
    index: int, pieces: list[_Piece], table: Table, objects: Mapping[str, Any], evidence: Evidence,
    earlier: Sequence[GroupTerm], special: Sequence[MonotonicTerm],
) -> GroupTerm:  # fmt: skip
    first = pieces[0].item
    grouping = first.grouping
    membership = bind_membership(grouping, table, first.text)
    levels = membership.levels(table)
    if len(levels) < 2:
        level = f" ({levels[0]!r})" if levels else ""
        raise DataError(
            f"the grouping factor {first.group!r} has only one level{level}, so its effects cannot vary\n"
            f"{underline(first.text, first.term.span)}"
        )
    term = GroupTerm(
        index,
        first.group,
        membership,
        levels,
        first.term.correlated,
        tuple(_bind_effects(piece, table, special) for piece in pieces),
        bind_spread(grouping, membership, levels, table, first.text),
        bind_covariance(grouping.covariance, levels, objects, first.group_error),
        _tails(index, grouping, earlier),
        bind_level_weights(grouping, membership, levels, table, first.text),
    )
    return replace(term, centred=decided(grouping.center, term, evidence, table))


def _tails(index: int, grouping: WrittenGrouping, earlier: Sequence[GroupTerm]) -> Tails:
    if grouping.distribution != "student":
        return NormalTails()
    owners = [term.index for term in earlier if term.group == grouping.label and not term.tails.normal]
    return StudentTails(min(owners, default=index), index)


def _bind_effects(piece: _Piece, table: Table, special: Sequence[MonotonicTerm]) -> Effects:
    item, terms = piece.item, piece.effects
    matrix = bind_model_matrix(
        terms.population,
        intercept=terms.intercept,
        coded_with_intercept=terms.intercept or terms.reserved_intercept or not item.cmc,
        table=table,
        text=item.text,
    )
    columns = bind_special_columns(terms.special_effects, item.dpar, special, table, item.text, item.term.span)
    members = bind_member_covariates(terms.specials, table, item.text)
    return Effects(item.dpar, matrix, members, columns, piece.thresholds)


def _refuse_repeated(terms: Sequence[GroupTerm], written: Sequence[list[_Piece]]) -> None:
    seen: set[tuple[str, str, str]] = set()
    for term, pieces in zip(terms, written, strict=True):
        for coefficient in term.coefficients:
            key = (term.group, coefficient.dpar, coefficient.name)
            if key in seen:
                raise pieces[-1].item.error(
                    f"the effect of {coefficient.name} varies by {term.group!r} in two terms; one is enough"
                )
            seen.add(key)
