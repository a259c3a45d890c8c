"""The formula of a whole model: response, additions and one right-hand side per distributional parameter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from smoothstan import notebook
from smoothstan.errors import FormulaError, known
from smoothstan.formula.parser import parse
from smoothstan.formula.syntax import Binary, Call, Name, Node, Span, deparse, variables
from smoothstan.formula.vocabulary import ADDITIONS
from smoothstan.numerals import is_number


@dataclass(frozen=True)
class PredictorFormula:
    """The right-hand side for one distributional parameter, with its text and the place of its name in it."""

    dpar: str
    rhs: Node
    text: str
    span: Span = (0, 0)


@dataclass(frozen=True)
class ModelFormula:
    """Everything that the formulas of a model say.

    ``predictors`` starts with the one for ``mu``; ``fixed`` holds parameters set to a number, as in
    ``bf(..., nu=4)``.
    """

    response: Node
    additions: tuple[Call, ...]
    predictors: tuple[PredictorFormula, ...]
    fixed: tuple[tuple[str, float], ...]

    @property
    def text(self) -> str:
        """The text of the main formula."""
        return self.predictors[0].text

    def predictors_of(self, main: Sequence[str]) -> tuple[PredictorFormula, ...]:
        """Return a predictor for every parameter that the main formula speaks of, then the others.

        Args:
            main: the names of these parameters; one with a formula of its own keeps that.
        """
        own = {predictor.dpar: predictor for predictor in self.predictors[1:]}
        first = tuple(own.get(name, replace(self.predictors[0], dpar=name)) for name in main)
        return (*first, *(predictor for name, predictor in own.items() if name not in main))

    def __str__(self) -> str:
        lines = [predictor.text for predictor in self.predictors]
        return "\n".join([*lines, *(f"{name} = {value:g}" for name, value in self.fixed)])

    def _repr_html_(self) -> str:
        return notebook.page(notebook.heading("Formula"), notebook.code(str(self)))


def bf(formula: str | ModelFormula, *others: str, **fixed: float) -> ModelFormula:
    """Set up a model formula with further formulas for distributional parameters.

    Args:
        formula: the main formula, e.g. ``"y ~ x + (1 | g)"``; predicts the parameter ``mu``.
        others: formulas for other parameters, e.g. ``"sigma ~ z"``.
        fixed: parameters held at a number, e.g. ``nu=4``.

    Raises:
        FormulaError: if a text is malformed or a parameter is set twice.

    Source: the function of the same name in brms.
    """
    if isinstance(formula, ModelFormula):
        if not others and not fixed:
            return formula
        raise FormulaError("bf() takes a string first; this is a model formula already")
    response, additions, main = _split_main(formula)
    predictors = [main, *(_split_parameter(text) for text in others)]
    for name, value in fixed.items():
        if not is_number(value):
            raise FormulaError(f"{name}= must be a number, got {value!r}; to predict it write '{name} ~ ...'")
    given = [p.dpar for p in predictors] + list(fixed)
    repeated = sorted({name for name in given if given.count(name) > 1})
    if repeated:
        raise FormulaError(f"the parameter {repeated[0]!r} is set more than once")
    return ModelFormula(response, additions, tuple(predictors), tuple((k, float(v)) for k, v in fixed.items()))


def parse_formula(formula: str | ModelFormula | Sequence[str]) -> ModelFormula:
    """Read what the public functions accept as a formula: a string, several strings, or ``bf(...)``."""
    if isinstance(formula, (str, ModelFormula)):
        return bf(formula)
    if isinstance(formula, (list, tuple)):
        if not formula:
            raise FormulaError("the list of formulas is empty")
        return bf(*formula)
    raise FormulaError(f"a formula is a string or bf(...), got {type(formula).__name__}")


def _split_main(text: str) -> tuple[Node, tuple[Call, ...], PredictorFormula]:
    tree = parse(text)
    if not (isinstance(tree, Binary) and tree.operator == "~"):
        raise FormulaError("the formula has no response: write 'y ~ ...'", text, tree.span)
    response, additions = _split_response(tree.left, text)
    if not variables(response):
        raise FormulaError("the response must be a column, or computed from one", text, response.span)
    return response, additions, PredictorFormula("mu", tree.right, text)


def _split_parameter(text: str) -> PredictorFormula:
    tree = parse(text)
    if not (isinstance(tree, Binary) and tree.operator == "~" and isinstance(tree.left, Name)):
        raise FormulaError("a formula for a parameter has the form 'sigma ~ ...'", text, tree.span)
    return PredictorFormula(tree.left.name, tree.right, text, tree.left.span)


def _split_response(node: Node, text: str) -> tuple[Node, tuple[Call, ...]]:
    if not (isinstance(node, Binary) and node.operator in ("|", "||")):
        return node, ()
    if node.operator == "||" or (isinstance(node.left, Binary) and node.left.operator == "|"):
        raise FormulaError("the left-hand side has the form 'y | weights(w) + ...'", text, node.span)
    additions = tuple(_addition(part, text) for part in _summands(node.right))
    for i, call in enumerate(additions):
        if any(other.function == call.function for other in additions[:i]):
            raise FormulaError(f"{call.function}() is given twice", text, call.span)
    return node.left, additions


def _summands(node: Node) -> list[Node]:
    if isinstance(node, Binary) and node.operator == "+":
        return [*_summands(node.left), *_summands(node.right)]
    return [node]


def _addition(node: Node, text: str) -> Call:
    if isinstance(node, Call) and node.function in ADDITIONS:
        return node
    raise FormulaError(
        f"{deparse(node)} cannot stand right of the '|' in the response (known: {known(ADDITIONS)})",
        text,
        node.span,
    )
