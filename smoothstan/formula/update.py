"""Change a formula by another one in which ``.`` stands for what was there, as R's ``update()`` does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

from smoothstan.errors import FormulaError, FormulaWarning, warn
from smoothstan.formula.algebra import Interaction, simplify
from smoothstan.formula.model_formula import ModelFormula, PredictorFormula, bf
from smoothstan.formula.parser import parse
from smoothstan.formula.rewrite import rewrite, spell
from smoothstan.formula.syntax import Argument, Binary, Call, Name, Node, Number, Paren, Unary, names
from smoothstan.formula.vocabulary import INTERCEPT, OFFSET

_DOT = Name(".")
_BARS = ("|", "||")


def update_formula(old: ModelFormula, change: str | ModelFormula | Sequence[str]) -> ModelFormula:
    """Return a formula changed by another.

    Right of ``~`` a dot stands for the old right-hand side of the same parameter (``1`` if it had none), left of it for
    the old response.  A response with a dot, or none, keeps the additions.  A right-hand side is written out term by
    term: main effects, interactions by degree, offsets, ``- 1``; a ``-`` takes away any term that is written alike.

    Args:
        old: the formula; dots in it must have been spelled out.
        change: e.g. ``"~ . + x"``, ``"log(.) ~ . - (1 | g)"``, or ``bf(". ~ .", "sigma ~ . + z")``.

    Warns:
        FormulaWarning: if a term that is to be taken away is not there.

    Raises:
        FormulaError: if the change is malformed.

    Source: ``update.formula`` of R; for the other parameters, ``update`` of brms.
    """
    new = _read(change)
    main, *others = new.predictors
    known = {p.dpar: p for p in old.predictors}
    written = {"mu": f"{_response(old, new)} ~ {_right(known['mu'].rhs, main.rhs, main.text)}"}
    for other in others:
        if _DOT in names(other.rhs):
            before = known[other.dpar].rhs if other.dpar in known else Number(1.0)
            written[other.dpar] = f"{spell(Name(other.dpar))} ~ {_right(before, other.rhs, other.text)}"
        else:
            written[other.dpar] = _alone(other)
    given = {p.dpar: p for p in new.predictors}
    held = {name: value for name, value in old.held if name not in written} | dict(new.held)
    texts = {p.dpar: _alone(p) for p in old.predictors if p.dpar not in held} | written
    read = bf(texts.pop("mu"), *texts.values(), center=True, cmc=True, **held)
    predictors = tuple(_with_options(p, known.get(p.dpar), given.get(p.dpar)) for p in read.predictors)
    return replace(
        old, response=read.response, additions=read.additions, predictors=predictors, fixed=read.fixed,
        equal=read.equal,
    )  # fmt: skip


def spell_out_dots(formula: ModelFormula, columns: Sequence[str]) -> ModelFormula:
    """Return a formula with columns in place of ``.``.

    Args:
        formula: what the user wrote for a fit.
        columns: what a dot stands for: the columns of the data but those of the response.
    """
    if not columns or not any(_DOT in names(p.rhs) for p in formula.predictors):
        return formula
    nodes: list[Node] = [Name(column) for column in columns]
    everything = reduce(lambda total, name: Binary("+", total, name), nodes)
    sides = [_left(formula), *(spell(Name(p.dpar)) for p in formula.predictors[1:])]
    texts = [
        f"{side} ~ {_right(everything, p.rhs, p.text)}" if _DOT in names(p.rhs) else _alone(p)
        for side, p in zip(sides, formula.predictors, strict=True)
    ]
    read = zip(bf(*texts).predictors, formula.predictors, strict=True)
    return replace(formula, predictors=tuple(_with_options(p, before, None) for p, before in read))


def _alone(predictor: PredictorFormula) -> str:
    """Return the text of one parameter's formula, also where it was written for several."""
    tree = parse(predictor.text)
    several = predictor.dpar != "mu" and isinstance(tree, Binary) and not isinstance(tree.left, Name)
    return f"{spell(Name(predictor.dpar))} ~ {spell(predictor.rhs)}" if several else predictor.text


def _with_options(
    predictor: PredictorFormula, before: PredictorFormula | None, change: PredictorFormula | None
) -> PredictorFormula:
    """Return a formula with the options that it had, or that were taken away by a change."""
    options = [p for p in (before, change) if p is not None]
    return replace(predictor, center=all(p.center for p in options), cmc=all(p.cmc for p in options))


