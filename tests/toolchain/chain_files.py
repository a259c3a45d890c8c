"""CmdStan's command line and its CSV files, as the tests use them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

REFERENCE = Path(__file__).parent.parent / "reference" / "cmdstan"
# What differs from run to run and from release to release.
_PASSING = (
    "start_datetime", "file =", "stan_version", "model =", "mode =", "seed =", "stanc", "save_cmdstan_config",
    "sig_figs", "Elapsed", "seconds",
)  # fmt: skip


def run(exe: Path, *arguments: str | Path, folder: Path, fails: bool = False) -> str:
    """Run a compiled program in a folder; return what it prints."""
    command = [str(exe), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    assert (done.returncode != 0) == fails, done
    return done.stdout + done.stderr


def rows(path: Path) -> tuple[list[str], list[str]]:
    """Return the column names, and the draws as text: to be compared digit for digit."""
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return lines[0].split(","), lines[1:]


def comments(path: Path) -> list[str]:
    """Return the comments that do not change from run to run."""
    lines = [line for line in path.read_text().splitlines() if line.startswith("#")]
    return [line for line in lines if line.strip() != "#" and not any(word in line for word in _PASSING)]


def stan_release() -> tuple[int, int]:
    """Return the release of the CmdStan in use."""
    import cmdstanpy

    found = cmdstanpy.cmdstan_version()
    assert found is not None
    return found[0], found[1]


def since(release: tuple[int, int], what: str) -> None:
    """Skip the rest of a test with an older Stan, whose output differs."""
    if stan_release() < release:
        pytest.skip(f"{what} since Stan {release[0]}.{release[1]}")
