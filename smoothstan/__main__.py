"""The command line: ``python -m smoothstan demo``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from smoothstan.api import brm
from smoothstan.datasets import load_dataset
from smoothstan.engines import choose_engine


def demo(folder: Path, seed: int) -> None:
    """Fit the two example models, print their summaries and LOO, and draw the fitted curve."""
    print(f"engine: {choose_engine().name}\n")
    motorcycle = brm("accel ~ s(times, bs='cr', k=20)", load_dataset("mcycle"), seed=seed)
    print(f"{motorcycle}\n\n{motorcycle.loo()}\n")
    radon = brm("log_radon ~ 1 + (1 | county)", load_dataset("radon"), seed=seed)
    print(f"{radon}\n\n{radon.loo()}\n")

    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from smoothstan.plots import plot_fitted_curve

    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    plot_fitted_curve(motorcycle, "times", x_label="time after impact [ms]", y_label="acceleration [g]", ax=axes)
    folder.mkdir(parents=True, exist_ok=True)
    picture = folder / "mcycle-fitted-curve.png"
    figure.savefig(picture, dpi=150)
    print(f"wrote {picture}")


def main(arguments: list[str] | None = None) -> int:
    """Run a command; return the exit code."""
    parser = argparse.ArgumentParser(prog="smoothstan", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("demo", help="fit the two example models and draw the fitted curve")
    run.add_argument("--output", type=Path, default=Path("demo-output"), help="folder of the picture")
    run.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    demo(chosen.output, chosen.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
