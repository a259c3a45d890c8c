"""A program is compiled once, for as long as nothing that it is made from changes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from chain_files import run

import smoothstan as ss
from smoothstan.engines import CmdStanEngine, choose_engine
from smoothstan.engines.cmdstan import compile_program
from smoothstan.errors import CompilationError

pytestmark = pytest.mark.cmdstan
PROGRAM = "parameters { real x; } model { x ~ std_normal(); }"
QUICK = {"chains": 1, "iter_warmup": 100, "iter_sampling": 100, "show_progress": False}


@pytest.fixture
def forbid_make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Path]:
    """From the call on, make only writes a line into the file that the call returns, and fails."""

    def forbid() -> Path:
        log, tools = tmp_path / "made", tmp_path / "tools"
        tools.mkdir()
        (tools / "make").write_text(f'#!/bin/sh\necho "$@" >> {log}\nexit 1\n')
        (tools / "make").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
        return log

    return forbid


def test_auto_uses_cmdstan() -> None:
    assert isinstance(choose_engine("auto"), CmdStanEngine)


def test_the_demo_names_its_engine(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "smoothstan", "demo", "--output", str(tmp_path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.startswith("engine: cmdstan\n")
    assert said.count("sampled using NUTS (CmdStan 2.") == 2


@pytest.mark.filterwarnings("ignore::smoothstan.errors.SamplingWarning")  # so few draws do not mix
def test_a_second_fit_compiles_nothing(mcycle: pd.DataFrame, forbid_make: Callable[[], Path]) -> None:
    formula = "accel ~ s(times, bs='cr', k=20)"
    ss.brm(formula, mcycle, seed=1, **QUICK)
    made = forbid_make()
    fit = ss.brm(formula, mcycle, seed=2, **QUICK)
    assert fit.model.engine.startswith("CmdStan ")
    assert not made.exists()


def test_another_program_is_compiled(forbid_make: Callable[[], Path]) -> None:
    made = forbid_make()
    with pytest.raises(CompilationError, match="could not compile"):
        compile_program("parameters { real never_seen_before; } model { never_seen_before ~ std_normal(); }")
    assert made.exists()


def linked_copy(source: Path, target: Path) -> Path:
    """Copy the folder of CmdStan without its data, if the file system allows that."""

    def place(old: str, new: str) -> None:
        try:
            os.link(old, new)
        except OSError:
            shutil.copy2(old, new)

    return Path(shutil.copytree(source, target, symlinks=True, copy_function=place))


def test_programs_survive_a_move_of_the_folder(
    example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forbid_make: Callable[[], Path]
) -> None:
    folder = linked_copy(example.parent.parent, tmp_path / "before")
    program = Path("examples", "bernoulli", "bernoulli")
    (folder / program).unlink(missing_ok=True)
    monkeypatch.setenv("SMOOTHSTAN_CACHE_DIR", str(tmp_path / "programs"))
    monkeypatch.setenv("CMDSTAN", str(folder))
    exe = compile_program(PROGRAM)
    subprocess.run(["make", "-C", str(folder), str(folder / program)], check=True, capture_output=True)

    moved = folder.rename(tmp_path / "after")
    monkeypatch.setenv("CMDSTAN", str(moved))
    made = forbid_make()
    assert compile_program(PROGRAM) == exe
    assert not made.exists()
    run(exe, "sample", "num_samples=10", folder=tmp_path)
    run(moved / program, "info", folder=tmp_path)
