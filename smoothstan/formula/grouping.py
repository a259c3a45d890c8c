"""What stands right of the bar of a group-level term: ``g``, ``g1:g2``, ``gr(g, by = f)``, ``mm(g1, g2)``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from smoothstan.formula.arguments import CallArguments, call_arguments, constant_value
from smoothstan.formula.syntax import Binary, Call, Name, Node, deparse, strip_parens

GROUPINGS = ("gr", "mm")
"""The functions that describe a grouping."""

DISTRIBUTIONS = ("gaussian", "student")
_ARGUMENTS = {
    "gr": ("by", "cor", "id", "cov", "dist", "center", "pw"),
    "mm": ("weights", "scale", "by", "cor", "id", "cov", "dist", "center", "pw"),
}
_HELP = "a group is a column or columns joined by ':'"


@dataclass(frozen=True)
class WrittenGrouping:
    """A grouping as it was written.

    Args:
        label: its name in priors and in the posterior: ``g``, ``g1:g2``, ``mmg1g2``.
        factors: the grouping factors: one, or those of a multi-membership term.
        multiple: whether it is a multi-membership term.
        by: the expression with whose levels the standard deviations and correlations differ, or None.
        covariance: the name of the known covariance matrix of the levels, or empty.
        distribution: one of ``DISTRIBUTIONS``.
        correlated: False for ``cor = FALSE``.
        identifier: ``id``, or None.
        center: whether the effects themselves are sampled; ``"auto"`` to decide from the data.
        weights: the expression for the weights of a multi-membership term, or None.
        scale: whether the weights of a row are made to sum to one.
        level_weights: the expression for the weights of the levels in the prior, ``pw``, or None.
    """

    label: str
    factors: tuple[Node, ...]
    multiple: bool = False
    by: Node | None = None
    covariance: str = ""
    distribution: str = "gaussian"
    correlated: bool = True
    identifier: str | None = None
    center: bool | str = False
    weights: Node | None = None
    scale: bool = True
    level_weights: Node | None = None

    @property
    def special(self) -> str:
        """What sets its effects apart from independent normal ones with common standard deviations, or nothing."""
        kinds = {
            "multi-membership": self.multiple,
            "by-specific": self.by is not None,
            "known-covariance": bool(self.covariance),
            "Student-t": self.distribution == "student",
            "prior-weighted": self.level_weights is not None,
        }
        return ", ".join(kind for kind, given in kinds.items() if given)


def read_grouping(node: Node, text: str) -> WrittenGrouping:
    """Read a grouping.

    Args:
        node: columns joined by ``:``, or a call of ``gr()`` or ``mm()``.
        text: the formula's text, for errors.

    Raises:
        FormulaError: for an argument that does not exist or has a value that is not allowed.
    """
    if not isinstance(node, Call):
        return WrittenGrouping(deparse(node), (node,))
    arguments = call_arguments(node, text, _ARGUMENTS[node.function])
    multiple = node.function == "mm"
    factors = tuple(map(strip_parens, arguments.positional))
    _check_factors(factors, arguments, multiple=multiple)
    label = "".join(["mm" * multiple, *map(deparse, factors)])
    weights = _given(arguments, "weights")
    return WrittenGrouping(
        label,
        factors,
        multiple,
        by=_given(arguments, "by"),
        covariance=arguments.read("cov", _name, ""),
        distribution=arguments.read("dist", _one_of(*DISTRIBUTIONS), "gaussian"),
        correlated=arguments.read("cor", _one_of(True, False), True),
        identifier=arguments.read("id", _identifier, None),
        center=arguments.read("center", _one_of(True, False, "auto"), False),
        weights=weights,
        scale=arguments.read("scale", _one_of(True, False), True),
        level_weights=_given(arguments, "pw"),
    )


def _check_factors(factors: tuple[Node, ...], arguments: CallArguments, *, multiple: bool) -> None:
    for factor in factors:
        if not _is_factor(factor):
            raise arguments.error(f"{_HELP}, found {deparse(factor)}", factor)
    if multiple and len(factors) < 2:
        raise arguments.error(f"mm() needs at least two grouping factors, found {len(factors)}")
    if not multiple and len(factors) != 1:
        raise arguments.error(f"gr() takes one grouping factor, found {len(factors)}")


def _is_factor(node: Node) -> bool:
    match node:
        case Name():
            return True
        case Binary(operator=":", left=left, right=right):
            return _is_factor(strip_parens(left)) and _is_factor(strip_parens(right))
    return False


def _given(arguments: CallArguments, name: str) -> Node | None:
    node = arguments.named.get(name)
    return None if node is None or _is_null(node) else node


def _is_null(node: Node) -> bool:
    return deparse(node) in ("NULL", "NA")


def _name(node: Node) -> str:
    if not isinstance(node, Name):
        raise ValueError(f"the name of a matrix in data2 is needed, found {deparse(node)}")
    return node.name


def _identifier(node: Node) -> str | None:
    if _is_null(node):
        return None
    value = getattr(node, "value", None)
    return str(value) if isinstance(value, str) else deparse(node)


def _one_of(*allowed: Any) -> Callable[[Node], Any]:
    def read(node: Node) -> Any:
        value = constant_value(node)
        if not any(value is choice or (isinstance(choice, str) and value == choice) for choice in allowed):
            written = ", ".join(f'"{choice}"' if isinstance(choice, str) else str(choice).upper() for choice in allowed)
            raise ValueError(f"it must be one of {written}, found {deparse(node)}")
        return value

    return read
