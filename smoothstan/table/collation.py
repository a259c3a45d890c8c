"""The order in which R puts strings, and with it the levels of a character variable.

R sorts by the collation of the locale, in practice that of the Unicode root: punctuation before digits
before letters, case and accents only as tie-breaks, lower case first.  Plain code-point order would put
``Control`` before ``active`` and so change the reference level.
Source: Unicode Technical Standard 10, section 3 (three levels of comparison).
"""

from __future__ import annotations

import unicodedata

_ASCII = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz"
_RANK = {character: rank for rank, character in enumerate(_ASCII)}


def collation_key(text: str) -> tuple[tuple[int, ...], tuple[int, ...], tuple[bool, ...], str]:
    """Return a key that sorts strings as R does: base characters, then accents, then case."""
    decomposed = unicodedata.normalize("NFD", text)
    base = [c for c in decomposed if not unicodedata.combining(c)]
    primary = tuple(_RANK.get(c.lower(), 1000 + ord(c.lower()[0])) for c in base)
    accents = tuple(ord(c) if unicodedata.combining(c) else 0 for c in decomposed)
    return primary, accents, tuple(c.isupper() for c in base), text
