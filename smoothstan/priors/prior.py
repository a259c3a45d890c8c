"""A prior as the user writes it, and a distribution as the program needs it."""

from __future__ import annotations

from dataclasses import dataclass

from smoothstan import notebook
from smoothstan.errors import FormulaError, PriorError
from smoothstan.formula.arguments import constant_value
from smoothstan.formula.parser import parse
from smoothstan.formula.syntax import Call, Node, deparse
from smoothstan.numerals import format_number, is_number
from smoothstan.priors.density import DENSITIES, DIRICHLET, LKJ, NOT_BUILT, Density


@dataclass(frozen=True)
class Distribution:
    """A density with its arguments, e.g. ``student_t(3, 0, 2.5)``."""

    density: Density
    arguments: tuple[float, ...]
    text: str

    @property
    def support(self) -> tuple[float | None, float | None]:
        """The ends of the support; None where it is unbounded."""
        if self.density.name == "uniform":
            return self.arguments[0], self.arguments[1]
        if self.density.name in ("pareto", "pareto_type_2"):
            return self.arguments[0], None
        return self.density.lower, self.density.upper

    @property
    def argument_text(self) -> str:
        """The arguments as Stan code, e.g. ``3, 0, 2.5``."""
        return ", ".join(format_number(value) for value in self.arguments)


@dataclass(frozen=True)
class Prior:
    """What ``prior()`` was asked for; ``dpar`` is empty for ``mu``."""

    text: str
    class_: str
    coef: str
    group: str
    dpar: str
    lb: float | None
    ub: float | None

    @property
    def address(self) -> tuple[str, str, str, str]:
        """(class, coef, group, dpar) of the parameters, as in a ``PriorSlot``."""
        return (self.class_, self.coef, self.group, "" if self.dpar == "mu" else self.dpar)

    def __str__(self) -> str:
        address = {"class_": self.class_, "coef": self.coef, "group": self.group, "dpar": self.dpar}
        given = ", ".join(f"{key}={value!r}" for key, value in address.items() if value)
        return f"prior({self.text!r}, {given})"

    def _repr_html_(self) -> str:
        bounds = {"lb": self.lb, "ub": self.ub}
        named = {"class": self.class_, "coef": self.coef, "group": self.group, "dpar": self.dpar}
        written = [f"{key} = {value}" for key, value in named.items() if value]
        written += [f"{key} = {format_number(bound)}" for key, bound in bounds.items() if bound is not None]
        return notebook.page(notebook.heading(self.text or "(flat)", ", ".join(written)))


def prior(
    distribution: str,
    class_: str = "b",
    *,
    coef: str = "",
    group: str = "",
    dpar: str = "",
    lb: float | None = None,
    ub: float | None = None,
) -> Prior:
    """Set a prior for a class of parameters or for one parameter.

    Args:
        distribution: a Stan density with numbers as arguments, e.g. ``"normal(0, 5)"``; an empty string
            for a flat prior; ``"lkj(2)"`` for the class ``cor``, ``"dirichlet(2, 1)"`` for ``simo``.
        class_: ``"b"``, ``"Intercept"``, ``"sd"``, ``"sds"``, ``"cor"`` or a family parameter such as ``"sigma"``.
        coef: a coefficient's name as in the summary, e.g. ``"x"``; a smooth's text for ``"sds"``.
        group: a grouping factor, for ``"sd"`` and ``"cor"``.
        dpar: the distributional parameter, empty for the main one.
        lb, ub: bounds of the whole class; only without ``coef``.

    Raises:
        PriorError: if the distribution is unknown or has wrong arguments.

    Source: ``set_prior`` of brms; the addresses and names are the same.
    """
    if not isinstance(distribution, str):
        raise PriorError(f"a prior is a string such as 'normal(0, 5)', got {distribution!r}")
    for name, value in {"class_": class_, "coef": coef, "group": group, "dpar": dpar}.items():
        if not isinstance(value, str):
            raise PriorError(f"{name} must be a string, got {value!r}")
    for name, bound in {"lb": lb, "ub": ub}.items():
        if bound is not None and not is_number(bound):
            raise PriorError(f"{name} must be a finite number or None, got {bound!r}")
    if (coef or group) and (lb is not None or ub is not None):
        part = f"coef={coef!r}" if coef else f"group={group!r}"
        raise PriorError(
            f"bounds hold for a whole class, not for a part of it ({part}); leave {part.split('=')[0]} out"
        )
    if lb is not None and ub is not None and not lb < ub:
        raise PriorError(f"lb must be below ub, found lb={lb}, ub={ub}")
    if distribution.strip():
        parse_distribution(distribution)
    return Prior(distribution.strip(), class_, coef, group, dpar, lb, ub)


def parse_distribution(text: str) -> Distribution:
    """Read ``"student_t(3, 0, 2.5)"``; check the name, the number of arguments and their signs."""
    try:
        node = parse(text)
    except FormulaError as fault:
        raise PriorError(f"the prior {text!r} cannot be read: {fault.message}") from None
    if not isinstance(node, Call):
        raise PriorError(f"the prior {text!r} is not a distribution such as normal(0, 5)")
    if node.function in NOT_BUILT:
        raise PriorError(f"the prior {text!r} is not built yet: {node.function}()")
    special = {density.name: density for density in (LKJ, DIRICHLET)}
    density = special.get(node.function) or DENSITIES[node.function]
    if any(argument.name is not None for argument in node.arguments):
        raise PriorError(f"the arguments of the prior {text!r} are given without names")
    written = [argument.value for argument in node.arguments]
    if density.arguments.endswith("+"):
        written = [value for part in written for value in _listed(part)]
        kinds = density.arguments[0] * max(1, len(written))
    else:
        kinds = density.arguments
    if len(written) != len(kinds):
        raise PriorError(f"the prior {text!r} has {len(written)} arguments; {density.name} takes {len(kinds)}")
    values = tuple(_number(value, text) for value in written)
    for kind, value in zip(kinds, values, strict=True):
        if kind == "p" and not value > 0:
            raise PriorError(f"the prior {text!r} has the argument {value:g} where a positive number is needed")
    if density.name == "uniform" and not values[0] < values[1]:
        raise PriorError(f"the prior {text!r} needs its lower bound below the upper one")
    return Distribution(density, values, deparse(node))


def _listed(node: Node) -> list[Node]:
    """Return the numbers of ``c(...)``, or the one number."""
    return [a.value for a in node.arguments] if isinstance(node, Call) and node.function == "c" else [node]


def _number(node: object, text: str) -> float:
    try:
        value = constant_value(node)  # type: ignore[arg-type]
    except ValueError:
        value = None
    if value is None or not is_number(value):
        raise PriorError(f"the arguments of the prior {text!r} must be numbers")
    return float(value)
