"""A Stan program with its data and the names of its results."""

from __future__ import annotations

import re
from dataclasses import dataclass

from smoothstan.arrays import StanData
from smoothstan.terms import Variable

_DATA_BLOCK = re.compile(r"^data \{\n(.*?)^\}", re.DOTALL | re.MULTILINE)
_PARAMETERS_BLOCK = re.compile(r"^parameters \{\n(.*?)^\}", re.DOTALL | re.MULTILINE)
_PARAMETER = re.compile(r"^\s*(?:array\[\w+\]\s+)?(\w+)(?:<([^>]*)>)?(?:\[[^;\n]*\])?\s+(\w+);", re.MULTILINE)
_BOUND = re.compile(r"(lower|upper)\s*=\s*([^,\s]+)")
_OFFSET = re.compile(r"offset=(?:rep_matrix\(\[)?([^\]]*)")
_DECLARATION = re.compile(r"^[^/\n]*?(\w+);", re.MULTILINE)


@dataclass(frozen=True)
class StanProgram:
    """The code, the data that it declares, how its columns are named in the posterior, and those kept beside it."""

    code: str
    data: StanData
    variables: tuple[Variable, ...]
    latent: tuple[Variable, ...] = ()


def declared_data(code: str) -> tuple[str, ...]:
    """Return the names that the data block of a program declares."""
    block = _DATA_BLOCK.search(code)
    return tuple(_DECLARATION.findall(block.group(1))) if block else ()


@dataclass(frozen=True)
class DeclaredParameter:
    """A parameter as the program declares it: its name, its type (``"cholesky_factor_corr"``), and its bounds.

    ``about`` has, for every column of a matrix with an offset, the parameter that is subtracted, or nothing.
    """

    name: str
    kind: str
    lower: float | None
    upper: float | None
    about: tuple[str, ...] = ()


def declared_parameters(code: str) -> tuple[DeclaredParameter, ...]:
    """Return what the parameters block of a program declares, in order."""
    block = _PARAMETERS_BLOCK.search(code)
    found = []
    for kind, bounds, name in _PARAMETER.findall(block.group(1)) if block else ():
        limits = {key: float(value) for key, value in _BOUND.findall(bounds)}
        shifts = [text.strip() for match in _OFFSET.findall(bounds) for text in match.split(",")]
        about = tuple("" if text == "0" else text.removeprefix("-") for text in shifts)
        found.append(DeclaredParameter(name, kind, limits.get("lower"), limits.get("upper"), about))
    return tuple(found)
