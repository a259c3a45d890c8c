"""What the name of a cached program depends on; the compiler is a stand-in that only tells its version."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from smoothstan.engines.compiler import compiler, description, environment_flags


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "tools"
    folder.mkdir()
    write_tool(folder / "g++", "g++ 12.2.0")
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    for name in ("CXX", "CXXFLAGS", "STAN_THREADS"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def cmdstan(tmp_path: Path) -> Path:
    folder = tmp_path / "cmdstan-2.39.0"
    for name, text in {"makefile": "all:\n", "bin/stanc": "stanc", "lib/libtbb.so.2": "tbb"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def write_tool(path: Path, says: str) -> None:
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)


def write_local(folder: Path, text: str) -> None:
    (folder / "make").mkdir(exist_ok=True)
    (folder / "make" / "local").write_text(text)


CHANGES: dict[str, Callable[[Path, Path, pytest.MonkeyPatch], None]] = {
    "compiler's version": lambda cmdstan, tools, patch: write_tool(tools / "g++", "g++ 13.1.0 of another day"),
    "compiler": lambda cmdstan, tools, patch: patch.setenv("CXX", "clang++"),
    "flags": lambda cmdstan, tools, patch: patch.setenv("CXXFLAGS", "-march=native"),
    "threads": lambda cmdstan, tools, patch: patch.setenv("STAN_THREADS", "true"),
    "make/local": lambda cmdstan, tools, patch: write_local(cmdstan, "STAN_THREADS=true\n"),
    "makefile": lambda cmdstan, tools, patch: (cmdstan / "makefile").write_text("all: other\n"),
    "stanc": lambda cmdstan, tools, patch: (cmdstan / "bin" / "stanc").write_text("another"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_has_programs_of_its_own(
    change: Callable[[Path, Path, pytest.MonkeyPatch], None],
    cmdstan: Path,
    tools: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = description(cmdstan)
    assert description(cmdstan) == before
    change(cmdstan, tools, monkeypatch)
    assert description(cmdstan) != before


def test_what_does_not_reach_the_compiler_does_not_count(
    cmdstan: Path, tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = description(cmdstan)
    monkeypatch.setenv("SOMETHING", "else")
    monkeypatch.setenv("CXXFLAGS", "")
    (cmdstan / "README.md").write_text("new")
    assert description(cmdstan) == before


def test_a_folder_may_move_if_programs_carry_their_library(cmdstan: Path, tools: Path) -> None:
    before = description(cmdstan)
    moved = cmdstan.rename(cmdstan.parent / "elsewhere")
    assert description(moved) == before
    (moved / "lib" / "libtbb.so.2").unlink()
    again = Path(shutil.copytree(moved, cmdstan))
    assert description(moved) != description(again)


def test_make_local_decides_on_the_compiler(cmdstan: Path, tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert compiler(cmdstan) == "g++"
    monkeypatch.setenv("CXX", "clang++")
    assert compiler(cmdstan) == "clang++"
    write_local(cmdstan, "# CXX = icpc\nCXX ?= g++-11\nCXX = ccache g++\n")
    assert compiler(cmdstan) == "ccache g++"
    assert "ccache g++: g++ 12.2.0" in description(cmdstan)
    assert environment_flags() == ("CXX=clang++",)
