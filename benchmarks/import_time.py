"""How long ``import smoothstan`` takes."""

from __future__ import annotations

from functools import partial

from benchmarks.fresh_process import run_python
from benchmarks.markdown import markdown_table
from benchmarks.timing import Elapsed, elapsed, median_elapsed

_REPEATS = 7
_TARGET = 0.5
_EMPTY, _IMPORT = "pass", "import smoothstan"
_TEXT = f"Seconds, median of {_REPEATS} fresh processes of each kind, in turn. Target: less than {_TARGET}."


def run() -> str:
    """Compare fresh processes that import the package with ones that do nothing."""
    _process(_IMPORT)  # writes the byte code
    pairs = [(_process(_EMPTY), _process(_IMPORT)) for _ in range(_REPEATS)]
    differences = [Elapsed(b.wall - a.wall, b.processor - a.processor) for a, b in pairs]
    rows = [
        _row(f"`python -c '{_EMPTY}'`", median_elapsed(a for a, _ in pairs)),
        _row(f"`python -c '{_IMPORT}'`", median_elapsed(b for _, b in pairs)),
        _row("**difference**", median_elapsed(differences)),
    ]
    return f"{_TEXT}\n\n{markdown_table(('process', 'wall', 'processor'), rows)}"


def _process(code: str) -> Elapsed:
    return elapsed(partial(run_python, "-c", code))


def _row(name: str, seconds: Elapsed) -> tuple[str, ...]:
    return (name, f"{seconds.wall:.3f}", f"{seconds.processor:.3f}")
