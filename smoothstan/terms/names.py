"""brms's spelling of coefficient names."""

from __future__ import annotations

import re

_REMOVED = re.compile(r"[ ()\[\],\"'?]")
_REPLACED = (("+", "P"), ("-", "M"), ("*", "MU"), ("/", "D"), ("^", "E"), ("=", "EQ"), ("$", "USD"))


def clean_name(text: str) -> str:
    """Turn a column's label into the name that brms gives its coefficient: ``I(x^2)`` -> ``IxE2``."""
    name = _REMOVED.sub("", text)
    for character, replacement in _REPLACED:
        name = name.replace(character, replacement)
    return name


def suffix(dpar: str) -> str:
    """Return the suffix of Stan names of a distributional parameter; ``mu`` is silent."""
    return "" if dpar == "mu" else f"_{dpar}"


def prior_dpar(dpar: str) -> str:
    """Return the parameter as prior addresses spell it: empty for ``mu``."""
    return "" if dpar == "mu" else dpar
