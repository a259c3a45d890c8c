"""The parser's specification: text -> syntax tree in R's spelling, and the errors."""

from __future__ import annotations

import pytest

from smoothstan.errors import FormulaError
from smoothstan.formula import parse
from smoothstan.formula.syntax import Binary, Call, Constant, Name, Number, Text, deparse, variables

SPELLINGS = [
    ("y~x", "y ~ x"),
    ("y ~ s(x,bs='cr',k=20)", 'y ~ s(x, bs = "cr", k = 20)'),
    ("y ~ s (x)", "y ~ s(x)"),
    ("y ~ s(x, id=')')", 'y ~ s(x, id = ")")'),
    ("y ~ x # a comment\n + z", "y ~ x + z"),
    ("log(y) ~ I(x**2) - 1", "log(y) ~ I(x^2) - 1"),
    ("y | weights(w) + trials(10) ~ x", "y | weights(w) + trials(10) ~ x"),
    ("y ~ (1 + x | ID | g/h)", "y ~ (1 + x | ID | g/h)"),
    ("y ~ x:z %in% w", "y ~ x:z %in% w"),
    ("y ~ -x^2", "y ~ -x^2"),
    ("y ~ s(x, xt = list(1, c(2, 3)), m = [1, 2])", "y ~ s(x, xt = list(1, c(2, 3)), m = c(1, 2))"),
    ("y ~ `odd name` + m.dot + ünï", "y ~ odd name + m.dot + ünï"),
    ("y ~ f(True, None, NA, FALSE)", "y ~ f(TRUE, NULL, NA, FALSE)"),
    ("y ~ I(x > 0 & !z <= 2)", "y ~ I(x > 0 & !z <= 2)"),
    ("y ~ 1e-3 + .5 + 2L + 100000 + 3.50", "y ~ 0.001 + 0.5 + 2 + 1e+05 + 3.5"),
    ("y ~ .", "y ~ ."),
]


@pytest.mark.parametrize(("text", "spelling"), SPELLINGS)
def test_spelling(text: str, spelling: str) -> None:
    assert deparse(parse(text)) == spelling


@pytest.mark.parametrize(("_", "spelling"), [row for row in SPELLINGS if "odd" not in row[0]])
def test_spelling_is_a_fixed_point(_: str, spelling: str) -> None:
    assert parse(spelling) == parse(deparse(parse(spelling)))


def test_precedence_is_that_of_r() -> None:
    tree = parse("a + b * c:d^2")
    assert tree == Binary(
        "+",
        Name("a"),
        Binary("*", Name("b"), Binary(":", Name("c"), Binary("^", Name("d"), Number(2.0)))),
    )


def test_power_is_right_associative_and_binds_tighter_than_minus() -> None:
    assert deparse(parse("a^b^c")) == "a^b^c"
    tree = parse("a^b^c")
    assert isinstance(tree, Binary)
    assert tree.left == Name("a")


def test_call_arguments_keep_names_and_kinds() -> None:
    tree = parse("s(x, k = 5, bs = 'cr', fx = TRUE)")
    assert isinstance(tree, Call)
    assert [argument.name for argument in tree.arguments] == [None, "k", "bs", "fx"]
    assert [type(argument.value) for argument in tree.arguments] == [Name, Number, Text, Constant]


def test_variables_leave_settings_out() -> None:
    assert variables(parse("s(x, by = z, bs = cr) + C(f, contr.sum) + scale(x, center = T)")) == ("x", "z", "f")


ERRORS = [
    ("y ~ x +", "ends where a term is expected", (7, 8)),
    ("y ~ (1 | g", "'(' is never closed", (4, 5)),
    ("y ~ x))", "closes nothing", (5, 6)),
    ("y ~ x $ z", "unexpected character '$'", (6, 7)),
    ("y ~ x z", "expected an operator", (6, 7)),
    ("y ~ 2x", "expected an operator", (5, 6)),
    ("y ~ 'a", "is never closed", (4, 6)),
    ("y ~ function(x) x", "no meaning", (4, 12)),
    ("y ~ x, k = 3", "only allowed inside a call", (5, 6)),
    ("y ~ * x", "expected a term", (4, 5)),
    ("y ~ f(x, , z)", "expected a term", (9, 10)),
    ("y ~ x.fillna(0).abs()", "expected an operator", (15, 19)),
]


@pytest.mark.parametrize(("text", "message", "span"), ERRORS)
def test_errors_point_at_the_fault(text: str, message: str, span: tuple[int, int]) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert message in caught.value.message
    assert caught.value.span == span
    carets = str(caught.value).splitlines()[-1]
    assert carets.index("^") - 2 == span[0]
    assert carets.count("^") == span[1] - span[0]


def test_the_caret_stands_in_the_right_line() -> None:
    with pytest.raises(FormulaError) as caught:
        parse("y ~ x +\n  z z2")
    assert str(caught.value).splitlines()[-2:] == ["    z z2", "      ^^"]


def test_deep_nesting_is_refused_before_python_gives_up() -> None:
    with pytest.raises(FormulaError, match="nested"):
        parse("y ~ " + "(" * 5000 + "x" + ")" * 5000)


@pytest.mark.parametrize("text", ["", "   "])
def test_empty_text(text: str) -> None:
    with pytest.raises(FormulaError, match="empty"):
        parse(text)
