"""Predict by a stored fit in this process and print seconds and memory as JSON.

Arguments: the file of the fit, the question, the number of rows, the memory allowed, a folder to write to.
"""

from __future__ import annotations

import json
import resource
import sys
import tracemalloc
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import psutil

import smoothstan as ss
from benchmarks.simulated import simulated_rows
from benchmarks.timing import elapsed

_FEW = 100

QUESTIONS: Mapping[str, Callable[[ss.Posterior, Any, str, Path], object]] = {
    "prediction_blocks('epred')": lambda fit, rows, allowed, _: _exhaust(
        fit.prediction_blocks("epred", rows, max_memory=allowed)
    ),
    "prediction_blocks('predict')": lambda fit, rows, allowed, _: _exhaust(
        fit.prediction_blocks("predict", rows, seed=1, max_memory=allowed)
    ),
    "fitted()": lambda fit, rows, allowed, _: fit.fitted(rows, max_memory=allowed),
    "predict()": lambda fit, rows, allowed, _: fit.predict(rows, seed=1, max_memory=allowed),
    "write_predictions('.nc', 'epred')": lambda fit, rows, allowed, folder: fit.write_predictions(
        folder / "predictions.nc", "epred", rows, max_memory=allowed
    ),
    "write_predictions('.zarr', 'epred')": lambda fit, rows, allowed, folder: fit.write_predictions(
        folder / "predictions.zarr", "epred", rows, max_memory=allowed
    ),
}
"""What is asked -> how, of a fit, about rows, within the memory allowed, writing to a folder."""


def main() -> None:
    """Ask about few rows first, which imports what is imported late and reads the draws."""
    path, name, n, allowed, folder = sys.argv[1:]
    fit, rows, ask = ss.load_fit(path), simulated_rows(int(n)), QUESTIONS[name]
    ask(fit, rows.iloc[:_FEW], allowed, Path(folder))
    before = psutil.Process().memory_info().rss
    taken = elapsed(lambda: ask(fit, rows, allowed, Path(folder)))
    tracemalloc.start()
    ask(fit, rows.iloc[: len(rows) // 10], allowed, Path(folder))
    traced = tracemalloc.get_traced_memory()[1]
    measured = {
        "wall": taken.wall,
        "processor": taken.processor,
        "resident": _most_resident() - before,
        "traced": traced,
    }
    print(json.dumps(measured))


def _exhaust(blocks: Iterable[object]) -> None:
    for _ in blocks:
        pass


def _most_resident() -> int:
    """Return the most bytes that this process has had in memory so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


if __name__ == "__main__":
    main()
