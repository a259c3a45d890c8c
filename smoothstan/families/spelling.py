"""How a family may be written: in small or capital letters, under brms's short names, or as a call of R."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from smoothstan.errors import FamilyError, known, underline

_PREFIXES = {"zi_": "zero_inflated_", "hu_": "hurdle_"}
_OTHERS = {"normal": "gaussian", "inverse_gaussian": "inverse.gaussian"}
_NOT_BUILT = frozenset({
    "com_poisson", "cox", "custom", "dirichlet", "dirichlet2", "discrete_weibull", "exgaussian", "frechet",
    "gen_extreme_value", "hurdle_cumulative", "logistic_normal", "mixture", "multinomial", "dirichlet_multinomial",
    "von_mises", "wiener", "xbeta", "zero_inflated_asym_laplace", "zero_inflated_beta_binomial", "huber",
})  # fmt: skip
"""Families of brms that are known but not built yet."""


def family_name(name: str, families: Collection[str]) -> str:
    """Return the name under which a family is listed; brms's rules: no capitals, ``normal``, ``zi_`` and ``hu_``.

    Raises:
        FamilyError: for a family of brms that is not built.
    """
    small = name.lower()
    for short, long in _PREFIXES.items():
        small = re.sub(f"^{short}", long, small)
    small = _OTHERS.get(small, small)
    if small in families:
        return small
    if small in _NOT_BUILT:
        raise FamilyError(f"family {small!r} is not built yet (built: {known(families)})")
    return name


@dataclass(frozen=True)
class WrittenFamily:
    """A family's name and the arguments of the call, if it is one; the first without a name is the link."""

    name: str
    arguments: dict[str, Any]


def read_family(text: str) -> WrittenFamily:
    """Read ``"Gamma"``, ``"negbinomial()"`` or ``'cumulative("probit", threshold = "equidistant")'``.

    Raises:
        FamilyError: for a call with anything but texts, numbers, and names such as NA in it.
    """
    if "(" not in text:
        return WrittenFamily(text, {})
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        node = None
    if not isinstance(node, ast.Call) or len(node.args) > 1 or any(k.arg is None for k in node.keywords):
        raise _unreadable(text)
    given: list[tuple[str, ast.expr]] = [("link", value) for value in node.args]
    given += [(str(keyword.arg), keyword.value) for keyword in node.keywords]
    arguments = {name: _value(value, text) for name, value in given}
    if len(arguments) < len(given):
        raise _unreadable(text)
    return WrittenFamily(ast.unparse(node.func), arguments)


def _value(node: ast.expr, text: str) -> Any:
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, int, float)):
        return node.value
    if isinstance(node, ast.Name):
        return node.id
    raise _unreadable(text)


def _unreadable(text: str) -> FamilyError:
    return FamilyError(
        f"a family is a name such as 'gaussian', or a call such as 'cumulative(\"probit\")'\n"
        f"{underline(text, (0, len(text)))}"
    )
