"""Term algebra: right-hand side -> population-level terms, special calls and groups."""

from __future__ import annotations

import pytest

from smoothstan.errors import FormulaError, NotYetSupported
from smoothstan.formula import bf, expand, parse, parse_formula
from smoothstan.formula.syntax import Binary, deparse


def terms_of(text: str, columns: tuple[str, ...] = ()):
    tree = parse(f"y ~ {text}")
    assert isinstance(tree, Binary)
    return expand(tree.right, f"y ~ {text}", columns)


POPULATION = [
    ("x + z", ["x", "z"]),
    ("x + x", ["x"]),
    ("x * z", ["x", "z", "x:z"]),
    ("x:z + z:x", ["x:z"]),
    ("a / b", ["a", "a:b"]),
    ("a / b / c", ["a", "a:b", "a:b:c"]),
    ("(a + b) / c", ["a", "b", "a:b:c"]),
    ("a %in% b", ["a:b"]),
    ("(a + b + c)^2", ["a", "b", "c", "a:b", "a:c", "b:c"]),
    ("(a + b)^5", ["a", "b", "a:b"]),
    ("a * b * c - a:b:c", ["a", "b", "c", "a:b", "a:c", "b:c"]),
    ("z:x + x", ["x", "x:z"]),
    ("h + x:z:f + z:x", ["h", "x:z", "x:z:f"]),
    ("a + b - a", ["b"]),
    ("1", []),
    ("x:x", ["x"]),
    ("(x + v*w)^2", ["x", "v", "w", "x:v", "x:w", "v:w", "x:v:w"]),
    ("x %in% (a + b)", ["x:a:b"]),
    ("x:l:f + l:x + f", ["f", "x:l", "f:x:l"]),
    ("(0 + x) * f", ["x", "f", "x:f"]),
    ("log(x) * poly(z, 2)", ["log(x)", "poly(z, 2)", "log(x):poly(z, 2)"]),
]


@pytest.mark.parametrize(("text", "expected"), POPULATION)
def test_population_terms(text: str, expected: list[str]) -> None:
    assert [":".join(map(deparse, term)) for term in terms_of(text).population] == expected


@pytest.mark.parametrize(
    ("text", "intercept"),
    [
        ("x", True),
        ("0 + x", False),
        ("x - 1", False),
        ("-1 + x", False),
        ("x + 0", False),
        ("0 + x + 1", True),
        ("(0 + x) * f", False),
        ("1", True),
    ],
)
def test_intercept(text: str, intercept: bool) -> None:
    assert terms_of(text).intercept is intercept


def test_reserved_intercept() -> None:
    found = terms_of("0 + Intercept + x")
    assert (found.intercept, found.reserved_intercept) == (False, True)
    assert [deparse(term[0]) for term in found.population] == ["Intercept", "x"]
    with pytest.raises(FormulaError, match="needs '0 \\+'"):
        terms_of("Intercept + x")


def test_dot_stands_for_the_other_columns() -> None:
    assert [deparse(t[0]) for t in terms_of(". - q", ("p", "q", "r")).population] == ["p", "r"]


GROUPS = [
    ("(1 | g)", [("1", "g", None, True)]),
    ("(x || g)", [("x", "g", None, False)]),
    ("(1 + x | ID | g)", [("1 + x", "g", "ID", True)]),
    ("(x || ID | g)", [("x", "g", "ID", False)]),
    ("(1 | a/b)", [("1", "a", None, True), ("1", "a:b", None, True)]),
    ("(1 | a/b/c)", [("1", "a", None, True), ("1", "a:b", None, True), ("1", "a:b:c", None, True)]),
    ("(1 | a:b)", [("1", "a:b", None, True)]),
    ("(1 | a + b)", [("1", "a", None, True), ("1", "b", None, True)]),
    ("(1 | a * b)", [("1", "a", None, True), ("1", "b", None, True), ("1", "a:b", None, True)]),
    ("(1 | (a + b) / c)", [("1", "a", None, True), ("1", "b", None, True), ("1", "a:b:c", None, True)]),
    ("(1 | a:b + b:a)", [("1", "a:b", None, True)]),
    ("(1 | g) + (1 | g)", [("1", "g", None, True)]),
]


