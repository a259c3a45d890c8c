"""How the time from a table to Stan data grows with the number of rows."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import numpy as np

import smoothstan as ss
from benchmarks.markdown import markdown_table
from benchmarks.simulated import simulated_rows
from benchmarks.timing import Elapsed, elapsed, median_elapsed

_FORMULA = "y ~ x + f + s(z, bs='cr', k=10) + (1 + x | g)"
_SIZES = (1_000, 10_000, 100_000, 1_000_000)
_REPEATS = 3
_LARGE = 1_000_000
_HEADER = (
    "rows", "standata: wall", "processor", "with categories: wall", "processor", "stancode: wall", "processor",
    "result, MB", "peak, MB",
)  # fmt: skip
_TEXT = (
    f"`{_FORMULA}`: seconds, median of {_REPEATS}, one run at {_LARGE:,} rows. `f` and `g` are columns of "
    "strings; with categories, they are categorical. Result: the arrays that `standata` returns; peak: the most "
    "memory allocated meanwhile, result included and the table excluded. The processor time includes that of the "
    "linear algebra library's threads."
)


def run() -> str:
    """Measure every size, after one small call that imports what is imported late."""
    ss.stancode(_FORMULA, simulated_rows(200))
    return f"{_TEXT}\n\n{markdown_table(_HEADER, [_row(n) for n in _SIZES])}"


def _row(n: int) -> tuple[str, ...]:
    frame = simulated_rows(n)
    categories = frame.astype({"f": "category", "g": "category"})
    repeats = 1 if n >= _LARGE else _REPEATS
    times = (
        _median(lambda: ss.standata(_FORMULA, frame), repeats),
        _median(lambda: ss.standata(_FORMULA, categories), repeats),
        _median(lambda: ss.stancode(_FORMULA, frame), repeats),
    )
    result = sum(np.asarray(value).nbytes for value in ss.standata(_FORMULA, frame).values())
    memory = (result, _peak_bytes(lambda: ss.standata(_FORMULA, frame)))
    return (f"{n:,}", *(f"{t:.3f}" for pair in times for t in pair), *(f"{size / 1e6:.1f}" for size in memory))


def _median(work: Callable[[], object], repeats: int) -> Elapsed:
    return median_elapsed(elapsed(work) for _ in range(repeats))


def _peak_bytes(work: Callable[[], object]) -> int:
    """Return the most memory that a call allocates at one time."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
