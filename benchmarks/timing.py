"""Wall and processor time, in seconds.

Processor time, summed over threads and processes, hardly depends on what else the machine does.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from statistics import median
from typing import NamedTuple


class Elapsed(NamedTuple):
    """Seconds on the wall and of the processors."""

    wall: float
    processor: float


def processor_seconds() -> float:
    """Return the processor time so far of this process and of the processes that it has waited for."""
    children = os.times()
    return time.process_time() + children.children_user + children.children_system


def elapsed(work: Callable[[], object]) -> Elapsed:
    """Measure one call."""
    started, processor = time.perf_counter(), processor_seconds()
    work()
    return Elapsed(time.perf_counter() - started, processor_seconds() - processor)


def median_elapsed(measured: Iterable[Elapsed]) -> Elapsed:
    """Return the medians of several measurements."""
    return Elapsed(*map(median, zip(*measured, strict=True)))
