"""Two processes that build one program at the same time, with the real compiler."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from chain_files import run

pytestmark = pytest.mark.cmdstan
PROGRAM = "parameters { real x; } model { x ~ std_normal(); }"
COMPILE = f"from smoothstan.engines.cmdstan import compile_program; print(compile_program({PROGRAM!r}))"


def both(command: list[str], **environment: str) -> list[str]:
    """Run a command twice side by side; return what each prints."""
    processes = [
        subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=600)[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    return said


def test_in_the_cache(tmp_path: Path) -> None:
    first, second = both([sys.executable, "-c", COMPILE], SMOOTHSTAN_CACHE_DIR=str(tmp_path))
    assert first == second
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [Path(first).parent.name]
    run(Path(first), "sample", "num_samples=10", folder=tmp_path)


def test_by_make(tmp_path: Path) -> None:
    import cmdstanpy

    (tmp_path / "twice.stan").write_text(PROGRAM)
    both(["make", "-C", cmdstanpy.cmdstan_path(), str(tmp_path / "twice")])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["twice", "twice.hpp", "twice.stan"]
    run(tmp_path / "twice", "sample", "num_samples=10", folder=tmp_path)
