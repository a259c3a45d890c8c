"""Print one Markdown table per benchmark: all of them, or those named on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from benchmarks import (
    centring,
    first_fit,
    gam_time,
    import_time,
    loo_time,
    prediction_memory,
    sampling_speed,
    smooth_construction,
    standata_time,
)
from benchmarks.machine import machine_line

BENCHMARKS: Mapping[str, Callable[[], str]] = {
    "import_time": import_time.run,
    "first_fit": first_fit.run,
    "standata_time": standata_time.run,
    "smooth_construction": smooth_construction.run,
    "gam_time": gam_time.run,
    "loo_time": loo_time.run,
    "sampling_speed": sampling_speed.run,
    "centring": centring.run,
    "prediction_memory": prediction_memory.run,
}


def main() -> None:
    """Run the benchmarks in the order of ``BENCHMARKS``, printing each as soon as it ends."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(BENCHMARKS)}")
    wanted = parser.parse_args().names or list(BENCHMARKS)
    unknown = [name for name in wanted if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark {unknown[0]!r} (known: {', '.join(BENCHMARKS)})")
    print(machine_line(), flush=True)
    for name in wanted:
        print(f"\n### {name}\n\n{BENCHMARKS[name]()}", flush=True)


if __name__ == "__main__":
    main()
