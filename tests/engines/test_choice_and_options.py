"""Choosing an engine, and the checks on options."""

from __future__ import annotations

import pytest

from smoothstan.engines import ENGINES, CmdStanEngine, SamplingOptions, StanliEngine, choose_engine
from smoothstan.errors import EngineNotFound, OptionError


def test_unknown_backend() -> None:
    with pytest.raises(EngineNotFound, match=r"unknown backend 'rstan'.*auto, cmdstan, stanli"):
        choose_engine("rstan")


def test_auto_takes_cmdstan_where_it_is_complete() -> None:
    expected = StanliEngine if CmdStanEngine.missing() else CmdStanEngine
    assert type(choose_engine()) is expected


def test_a_missing_cmdstan_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CMDSTAN", str(tmp_path / "nowhere"))
    monkeypatch.setattr("cmdstanpy.utils.cmdstan.os.environ", {"CMDSTAN": str(tmp_path / "nowhere")}, raising=False)
    with pytest.raises(EngineNotFound, match=r"holds no CmdStan: unset it, or .*install-cmdstan; installed: stanli"):
        choose_engine("cmdstan")


@pytest.mark.parametrize(
    ("tools", "message"), [((), "make is not installed"), (("make",), "no C\\+\\+ compiler is installed .*g\\+\\+")]
)
def test_a_missing_compiler_is_named(tools, message: str, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    cmdstan, path = tmp_path / "cmdstan-2.39.0", tmp_path / "bin"
    for folder in (cmdstan, path):
        folder.mkdir()
    (cmdstan / "makefile").write_text("CMDSTAN_VERSION := 2.39.0\n")
    (cmdstan / "bin").mkdir()
    (cmdstan / "bin" / "stanc").write_text("")
    for tool in tools:
        (path / tool).write_text("#!/bin/sh\n")
        (path / tool).chmod(0o755)
    monkeypatch.setenv("CMDSTAN", str(cmdstan))
    monkeypatch.setenv("PATH", str(path))
    with pytest.raises(EngineNotFound, match=message):
        choose_engine("cmdstan")
    assert isinstance(choose_engine(), StanliEngine)


def test_a_damaged_or_unfinished_folder_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    cmdstan = tmp_path / "cmdstan-2.39.0"
    cmdstan.mkdir()
    (cmdstan / "makefile").write_text("CMDSTAN_VERSION := 2.39.0\n")
    monkeypatch.setenv("CMDSTAN", str(cmdstan))
    assert "is damaged (bin/stanc is not there)" in CmdStanEngine.missing()
    for part in ("bin/stanc", "lib/libtbb.so.2"):
        (cmdstan / part).parent.mkdir()
        (cmdstan / part).write_text("")
    assert "is not compiled yet" in CmdStanEngine.missing()
    assert isinstance(choose_engine(), StanliEngine)


def test_every_engine_says_what_it_lacks() -> None:
    for name, engine in ENGINES.items():
        assert engine.name == name
        assert isinstance(engine.missing(), str)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"chains": 0}, "chains must be a whole number of at least 1, got 0"),
        ({"chains": 2.5}, "chains must be a whole number"),
        ({"iter_sampling": 0}, "iter_sampling"),
        ({"iter_warmup": -1}, "iter_warmup"),
        ({"parallel_chains": 0}, "parallel_chains"),
        ({"adapt_delta": 1.0}, "strictly between 0 and 1"),
        ({"max_treedepth": 0}, "max_treedepth"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**40}, "below 2\\*\\*32"),
        ({"inits": -1}, "must not be negative"),
        ({"inits": [{}, {}], "chains": 3}, "2 entries for 3 chains"),
    ],
)
def test_options_are_checked(options: dict, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        SamplingOptions(**options)


def test_parallel_chains_by_default_use_the_processors() -> None:
    assert SamplingOptions(chains=1).parallel == 1
    assert SamplingOptions(chains=4, parallel_chains=3).parallel == 3
    assert 1 <= SamplingOptions(chains=4).parallel <= 4
