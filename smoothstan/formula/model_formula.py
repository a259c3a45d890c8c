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
    """The right-hand side for one distributional parameter, with its text and the place of its name in it.

    ``center`` and ``cmc`` are the options of ``bf``.
    """

    dpar: str
    rhs: Node
    text: str
    span: Span = (0, 0)
    center: bool = True
    cmc: bool = True


@dataclass(frozen=True)
class ParameterFormulas:
    """Formulas for distributional parameters, with their options.  Made by ``lf``."""

    predictors: tuple[PredictorFormula, ...]

    def __str__(self) -> str:
        return "\n".join(dict.fromkeys(predictor.text for predictor in self.predictors))


@dataclass(frozen=True)
class ModelFormula:
    """Everything that the formulas of a model say.

    ``predictors`` starts with the one for ``mu``; ``fixed`` holds parameters set to a number, as in
    ``bf(..., nu=4)``, ``equal`` those set to another parameter, as in ``bf(..., zoi="coi")``.
    """

    response: Node
    additions: tuple[Call, ...]
    predictors: tuple[PredictorFormula, ...]
    fixed: tuple[tuple[str, float], ...]
    equal: tuple[tuple[str, str], ...] = ()

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
        lines = dict.fromkeys(predictor.text for predictor in self.predictors)
        held = [f"{name} = {value:g}" for name, value in self.fixed]
        return "\n".join([*lines, *held, *(f"{name} = {other}" for name, other in self.equal)])

    def __add__(self, other: ParameterFormulas) -> ModelFormula:
        """Return the formula with further ones for other parameters, as in ``bf(...) + lf(...)``."""
        if not isinstance(other, ParameterFormulas):
            return NotImplemented
        _refuse_repeated((*self.predictors, *other.predictors), [k for k, _ in self.held])
        return replace(self, predictors=(*self.predictors, *other.predictors))

    @property
    def held(self) -> tuple[tuple[str, float | str], ...]:
        """The parameters that are set, to a number or to another parameter."""
        return (*self.fixed, *self.equal)

    def _repr_html_(self) -> str:
        return notebook.page(notebook.heading("Formula"), notebook.code(str(self)))


def bf(
    formula: str | ModelFormula, *others: str | ParameterFormulas, center: bool = True, cmc: bool = True,
    **fixed: float | str,
) -> ModelFormula:  # fmt: skip
    """Set up a model formula with further formulas for distributional parameters.

    Args:
        formula: the main formula, e.g. ``"y ~ x + (1 | g)"``; predicts the parameter ``mu``.
        others: formulas for other parameters, e.g. ``"sigma ~ z"`` or ``"sigma + nu ~ z"``, or ``lf(...)``.
        center: of the main formula: whether the intercept stands for the predictor at the means of the columns, with a
            prior of class ``Intercept``; if not, it is an ordinary coefficient of class ``b``.
        cmc: of the main formula: whether a factor keeps all its levels where there is no intercept (cell means).
        fixed: parameters held at a number, e.g. ``nu=4``, or equal to another one of the same range, e.g.
            ``zoi="coi"``.

    Raises:
        FormulaError: if a text is malformed or a parameter is set twice.

    Source: the function of the same name in brms.
    """
    if isinstance(formula, ModelFormula):
        if not others and not fixed and center and cmc:
            return formula
        raise FormulaError("bf() takes a string first; this is a model formula already")
    response, additions, main = _split_main(formula)
    check_switches(center=center, cmc=cmc)
    further = [part if isinstance(part, ParameterFormulas) else lf(part) for part in others]
    predictors = [replace(main, center=center, cmc=cmc), *(p for part in further for p in part.predictors)]
    for name, value in fixed.items():
        if name in _ELSEWHERE:
            raise FormulaError(f"bf() takes no {name}=: {_ELSEWHERE[name]}")
        if not (is_number(value) or isinstance(value, str)):
            raise FormulaError(
                f"{name}= must be a number, or the name of another parameter, got {value!r}; to predict it write "
                f"'{name} ~ ...'"
            )
    _refuse_repeated(predictors, list(fixed))
    equal = tuple((k, v) for k, v in fixed.items() if isinstance(v, str))
    numbers = tuple((k, float(v)) for k, v in fixed.items() if not isinstance(v, str))
    return ModelFormula(response, additions, tuple(predictors), numbers, equal)


def lf(*formulas: str, center: bool = True, cmc: bool = True) -> ParameterFormulas:
    """Set up formulas for distributional parameters, for ``bf(...)`` or to be added to it.

    Args:
        formulas: e.g. ``"sigma ~ z"``; ``"sigma + nu ~ z"`` says the same of two parameters.
        center, cmc: as in ``bf``, for these formulas.

    Raises:
        FormulaError: if a text is malformed.

    Source: the function of the same name in brms.
    """
    if not formulas:
        raise FormulaError("lf() needs a formula such as 'sigma ~ z'")
    check_switches(center=center, cmc=cmc)
    found = [p for text in formulas for p in _split_parameters(text)]
    return ParameterFormulas(tuple(replace(p, center=center, cmc=cmc) for p in found))


_ELSEWHERE = {
    "family": "give the family to brm() and the other functions",
    "nl": "non-linear formulas are not built yet",
    "autocor": "autocorrelation is not built yet",
}
"""Arguments of brms's ``bf`` that are no parameters -> where they belong."""


def check_switches(**switches: bool) -> None:
    """Raise FormulaError for an option that is not True or False."""
    for name, value in switches.items():
        if not isinstance(value, bool):
            raise FormulaError(f"{name} must be True or False, got {value!r}")


def _refuse_repeated(predictors: Sequence[PredictorFormula], held: Sequence[str]) -> None:
    seen = set(held)
    for predictor in predictors:
        if predictor.dpar in seen:
            raise FormulaError(
                f"the parameter {predictor.dpar!r} is set more than once", predictor.text, predictor.span
            )
        seen.add(predictor.dpar)


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


def _split_parameters(text: str) -> list[PredictorFormula]:
    tree = parse(text)
    named = _summands(tree.left) if isinstance(tree, Binary) and tree.operator == "~" else []
    names = [node for node in named if isinstance(node, Name)]
    if not isinstance(tree, Binary) or not names or len(names) < len(named):
        raise FormulaError("a formula for a parameter has the form 'sigma ~ ...'", text, tree.span)
    return [PredictorFormula(node.name, tree.right, text, node.span) for node in names]


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
