"""Same seed, same options: the digits of official CmdStan, from the files in tests/reference/cmdstan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from chain_files import REFERENCE, comments, rows, run, since

from smoothstan.engines.cmdstan import compile_program

pytestmark = pytest.mark.cmdstan


def program(name: str) -> Path:
    return compile_program((REFERENCE / f"{name}.stan").read_text())


def same_file(ours: Path, name: str) -> None:
    """Compare comments, columns and, digit for digit, the draws that the recorded file holds."""
    theirs = REFERENCE / name
    assert comments(ours) == comments(theirs)
    columns, draws = rows(ours)
    expected_columns, expected = rows(theirs)
    assert columns == expected_columns
    assert draws[: len(expected)] == expected


def test_nuts(tmp_path: Path) -> None:
    run(
        program("multidim"), "sample", "num_samples=20", "adapt", "save_metric=1",
        "data", f"file={REFERENCE / 'multidim.data.R'}", "random", "seed=12345",
        "output", "file=draws.csv", "sig_figs=8", "save_cmdstan_config=1", folder=tmp_path,
    )  # fmt: skip
    same_file(tmp_path / "draws.csv", "multidim.csv")


@pytest.mark.parametrize("chain", ["1", "2"])
def test_adaptation(chain: str, bernoulli: Path, data: tuple[str, str], tmp_path: Path) -> None:
    """Step size and metric after 1,000 transitions of warmup."""
    expected = json.loads((REFERENCE / "bern_metric.json").read_text())
    run(
        bernoulli, f"id={chain}", *expected["args"].split(), *data,
        "output", "file=draws.csv", "sig_figs=8", folder=tmp_path,
    )  # fmt: skip
    assert json.loads((tmp_path / "draws_metric.json").read_text()) == expected[chain]


def test_sample_without_parameters(tmp_path: Path) -> None:
    since((2, 36), "a model without parameters is sampled by NUTS")
    run(
        program("no_param"), "sample", "num_samples=100", "random", "seed=2399056448",
        "output", "file=draws.csv", "sig_figs=-1", folder=tmp_path,
    )  # fmt: skip
    theirs = REFERENCE / "no_param.csv"  # without the line of column names
    assert comments(tmp_path / "draws.csv") == comments(theirs)
    expected = [line for line in theirs.read_text().splitlines() if not line.startswith("#")]
    assert rows(tmp_path / "draws.csv")[1][: len(expected)] == expected


def test_optimize_and_laplace(tmp_path: Path) -> None:
    since((2, 36), "optimize writes converged__")
    exe = program("rosenbrock")
    (tmp_path / "empty.json").write_text("{}")
    common = ("data", "file=empty.json", "random", "seed=1234", "output", "sig_figs=8", "save_cmdstan_config=1")
    run(exe, "optimize", "jacobian=1", *common, "file=mode.csv", folder=tmp_path)
    same_file(tmp_path / "mode.csv", "rosenbrock_opt.csv")
    run(exe, "laplace", f"mode={REFERENCE / 'rosenbrock_opt.csv'}", *common, "file=draws.csv", folder=tmp_path)
    same_file(tmp_path / "draws.csv", "rosenbrock_laplace.csv")


def test_variational(tmp_path: Path) -> None:
    run(
        program("eta"), "variational", "random", "seed=999999",
        "output", "file=draws.csv", "sig_figs=8", "save_cmdstan_config=1", folder=tmp_path,
    )  # fmt: skip
    same_file(tmp_path / "draws.csv", "eta_vb.csv")
