"""Several chains in one process, with and without threads, draw what single chains draw."""

from __future__ import annotations

from pathlib import Path

import pytest
from chain_files import rows, run

from smoothstan.engines.cmdstan import compile_program

pytestmark = pytest.mark.cmdstan
SUM_IN_PARTS = """
functions { real part(array[] int y, int a, int b, real theta) { return bernoulli_lpmf(y | theta); } }
data { int N; array[N] int y; }
parameters { real<lower=0, upper=1> theta; }
model { target += reduce_sum(part, y, 1, theta); }
"""


def same_as_single_chains(exe: Path, data: tuple[str, str], folder: Path, *options: str) -> None:
    common = (*data, "random", "seed=9")
    run(exe, "sample", "num_chains=3", "id=2", *common, *options, "output", "file=many.csv", folder=folder)
    for chain in (2, 3, 4):
        run(exe, "sample", f"id={chain}", *common, "output", "file=one.csv", folder=folder)
        assert rows(folder / f"many_{chain}.csv") == rows(folder / "one.csv")


def test_one_process(bernoulli: Path, data: tuple[str, str], tmp_path: Path) -> None:
    same_as_single_chains(bernoulli, data, tmp_path)


def test_threads(data: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = compile_program(SUM_IN_PARTS)
    monkeypatch.setenv("STAN_THREADS", "true")
    threaded = compile_program(SUM_IN_PARTS)
    assert threaded != plain
    assert "STAN_THREADS=true" in run(threaded, "info", folder=tmp_path).replace(" ", "")
    same_as_single_chains(threaded, data, tmp_path, "num_threads=2")


def test_files_by_name(bernoulli: Path, data: tuple[str, str], tmp_path: Path) -> None:
    common = ("sample", "num_chains=2", *data, "random", "seed=9", "output")
    run(bernoulli, *common, "file=a.csv,b.csv", folder=tmp_path)
    run(bernoulli, *common, "file=c.csv", folder=tmp_path)
    assert rows(tmp_path / "b.csv") == rows(tmp_path / "c_2.csv")
