"""Read a distribution such as ``student_t(3, 0, 2.5)``, and say what the program needs of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from smoothstan.errors import FormulaError, PriorError, known, suggestion, underline
from smoothstan.formula.arguments import constant_value
from smoothstan.formula.parser import parse
from smoothstan.formula.syntax import Argument, Call, Node, Span, deparse
from smoothstan.numerals import format_number, is_number
from smoothstan.priors.density import CONSTANT, DENSITIES, DIRICHLET, DISTRIBUTIONS, LKJ, Density
from smoothstan.priors.horseshoe import Horseshoe
from smoothstan.priors.r2d2 import R2D2
from smoothstan.priors.shrinkage import Shrinkage

SHRINKAGES: Mapping[str, type[Shrinkage]] = {kind.name: kind for kind in (Horseshoe, R2D2)}


@dataclass(frozen=True)
class Distribution:
    """A density with its arguments, e.g. ``student_t(3, 0, 2.5)``; ``shrinkage`` instead of both where it is one."""

    density: Density
    arguments: tuple[float, ...]
    text: str
    shrinkage: Shrinkage | None = None

    @property
    def support(self) -> tuple[float | None, float | None]:
        """The ends of the support; None where it is unbounded."""
        return self._end(self.density.lower), self._end(self.density.upper)

    def _end(self, end: float | str | None) -> float | None:
        if isinstance(end, str):
            return self.arguments[[argument.name for argument in self.density.arguments].index(end)]
        return end

    @property
    def argument_text(self) -> str:
        """The arguments as Stan code, e.g. ``3, 0, 2.5``."""
        return ", ".join(map(_literal, self.arguments))

    @property
    def draw(self) -> str:
        """The Stan expression that draws from it."""
        if not self.density.draw:
            return f"{self.density.name}_rng({self.argument_text})"
        return self.density.draw.format(*map(_operand, self.arguments))

    @property
    def constant(self) -> float | None:
        """The value at which the parameter is held, or None if it is sampled."""
        return self.arguments[0] if self.density is CONSTANT else None

    @property
    def is_density(self) -> bool:
        """Whether it is a density of a real number, with a statement of its own in the program."""
        return self.density.name in DENSITIES

    def concentrations(self, size: int) -> tuple[float, ...]:
        """Return the arguments of a Dirichlet prior of a simplex with ``size`` elements; one is repeated.

        Raises:
            PriorError: if there are neither one nor ``size`` of them.
        """
        if len(self.arguments) == 1:
            return self.arguments * size
        if len(self.arguments) != size:
            raise PriorError(
                f"the prior {self.text!r} has {len(self.arguments)} concentrations, but the simplex has {size} "
                "elements; give one for all, or one for each"
            )
        return self.arguments


def _literal(value: float) -> str:
    """Write a number for Stan, whose whole numbers without a point end at 2^31 - 1."""
    text = format_number(value)
    return f"{text}.0" if abs(value) >= 2**31 and text.lstrip("-").isdigit() else text


def _operand(value: float) -> str:
    """Write a number so that it can stand beside any operator; with a point, so that Stan divides it as a real."""
    text = format_number(value)
    text = text if any(mark in text for mark in ".e") else f"{text}.0"
    return f"({text})" if value < 0 else text


@lru_cache(maxsize=1024)
def parse_distribution(text: str) -> Distribution:
    """Read ``"student_t(3, 0, 2.5)"``; check the name, the number of arguments and what they must be.

    Raises:
        PriorError: with the place underlined.
    """
    try:
        node = parse(text)
    except FormulaError as fault:
        raise _error(text, "cannot be read", fault.span, fault.message) from None
    if not isinstance(node, Call):
        raise _error(text, "is not a distribution such as normal(0, 5)", node.span)
    if node.function in SHRINKAGES:
        return _shrinkage(node, text)
    if node.function == "lasso":
        raise _error(text, "is not available: brms took lasso() out; use horseshoe() or R2D2()", node.span)
    if node.function not in DISTRIBUTIONS:
        names = (*DISTRIBUTIONS, *SHRINKAGES)
        hint = suggestion(node.function, names)
        raise PriorError(
            f"unknown distribution {node.function!r}{hint} (known: {known(names)})\n{underline(text, node.span)}"
        )
    density = DISTRIBUTIONS[node.function]
    return Distribution(density, _arguments(node, density, text), deparse(node))


def _error(text: str, message: str, span: Span | None, more: str = "") -> PriorError:
    detail = f": {more}" if more else ""
    return PriorError(f"the prior {text!r} {message}{detail}\n{underline(text, span)}")


def _arguments(node: Call, density: Density, text: str) -> tuple[float, ...]:
    values = [v for argument in _unnamed(node, density, text) for v in _numbers(argument.value, density, text)]
    expected = density.arguments
    if density is DIRICHLET and values:
        expected *= len(values)
    if len(values) != len(expected):
        takes = f"{len(expected)}: {density.usage}" if expected else f"none: {density.usage}"
        if density is DIRICHLET:
            takes = "one for all elements of the simplex, or one for each"
        raise _error(text, f"has {len(values)} arguments; {density.name} takes {takes}", node.span)
    for place, kind, value in zip(_places(node, values), expected, values, strict=True):
        if not kind.allows(value):
            raise _error(
                text, f"has the argument {value:g} where {kind.needs} is needed: {kind.name} of {density.usage}", place
            )
    if density.name == "uniform" and not values[0] < values[1]:
        raise _error(text, "needs its lower bound below the upper one", node.span)
    return tuple(values)


def _unnamed(node: Call, density: Density, text: str) -> tuple[Argument, ...]:
    """Return the arguments; that constants are repeated may be said by name, as in brms."""
    kept = []
    for argument in node.arguments:
        if density is CONSTANT and argument.name == "broadcast":
            if _value(argument.value) is not True:
                raise _error(text, "holds every parameter at one number; broadcast can only be TRUE", argument.span)
        elif argument.name is not None:
            raise _error(text, f"has the argument {argument.name!r}; they are given without names", argument.span)
        else:
            kept.append(argument)
    return tuple(kept)


def _places(node: Call, values: list[float]) -> list[Span]:
    """Return the place of every number; those in ``c()`` share one."""
    spans = [a.value.span for a in node.arguments if a.name is None]
    return spans if len(spans) == len(values) else [node.span] * len(values)


def _value(node: Node) -> Any:
    try:
        return constant_value(node)
    except ValueError:
        return None


def _numbers(node: Node, density: Density, text: str) -> tuple[float, ...]:
    value = _value(node)
    several = isinstance(value, tuple) and density is DIRICHLET
    values = value if several else (value,)
    if not values or not all(map(is_number, values)):
        raise _error(text, f"has {deparse(node)} where a number is needed: the arguments must be numbers", node.span)
    return tuple(map(float, values))


def _shrinkage(node: Call, text: str) -> Distribution:
    kind = SHRINKAGES[node.function]
    names = kind.written()
    if len(node.arguments) > len(names):
        raise _error(
            text, f"has {len(node.arguments)} arguments; {kind.name} takes at most {len(names)}: {', '.join(names)}",
            node.span,
        )  # fmt: skip
    given: dict[str, Any] = {}
    free = iter(name for name in names if name not in {a.name for a in node.arguments})
    for argument in node.arguments:
        name = argument.name or next(free)
        if name not in names or name in given:
            fault = "twice" if name in given else f"but takes {', '.join(names)}{suggestion(name, names)}"
            raise _error(text, f"has the argument {name!r} {fault}", argument.span)
        try:
            given[name] = constant_value(argument.value)
        except ValueError as wrong:
            raise _error(text, f"has a wrong {name}", argument.value.span, str(wrong)) from None
    shrinkage = kind(**given)
    if fault := shrinkage.check():
        place = next((a.value.span for a in node.arguments if fault.startswith(f"{a.name} ")), node.span)
        raise _error(text, "has a wrong argument", place, fault)
    return Distribution(Density(kind.name, ""), (), deparse(node), shrinkage)


def is_correlations(distribution: Distribution | None) -> bool:
    """Return whether it is the prior of a correlation matrix."""
    return distribution is not None and distribution.density is LKJ


def is_simplex(distribution: Distribution | None) -> bool:
    """Return whether it is the prior of a simplex."""
    return distribution is not None and distribution.density is DIRICHLET
