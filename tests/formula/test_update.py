"""Formulas changed by formulas: the same texts as R's update(), and what R cannot do."""

from __future__ import annotations

import warnings
from dataclasses import replace

import pytest
from conftest import read_reference

from smoothstan.errors import FormulaError, FormulaWarning
from smoothstan.formula import ModelFormula, bf, expand, parse_formula, spell_out_dots, update_formula

PAIRS = [(p["old"], p["change"], p["new"]) for p in read_reference("r_update/update.json")["pairs"]]
# R keeps offsets whatever is taken away.
KEPT_BY_R = {("y ~ x + offset(w)", "~ . - offset(w)"): "y ~ x"}


@pytest.mark.parametrize(("old", "change", "new"), PAIRS)
def test_the_text_is_that_of_r(old: str, change: str, new: str) -> None:
    assert update_formula(parse_formula(old), change).text == KEPT_BY_R.get((old, change), new)


@pytest.mark.parametrize(("old", "change", "new"), PAIRS)
def test_a_dot_alone_keeps_the_terms(old: str, change: str, new: str) -> None:
    """Written again, an interaction may name its variables in another order, as in R."""
    once = update_formula(parse_formula(old), change)
    for again in (update_formula(once, ". ~ ."), update_formula(once, "~ .")):
        assert _terms(again) == _terms(once)
        assert update_formula(again, "~ .") == again


def _terms(formula: ModelFormula) -> tuple[object, ...]:
    parts = expand(formula.predictors[0].rhs, formula.text)
    population = {frozenset(term) for term in parts.population}
    return formula.response, formula.additions, replace(parts, population=()), population


@pytest.mark.parametrize(
    ("old", "change", "new"),
    [
        ("y ~ x", bf(". ~ . + z", "sigma ~ z"), "y ~ x + z\nsigma ~ z"),
        (bf("y ~ x", "sigma ~ z"), "~ . + w", "y ~ x + w\nsigma ~ z"),
        (bf("y ~ x", "sigma ~ z"), (". ~ .", "sigma ~ . + s(w, k=5)"), "y ~ x\nsigma ~ z + s(w, k = 5)"),
        (bf("y ~ x", "sigma ~ z + (1|g)"), (". ~ .", "sigma ~ . - (1 | g)"), "y ~ x\nsigma ~ z"),
        (bf("y ~ x", nu=4), (". ~ .", "sigma ~ . + w"), "y ~ x\nsigma ~ w\nnu = 4"),
        (bf("y ~ x", nu=4), (". ~ .", "nu ~ z"), "y ~ x\nnu ~ z"),
        (bf("y ~ x", "sigma ~ z"), bf(". ~ .", sigma=2), "y ~ x\nsigma = 2"),
        (bf("y ~ x", nu=4), bf("z ~ x", nu=5), "z ~ x\nnu = 5"),
        (bf("y ~ x", "sigma ~ z", "nu ~ w"), (". ~ .", "nu ~ 1"), "y ~ x\nsigma ~ z\nnu ~ 1"),
        ("y | trials(n) ~ x", "log(.) ~ .", "log(y) | trials(n) ~ x"),
        ("y | trials(n) ~ x", ". | weights(w) ~ .", "y | trials(n) + weights(w) ~ x"),
        ("y | trials(n) ~ x", ". | trials(m) ~ .", "y | trials(m) ~ x"),
        ("y | trials(n) ~ x", "z | trials(n) ~ .", "z | trials(n) ~ x"),
        ("a + b ~ x", "I(./2) ~ .", "I((a + b)/2) ~ x"),
        ("y ~ x + (1 | g)", "~ . - (1|g)", "y ~ x"),
        ("y ~ s(x, bs='cr')", '~ . - s(x, bs = "cr") + x', "y ~ x"),
        ("y ~ t2(x, z) + offset(log(n))", "~ . - offset(log(n))", "y ~ t2(x, z)"),
        ("y ~ x", ("~ . + `a b`:x",), "y ~ x + x:`a b`"),
        ("`a b` ~ x", "log(.) ~ .", "log(`a b`) ~ x"),
    ],
)  # fmt: skip
def test_other_parameters_and_additions(old: object, change: object, new: str) -> None:
    assert str(update_formula(parse_formula(old), change)) == new  # type: ignore[arg-type]


def test_a_dot_that_stood_for_columns_is_spelled_out() -> None:
    old = bf("y ~ . - b + (1 | g)", "sigma ~ z", "nu ~ .")
    spelled = spell_out_dots(old, ["a", "b", "c d", "g"])
    assert str(spelled) == "y ~ a + `c d` + g + (1 | g)\nsigma ~ z\nnu ~ a + b + `c d` + g"
    assert spell_out_dots(parse_formula("y ~ x"), ["a"]) == parse_formula("y ~ x")
    weighted = spell_out_dots(parse_formula("log(y) | weights(w) ~ ."), ["a"])
    assert weighted.text == "log(y) | weights(w) ~ a"


def test_thousands_of_terms() -> None:
    names = [f"x{i}" for i in range(2000)]
    old = parse_formula(f"y ~ {' + '.join(names)}")
    assert update_formula(old, "~ . - x7 + z").text == f"y ~ {' + '.join(n for n in names if n != 'x7')} + z"
    assert spell_out_dots(parse_formula("y ~ ."), names).text == f"y ~ {' + '.join(names)}"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("~ . - z", "'- z' takes nothing away; the terms before it: x, s(x, k = 20), (1 | g)"),
        ("~ . - s(x)", "'- s(x)' takes nothing away"),
        ("~ . - (1 + x | g)", "'- (1 + x | g)' takes nothing away"),
        ("~ . - x - x", "'- x' takes nothing away; the terms before it: s(x, k = 20), (1 | g)"),
    ],
)
def test_a_minus_without_effect_warns(change: str, message: str) -> None:
    old = parse_formula("y ~ x + s(x, k=20) + (1 | g)")
    with pytest.warns(FormulaWarning) as caught:
        update_formula(old, change)
    assert message in str(caught[0].message)


def test_a_minus_in_the_old_formula_does_not_warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert update_formula(parse_formula("y ~ x - z"), "~ . - 1").text == "y ~ x - 1"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("x + z", "has a '~'"),
        ("", "is empty"),
        ([], "is a string such as"),
        (3, "is a string such as"),
        ("~ . + (1 | g", "never closed"),
        ("~ . + 2", "only numbers allowed"),
        ("3 ~ .", "the response must be a column"),
        (("~ .", "sigma"), "has the form 'sigma ~ ...'"),
        ("~ . + x | g", "written in parentheses"),
        ("~ . ~ x", "only one '~'"),
        ("y | log(w) ~ .", "cannot stand right of the '|'"),
    ],
)
def test_malformed_changes(change: object, message: str) -> None:
    with pytest.raises(FormulaError) as caught:
        update_formula(parse_formula("y ~ x"), change)  # type: ignore[arg-type]
    assert message in str(caught.value)
