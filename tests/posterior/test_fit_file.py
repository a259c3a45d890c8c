"""Fits kept in files: when they are read, when they are sampled anew, and that no file is ever half a fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.errors import OptionError, StorageError
from smoothstan.posterior import sampling

SHORT: dict[str, Any] = {
    "chains": 1, "iter_warmup": 30, "iter_sampling": 10, "backend": "stanli", "show_progress": False, "seed": 5,
}  # fmt: skip

pytestmark = pytest.mark.filterwarnings("ignore::smoothstan.errors.SamplingWarning")


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count how often something is sampled."""
    calls: list[int] = []
    tree = sampling.draws_tree

    def counted(*arguments: Any, **options: Any) -> Any:
        calls.append(1)
        return tree(*arguments, **options)

    monkeypatch.setattr(sampling, "draws_tree", counted)
    return calls


def test_never_reads_the_file_whatever_is_asked(frame: pd.DataFrame, tmp_path: Path, count: list[int]) -> None:
    first = ss.brm("y ~ x", frame, file=tmp_path / "fit", **SHORT)
    assert [p.name for p in tmp_path.iterdir()] == ["fit.nc"]
    again = ss.brm("y ~ z", frame, file=tmp_path / "fit.nc", backend="jags", chains=7)
    assert len(count) == 1
    assert again.formula == "y ~ x"
    np.testing.assert_array_equal(again.as_numpy()[0], first.as_numpy()[0])


def test_always_samples(frame: pd.DataFrame, tmp_path: Path, count: list[int]) -> None:
    for formula in ("y ~ x", "y ~ z"):
        ss.brm(formula, frame, file=tmp_path / "fit", file_refit="always", **SHORT)
    assert len(count) == 2
    assert ss.load_fit(tmp_path / "fit.nc").formula == "y ~ z"


BASE: dict[str, Any] = {"formula": "y ~ x + s(z, k = 5)", "prior": ss.prior("normal(0, 2)"), **SHORT}


@pytest.mark.parametrize(
    ("change", "sampled"),
    [
        ({}, False),
        ({"formula": "y~x+s(z,k=5)"}, False),
        ({"formula": ss.bf("y ~ x + s(z, k = 5)")}, False),
        ({"seed": None}, False),
        ({"show_progress": True}, False),
        ({"parallel_chains": 1}, False),
        ({"backend": "auto"}, False),
        ({"seed": 6}, True),
        ({"formula": "y ~ x + s(z, k = 6)"}, True),
        ({"formula": "y ~ x + s(z, k = 5, bs = 'cr')"}, True),
        ({"formula": ss.bf("y ~ x + s(z, k = 5)", sigma=1)}, True),
        ({"prior": ss.prior("normal(0, 3)")}, True),
        ({"prior": ()}, True),
        ({"family": "student"}, True),
        ({"family": ss.family("student", link_sigma="identity")}, True),
        ({"chains": 2}, True),
        ({"iter_sampling": 11}, True),
        ({"adapt_delta": 0.9}, True),
        ({"max_treedepth": 9}, True),
        ({"sample_prior": "yes"}, True),
        ({"knots": {"z": np.linspace(-1, 1, 12)}}, True),
        ({"data2": {"unused": [1]}}, True),
    ],
)  # fmt: skip
def test_on_change(
    base: Path, frame: pd.DataFrame, tmp_path: Path, count: list[int], change: dict[str, Any], sampled: bool
) -> None:
    path = tmp_path / "fit.nc"
    path.write_bytes(base.read_bytes())
    fit = ss.brm(data=frame, file=path, file_refit="on_change", **BASE | change)
    assert bool(count) == sampled
    assert (path.read_bytes() != base.read_bytes()) == sampled
    assert fit.chains == change.get("chains", 1)


@pytest.fixture(scope="module")
def base(frame: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kept") / "fit.nc"
    ss.brm(data=frame, **BASE).save(path)
    return path


def test_on_change_of_the_data(base: Path, frame: pd.DataFrame, tmp_path: Path, count: list[int]) -> None:
    path = tmp_path / "fit.nc"
    path.write_bytes(base.read_bytes())
    ask = {"file": path, "file_refit": "on_change", **BASE}
    ss.brm(data=frame.assign(h="other"), **ask)
    ss.brm(data=frame.to_dict("list"), **ask)
    assert not count
    moved = frame.assign(x=frame["x"].where(frame.index != 4, frame["x"] + 1e-12))
    ss.brm(data=moved, **ask)
    assert len(count) == 1
    ss.brm(data=moved, **ask)
    assert len(count) == 1
    ss.brm(data=moved.iloc[::-1], **ask)
    assert len(count) == 2


def test_update_keeps_fits_too(base: Path, tmp_path: Path, count: list[int]) -> None:
    fit = ss.load_fit(base)
    path = tmp_path / "updated.nc"
    one = fit.update("~ . - x", file=path, prior=ss.prior("normal(0, 2)"))
    assert len(count) == 1
    assert fit.update("~ . - x", file=path, file_refit="on_change").formula == one.formula
    assert fit.update("~ . + x", file=path).formula == one.formula
    assert len(count) == 1
    assert fit.update(file=path, file_refit="on_change").formula == "y ~ x + s(z, k = 5)"
    assert len(count) == 2


@pytest.mark.parametrize("refit", ["never", "on_change"])
def test_a_file_that_is_no_fit_is_left_alone(frame: pd.DataFrame, tmp_path: Path, refit: str) -> None:
    (tmp_path / "fit.nc").write_text("precious")
    with pytest.raises(StorageError, match="not a fit saved by smoothstan"):
        ss.brm("y ~ x", frame, file=tmp_path / "fit", file_refit=refit, **SHORT)
    assert (tmp_path / "fit.nc").read_text() == "precious"


def test_what_cannot_be_kept_is_refused_before_sampling(frame: pd.DataFrame, tmp_path: Path, count: list[int]) -> None:
    ask: dict[str, Any] = {"formula": "y ~ x", "data": frame, **SHORT}
    (tmp_path / "folder.nc").mkdir()
    for file, message in {
        tmp_path / "nowhere" / "fit": "No such file or directory",
        tmp_path: "is a folder; name a file in it",
        tmp_path / "folder": "is a folder",
        "": "must be the name of a file",
        3: "a path is needed",
    }.items():
        with pytest.raises(StorageError, match=message):
            ss.brm(file=file, **ask)
    with pytest.raises(StorageError, match=r"data2\['map'\] is of type object"):
        ss.brm(file=tmp_path / "fit", data2={"map": object()}, **ask)
    with pytest.raises(OptionError, match="file_refit must be one of 'never', 'on_change', 'always', got 'sometimes'"):
        ss.brm(file=tmp_path / "fit", file_refit="sometimes", **ask)
    assert not count


def test_a_fit_that_fails_leaves_the_file(
    base: Path, frame: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "fit.nc"
    path.write_bytes(base.read_bytes())

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sampling, "draws_tree", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ss.brm(data=frame, file=path, file_refit="always", **BASE)
    assert path.read_bytes() == base.read_bytes()
    assert list(tmp_path.iterdir()) == [path]
