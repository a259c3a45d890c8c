"""Fit a seed model twice in this process and print the seconds as JSON.

Arguments: the model, the engine, and the ``time.time()`` at which the process was started.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from benchmarks.seed_models import fit
from benchmarks.timing import elapsed


def main() -> None:
    """Measure from the start of the process to the first summary, then a second fit."""
    name, backend, started = sys.argv[1], sys.argv[2], float(sys.argv[3])
    _fit_and_print(name, backend)
    cold = time.time() - started
    fits: list[Any] = []
    warm = elapsed(lambda: fits.append(_fit_and_print(name, backend)))
    attributes = fits[0].draws["posterior"].attrs
    measured = {
        "cold": cold,
        "warm": warm.wall,
        "warm, processor": warm.processor,
        "translating": attributes["compile_seconds"],
        "sampling": attributes["sample_seconds"],
    }
    print(json.dumps(measured))


def _fit_and_print(name: str, backend: str) -> Any:
    result = fit(name, backend)
    print(result.summary(), file=sys.stderr)
    return result


if __name__ == "__main__":
    main()
