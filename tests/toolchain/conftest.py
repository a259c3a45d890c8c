"""The Bernoulli example of CmdStan, compiled once and kept in the cache."""

from __future__ import annotations

from pathlib import Path

import pytest

from smoothstan.engines.cmdstan import compile_program


@pytest.fixture(scope="session")
def example() -> Path:
    import cmdstanpy

    return Path(cmdstanpy.cmdstan_path()) / "examples" / "bernoulli"


@pytest.fixture(scope="session")
def bernoulli(example: Path) -> Path:
    """The executable."""
    return compile_program((example / "bernoulli.stan").read_text())


@pytest.fixture(scope="session")
def data(example: Path) -> tuple[str, str]:
    """The arguments that name its data: two ones among ten."""
    return ("data", f"file={example / 'bernoulli.data.json'}")
