"""How many rows fit into the memory that a call may use."""

from __future__ import annotations

import re
from dataclasses import dataclass

import psutil

from smoothstan.errors import OptionError
from smoothstan.numerals import is_number

_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}
_DEFAULT = 256 * 10**6
_DOUBLE = 8


@dataclass(frozen=True)
class Demand:
    """What a computation over draws and rows holds in memory at the same time.

    Args:
        draws: the number of draws.
        arrays: how many arrays of (draws, rows) doubles.
        numbers_per_row: further doubles for every row.
        numbers_per_draw: further doubles for every draw, whatever the number of rows.
    """

    draws: int
    arrays: int
    numbers_per_row: int = 0
    numbers_per_draw: int = 0

    @property
    def constant(self) -> int:
        """The bytes that it needs whatever the number of rows."""
        return _DOUBLE * self.draws * self.numbers_per_draw

    @property
    def per_row(self) -> int:
        """The bytes that it needs for every row."""
        return _DOUBLE * (self.draws * self.arrays + self.numbers_per_row)


def bytes_allowed(max_memory: float | str | None) -> int:
    """Read a limit of memory: bytes, a text such as ``"200 MB"`` or ``"1.5 GiB"``, or None for 256 MB.

    Raises:
        OptionError: for anything else.
    """
    if max_memory is None:
        return _DEFAULT
    if is_number(max_memory) and float(max_memory) > 0:
        return int(max_memory)
    match = re.fullmatch(r"\s*([0-9.]+)\s*([A-Za-z]*)\s*", max_memory) if isinstance(max_memory, str) else None
    if match is None or match[2].upper() not in _UNITS or not re.fullmatch(r"\d+\.?\d*|\.\d+", match[1]):
        raise OptionError(f"max_memory is a number of bytes or a text such as '200 MB', got {max_memory!r}")
    return int(float(match[1]) * _UNITS[match[2].upper()])


def row_blocks(n: int, demand: Demand, allowed: int, multiple: int = 1) -> list[slice]:
    """Split rows so that what is computed for them fits into the memory allowed.

    Args:
        n: the number of rows.
        demand: what is held at the same time.
        allowed: bytes.
        multiple: of what the size of all blocks but the last is a multiple.

    Raises:
        OptionError: if not even the smallest block fits.
    """
    smallest = min(multiple, n)
    rows = max(0, allowed - demand.constant) // demand.per_row // multiple * multiple
    if rows < smallest and demand.constant + smallest * demand.per_row > allowed:
        needed = demand.constant + smallest * demand.per_row
        raise OptionError(
            f"max_memory is too small: {smallest} rows of {demand.draws} draws need about {needed / 1e6:.3g} MB; "
            "allow more, or use fewer draws (ndraws=)"
        )
    size = max(rows, smallest)
    return [slice(start, min(start + size, n)) for start in range(0, n, size)]


def memory_beside(n: int, draws: int, max_memory: float | str | None) -> int:
    """Return the bytes that are left for blocks beside a result of (draws, rows) doubles.

    Raises:
        OptionError: if the result is larger than allowed, or than what is free where no limit is given.
    """
    size = n * draws * _DOUBLE
    free = psutil.virtual_memory().available
    allowed = free if max_memory is None else bytes_allowed(max_memory)
    if size > allowed:
        what = "is free" if max_memory is None else "max_memory allows"
        raise OptionError(
            f"the result, {draws} draws of {n} rows, takes {size / 1e9:.3g} GB, more than {what} "
            f"({allowed / 1e9:.3g} GB). Take it in blocks with prediction_blocks(), write it to a file with "
            "write_predictions(), summarise it with fitted() or predict(), or use fewer draws (ndraws=)"
        )
    return _DEFAULT if max_memory is None else allowed - size