@pytest.mark.parametrize(("text", "expected"), GROUPS)
def test_groups(text: str, expected: list[tuple[str, str, str | None, bool]]) -> None:
    found = [(deparse(g.effects), deparse(g.group), g.identifier, g.correlated) for g in terms_of(text).groups]
    assert found == expected


def test_specials_and_offsets_are_set_apart() -> None:
    found = terms_of("x + s(z) + offset(log(w)) + t2(a, b) + mo(q)")
    assert [deparse(call) for call in found.specials] == ["s(z)", "t2(a, b)"]
    assert [[deparse(factor) for factor in term] for term in found.special_effects] == [["mo(q)"]]
    assert [deparse(node) for node in found.offsets] == ["log(w)"]
    assert len(terms_of("offset(w) + offset(w)").offsets) == 1


ERRORS = [
    ("s(x):z", FormulaError, "cannot be part of an interaction", (4, 8)),
    ("x | g", FormulaError, "written in parentheses", (4, 9)),
    ("x:(1 | g)", FormulaError, "cannot be part of an interaction", (6, 13)),
    ("x^2.5", FormulaError, "positive whole number", (6, 9)),
    ("2", FormulaError, "only numbers allowed", (4, 5)),
    ("x - s(z)", FormulaError, "only population-level terms", (8, 12)),
    ("x > 3", FormulaError, "inside I", (4, 9)),
    ("(1 | f(g))", FormulaError, "a group is a column", (9, 13)),
    ("(1 | a | b | g)", FormulaError, "form \\(effects", (4, 19)),
    ("me(x, w) * z", NotYetSupported, "me", (4, 12)),
    ("'text'", FormulaError, "cannot be a term", (4, 10)),
]


@pytest.mark.parametrize(("text", "error", "message", "span"), ERRORS)
def test_errors(text: str, error: type[FormulaError], message: str, span: tuple[int, int] | None) -> None:
    with pytest.raises(error, match=message) as caught:
        terms_of(text)
    assert type(caught.value) is error
    if span is not None:
        assert caught.value.span == span


def test_model_formula_splits_response_additions_and_parameters() -> None:
    formula = bf("y | trials(n) + weights(w) ~ x", "phi ~ z", nu=4)
    assert deparse(formula.response) == "y"
    assert [call.function for call in formula.additions] == ["trials", "weights"]
    assert [p.dpar for p in formula.predictors] == ["mu", "phi"]
    assert formula.fixed == (("nu", 4.0),)
    assert str(formula).splitlines() == ["y | trials(n) + weights(w) ~ x", "phi ~ z", "nu = 4"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: parse_formula("x + z"), "no response"),
        (lambda: parse_formula("y ~ x ~ z"), "only one '~'"),
        (lambda: parse_formula("y | foo(x) ~ 1"), "foo\\(x\\) cannot stand right"),
        (lambda: parse_formula("y | weights(a) + weights(b) ~ 1"), "given twice"),
        (lambda: bf("y ~ x", "sigma ~ z", "sigma ~ w"), "more than once"),
        (lambda: bf("y ~ x", "sigma ~ z", sigma=1), "more than once"),
        (lambda: bf("y ~ x", "~ z"), "form 'sigma ~"),
        (lambda: bf("y ~ x", nu=("a",)), "must be a number, or the name"),
        (lambda: parse_formula(3), "is a string"),
        (lambda: parse_formula([]), "empty"),
    ],
)
def test_model_formula_errors(make, message: str) -> None:
    with pytest.raises(FormulaError, match=message):
        make()
