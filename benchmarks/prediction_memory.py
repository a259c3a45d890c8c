"""How much memory and time predictions of many rows take."""

from __future__ import annotations

import json
import tempfile
import warnings
from pathlib import Path

import smoothstan as ss
from benchmarks.fresh_prediction import QUESTIONS
from benchmarks.fresh_process import run_python
from benchmarks.markdown import markdown_table
from benchmarks.simulated import simulated_rows

_FORMULA = "y ~ s(z) + (1 + x | g)"
_FITTED_ROWS = 500
_ROWS = 100_000
_ALLOWED = "200 MB"
_HEADER = ("question", "seconds", "processor", "rows per second", "resident, MB", "traced, MB")
_TEXT = (
    f'`{_FORMULA}`, 4,000 draws of {_ROWS:,} new rows, `max_memory="{_ALLOWED}"`; all numbers at once would take '
    f"{4_000 * _ROWS * 8 / 1e9:.1f} GB. Each question in a process of its own. Resident: by how much the process grew "
    "beyond what it had with the draws, the rows and the libraries; traced: the most that Python and NumPy allocated "
    "at one time, in a run of a tenth of the rows."
)


def run() -> str:
    """Fit a model, then ask every question of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fit.nc"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ss.errors.SamplingWarning)
            fit = ss.brm(_FORMULA, simulated_rows(_FITTED_ROWS), seed=1, show_progress=False)
        fit.save(path)
        rows = [_row(name, path, folder) for name in QUESTIONS]
    return f"{_TEXT}\n\n{markdown_table(_HEADER, rows)}"


def _row(name: str, path: Path, folder: str) -> tuple[str, ...]:
    printed = run_python("-m", "benchmarks.fresh_prediction", str(path), name, str(_ROWS), _ALLOWED, folder)
    measured: dict[str, float] = json.loads(printed.splitlines()[-1])
    return (
        f"`{name}`",
        f"{measured['wall']:.1f}",
        f"{measured['processor']:.1f}",
        f"{_ROWS / measured['wall']:,.0f}",
        f"{measured['resident'] / 1e6:.0f}",
        f"{measured['traced'] / 1e6:.0f}",
    )
