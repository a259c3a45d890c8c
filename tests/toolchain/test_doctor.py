"""What the doctor says in each state that a machine can be in."""

from __future__ import annotations

from pathlib import Path

import pytest

from smoothstan.__main__ import main


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder without CmdStan."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CMDSTAN", "")  # cmdstanpy sets it to what it finds; so it is put back
    monkeypatch.delenv("CMDSTAN")
    monkeypatch.setenv("SMOOTHSTAN_CACHE_DIR", str(tmp_path / "programs"))
    return tmp_path


def doctor(capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, str], list[str]]:
    """Return the facts by name, and the steps."""
    assert main(["doctor"]) == 0
    facts, _, steps = capsys.readouterr().out.partition("\n\n")
    pairs = [line.split(": ", 1) for line in facts.splitlines()[1:]]
    return dict(pairs), [line.split("    (")[0].strip() for line in steps.splitlines() if line.startswith("  ")]


def give_tools(home: Path, monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    (home / "tools").mkdir()
    for name in names:
        (home / "tools" / name).write_text(f"#!/bin/sh\necho {name} 12\n")
        (home / "tools" / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(home / "tools"))


def give_cmdstan(home: Path, *parts: str) -> Path:
    folder = home / ".cmdstan" / "cmdstan-2.39.0"
    for part in ("makefile", *parts):
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        (folder / part).write_text("CMDSTAN_VERSION := 2.39.0\n")
    return folder


def test_no_cmdstan(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    give_tools(home, monkeypatch, "make", "g++")
    facts, steps = doctor(capsys)
    assert facts["engine cmdstan"].startswith("CmdStan is not installed")
    assert facts["engine stanli"].startswith("stanli ")
    assert facts["backend='auto' uses"] == "stanli"
    assert facts["C++ compiler"] == "g++ 12"
    assert facts["compiled programs"] == f"0, 0.0 MB in {home / 'programs'}"
    assert steps == ["python -m smoothstan install-cmdstan"]


def test_cmdstan(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    give_tools(home, monkeypatch, "make", "g++")
    folder = give_cmdstan(home, "bin/stanc")
    facts, steps = doctor(capsys)
    assert facts["engine cmdstan"] == f"CmdStan 2.39 in {folder}"
    assert facts["backend='auto' uses"] == "cmdstan"
    assert steps == []


def test_no_compiler(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    give_tools(home, monkeypatch)
    give_cmdstan(home, "bin/stanc")
    facts, steps = doctor(capsys)
    assert facts["engine cmdstan"].startswith("make is not installed")
    assert facts["C++ compiler"] == facts["make"] == "none"
    assert facts["backend='auto' uses"] == "stanli"
    assert steps == ["apt-get install g++ make"]


def test_a_damaged_folder(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    give_tools(home, monkeypatch, "make", "g++")
    folder = give_cmdstan(home)
    facts, steps = doctor(capsys)
    assert facts["engine cmdstan"].startswith(f"the CmdStan in {folder} is damaged")
    assert steps == ["python -m smoothstan install-cmdstan --overwrite"]


def test_a_variable_that_names_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    give_tools(home, monkeypatch, "make", "g++")
    monkeypatch.setenv("CMDSTAN", str(home / "nowhere"))
    facts, steps = doctor(capsys)
    assert f"CMDSTAN names {home / 'nowhere'}" in facts["engine cmdstan"]
    assert steps == ["unset CMDSTAN", "python -m smoothstan install-cmdstan"]


def test_a_cache_that_cannot_be_written(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "file").write_text("in the way")
    monkeypatch.setenv("SMOOTHSTAN_CACHE_DIR", str(home / "file" / "programs"))
    facts, _ = doctor(capsys)
    assert "set the environment variable SMOOTHSTAN_CACHE_DIR" in facts["compiled programs"]