def meaning(formula: ModelFormula) -> ModelFormula:
    """Return a formula without the way in which it is written, to compare it with another."""
    return replace(formula, predictors=tuple(replace(p, text="", span=(0, 0)) for p in formula.predictors))


def _read(change: Any) -> ModelFormula:
    """Return a change as a formula whose response is a dot where none is given."""
    if isinstance(change, ModelFormula):
        return change
    texts = [change] if isinstance(change, str) else change
    if not isinstance(texts, (list, tuple)) or not texts:
        raise FormulaError(f"a change of the formula is a string such as '. ~ . + x', or bf(...), got {change!r}")
    tree = parse(texts[0])
    if isinstance(tree, Unary) and tree.operator == "~":
        return bf(f". {texts[0].lstrip()}", *texts[1:])
    if not (isinstance(tree, Binary) and tree.operator == "~"):
        raise FormulaError("a change of the formula has a '~': write '~ . + x' or '. ~ . - x'", texts[0], tree.span)
    return bf(*texts)


def _response(old: ModelFormula, new: ModelFormula) -> str:
    if _DOT not in names(new.response):
        return _left(new)
    given = {call.function for call in new.additions}
    additions = (*(call for call in old.additions if call.function not in given), *new.additions)
    response = old.response if new.response == _DOT else _filled(new.response, old.response)
    return _left(replace(new, response=response, additions=additions))


def _left(formula: ModelFormula) -> str:
    additions = " + ".join(spell(call) for call in formula.additions)
    return spell(formula.response) + (f" | {additions}" if additions else "")


def _filled(node: Node, value: Node) -> Node:
    """Return an expression with ``value`` for every dot, in parentheses where operators stand beside it."""

    def bare(part: Node) -> Node:
        return value if part == _DOT else rewrite(part, change)

    def change(part: Node) -> Node | None:
        match part:
            case Name(name="."):
                return Paren(value, part.span) if isinstance(value, (Binary, Unary)) else value
            case Call(arguments=arguments):
                return replace(part, arguments=tuple(Argument(a.name, bare(a.value), a.span) for a in arguments))
            case Binary(operator="|" | "||", left=left, right=right):
                return replace(part, left=bare(left), right=bare(right))
            case _:
                return None

    return rewrite(node, change)


def _right(old: Node, rhs: Node, text: str) -> str:
    """Return the text of a right-hand side in which a dot stands for the old one."""
    shield = _Shield()
    tree = rewrite(_filled(rhs, old), shield.change)
    _warn_of_absent(tree, shield, text)
    intercept, terms = simplify(tree, text)
    written = [shield.restored(term) for term in terms]
    offsets = [term for term in written if isinstance(term[0], Call) and term[0].function == OFFSET]
    labels = [_label(term) for term in (*(t for t in written if t not in offsets), *offsets)]
    return " + ".join(labels or ["1"]) + ("" if intercept else " - 1")


class _Shield:
    """Names in the place of calls, bars and the word Intercept, so that the algebra takes all terms as plain ones."""

    def __init__(self) -> None:
        self.name_of: dict[Node, Name] = {}
        self.atom_of: dict[Node, Node] = {}

    def change(self, node: Node) -> Node | None:
        bar = isinstance(node, Paren) and isinstance(node.inner, Binary) and node.inner.operator in _BARS
        if not (bar or isinstance(node, Call) or node == Name(INTERCEPT)):
            return None
        name = self.name_of.setdefault(node, Name(f"<{len(self.name_of)}>"))
        self.atom_of[name] = node
        return replace(name, span=node.span)

    def restored(self, term: Interaction) -> Interaction:
        return tuple(self.atom_of.get(factor, factor) for factor in term)


def _label(term: Interaction) -> str:
    return ":".join(spell(factor) for factor in term)


def _warn_of_absent(tree: Node, shield: _Shield, text: str) -> None:
    """Warn of terms after a minus that do not stand before it."""
    while isinstance(tree, Binary) and tree.operator in ("+", "-"):
        if tree.operator == "-":
            there = simplify(tree.left, text)[1]
            known = {frozenset(term) for term in there}
            for term in simplify(tree.right, text)[1]:
                if frozenset(term) not in known:
                    listed = ", ".join(_label(shield.restored(other)) for other in there) or "none"
                    absent = _label(shield.restored(term))
                    warn(f"'- {absent}' takes nothing away; the terms before it: {listed}", FormulaWarning)
        tree = tree.left
