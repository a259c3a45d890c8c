"""Names of the parameters of categories, as brms makes them: letters and digits only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from smoothstan.errors import FamilyError

_WORD = re.compile(r"[^\w.]")


def category_parameters(stem: str, categories: Sequence[str]) -> tuple[str, ...]:
    """Return a parameter name per category: ``b c`` -> ``mubc``.

    What is no letter or digit is left out; names that R's ``make.names`` would find equal are numbered.  Letters
    outside ASCII, which Stan does not know, lose their accents or are written as their code.

    Raises:
        FamilyError: if two categories get the same name, or one has no letter or digit.
    """
    texts = [stem + _ascii(category) for category in categories]
    made = _numbered([_WORD.sub(".", text) for text in texts], texts)
    names = [name.replace(".", "").replace("_", "") for name in made]
    for i, name in enumerate(names):
        if name == stem:
            raise FamilyError(f"the category {categories[i]!r} has no letter or digit to name its parameter; rename it")
        if name in names[:i]:
            other = categories[names.index(name)]
            raise FamilyError(
                f"the categories {other!r} and {categories[i]!r} would both have the parameter {name}, as only letters "
                "and digits count; rename one"
            )
    return tuple(names)


def _numbered(names: list[str], texts: list[str]) -> list[str]:
    """Make names unique by a number, as R's ``make.names`` does: those that are as written come first."""
    taken, result = set(names), list(names)
    seen: set[str] = set()
    for i in sorted(range(len(names)), key=lambda i: names[i] != texts[i]):
        count = 0
        while result[i] in seen or (count and result[i] in taken):
            count += 1
            result[i] = f"{names[i]}.{count}"
        seen.add(result[i])
    return result


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c if c.isascii() else "" if unicodedata.combining(c) else f"u{ord(c):x}" for c in plain)
