"""A Stan program with its data and the names of its results."""

from __future__ import annotations

import re
from dataclasses import dataclass

from smoothstan.arrays import StanData
from smoothstan.terms import Variable

_DATA_BLOCK = re.compile(r"^data \{\n(.*?)^\}", re.DOTALL | re.MULTILINE)
_DECLARATION = re.compile(r"^[^/\n]*?(\w+);", re.MULTILINE)


@dataclass(frozen=True)
class StanProgram:
    """The code, the data that it declares, and how its columns are named in the posterior."""

    code: str
    data: StanData
    variables: tuple[Variable, ...]


def declared_data(code: str) -> tuple[str, ...]:
    """Return the names that the data block of a program declares."""
    block = _DATA_BLOCK.search(code)
    return tuple(_DECLARATION.findall(block.group(1))) if block else ()
