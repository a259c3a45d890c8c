"""Predictions block by block: the whole whatever the memory allowed, within it, and in files."""

from __future__ import annotations

import itertools
import os
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from prediction_models import FIRST, MODELS, family_frame, fit_of

import smoothstan as ss
from smoothstan.errors import OptionError, StorageError
from smoothstan.families import FAMILIES
from smoothstan.posterior import prediction_file
from smoothstan.posterior.prediction import KINDS, prepare
from smoothstan.posterior.prediction_file import _chunks

pytestmark = pytest.mark.filterwarnings("ignore::smoothstan.errors.SamplingWarning")
NEW = {"allow_new_levels": True, "seed": 5}


@pytest.fixture
def frame() -> pd.DataFrame:
    return family_frame()


def rows_of(frame: pd.DataFrame, n: int, *, new_levels: bool = False) -> pd.DataFrame:
    """Return n rows drawn from the data, every second one of a new level of g where asked for."""
    rows = frame.iloc[np.random.default_rng(n).integers(0, len(frame), n)].reset_index(drop=True)
    if new_levels:
        rows["g"] = [f"new {i}" if i % 2 else level for i, level in enumerate(rows["g"].astype(str))]
    return rows


def smallest_memory(fit: ss.Posterior, rows: pd.DataFrame, kind: str) -> int:
    """Return the fewest bytes with which a prediction can be made."""
    demand = prepare(fit, rows, kind, **NEW)._demand()
    return demand.constant + 16 * demand.per_row


def test_every_family_has_a_model() -> None:
    """Families of categories have a file of their own, test_categories.py."""
    assert set(MODELS) == {name for name, kind in FAMILIES.items() if not kind.categorical}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("family", MODELS)
def test_blocks_are_the_whole(family: str, kind: str, frame: pd.DataFrame) -> None:
    """Whatever the memory; sums in another order may differ in the last digits, counts do not."""
    fit, rows = fit_of(family), rows_of(frame, 90, new_levels=True)
    ask = {"linpred": fit.posterior_linpred, "epred": fit.posterior_epred, "predict": fit.posterior_predict}
    whole = ask.get(kind, fit.log_lik)(rows, **NEW)
    least = smallest_memory(fit, rows, kind)
    for allowed, number in ((least, 6), (2.3 * least, 3), ("1 GB", 1)):
        blocks = list(fit.prediction_blocks(kind, rows, **NEW, max_memory=allowed))
        assert len(blocks) == number
        joined = xr.concat(blocks, "obs")
        assert joined.dims == ("chain", "draw", "obs")
        xr.testing.assert_allclose(joined, whole, rtol=1e-10)
        np.testing.assert_array_equal(joined["obs"], np.arange(90))
    if kind == "predict" and fit.design.family.discrete:
        xr.testing.assert_equal(joined, whole)


@pytest.mark.parametrize("summarise", ["fitted", "predict", "residuals", "predictive_interval"])
@pytest.mark.parametrize("family", MODELS)
def test_tables_do_not_depend_on_memory(family: str, summarise: str, frame: pd.DataFrame) -> None:
    fit, rows = fit_of(family), rows_of(frame, 50, new_levels=True)
    least = smallest_memory(fit, rows, "log_lik")  # reads most columns
    ask: Callable[..., pd.DataFrame] = getattr(fit, summarise)
    small, large = (ask(rows, **NEW, max_memory=allowed) for allowed in (least, "1 GB"))
    # Residuals may be close to zero, and are as exact as the responses, which are below 100.
    pd.testing.assert_frame_equal(small, large, rtol=1e-10, atol=1e-12)


def peak(work: Callable[[], object]) -> int:
    """Return the most memory that a call allocates at one time."""
    work()  # what is imported late and cached is not the call's
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


MEMORY_CASES = [
    *itertools.product(FIRST, KINDS, (False, True), (3000,)),
    *itertools.product(
        [name for name in MODELS if name not in FIRST], ("epred", "predict", "log_lik"), (True,), (640,)
    ),
]


def exhaust(blocks: Any) -> None:
    for _ in blocks:
        pass


@pytest.mark.parametrize(("family", "kind", "new_levels", "n"), MEMORY_CASES)
def test_blocks_stay_within_the_memory_allowed(
    family: str, kind: str, new_levels: bool, n: int, frame: pd.DataFrame
) -> None:
    """The caller holds the block before while the next is computed; the rows themselves do not count."""
    fit = fit_of(family)
    prediction = prepare(fit, rows_of(frame, n, new_levels=new_levels), kind, **NEW)
    allowed = 2000 * n
    assert prediction.n * prediction.ndraws * 8 < allowed < 8 * prediction.n * prediction.ndraws * 8

    def work() -> None:
        for block in prediction.blocks(allowed):
            held = block.evaluate(kind)
        del held

    assert peak(work) < allowed


@pytest.mark.parametrize(
    "question",
    [
        lambda fit, rows, path: fit.fitted(rows, max_memory="4 MB"),
        lambda fit, rows, path: fit.predict(rows, max_memory="4 MB", seed=1, robust=True),
        lambda fit, rows, path: fit.residuals(rows, max_memory="4 MB", seed=1, type="pearson"),
        lambda fit, rows, path: fit.predictive_interval(rows, max_memory="4 MB", seed=1),
        lambda fit, rows, path: fit.write_predictions(path / "p.nc", "predict", rows, max_memory="4 MB", seed=1),
        lambda fit, rows, path: fit.write_predictions(path / "p.zarr", "predict", rows, max_memory="4 MB", seed=1),
        lambda fit, rows, path: exhaust(fit.prediction_blocks("predict", rows, max_memory="4 MB", seed=1)),
    ],
    ids=["fitted", "predict", "residuals", "predictive_interval", "netCDF", "Zarr", "prediction_blocks"],
)
def test_answers_stay_within_the_memory_allowed(question: Any, frame: pd.DataFrame, tmp_path: Path) -> None:
    """All draws and rows together would take ten times as much."""
    fit, rows = fit_of("gaussian"), rows_of(frame, 25_000)
    assert fit.ndraws * len(rows) * 8 == 40_000_000
    beside = peak(lambda: prepare(fit, rows, "log_lik"))  # the rows, and the table that results: five numbers a row
    assert peak(lambda: question(fit, rows, tmp_path)) < 4_000_000 + beside + 5 * 8 * len(rows)


def test_a_whole_array_within_the_memory_allowed(frame: pd.DataFrame) -> None:
    fit, rows = fit_of("gaussian"), rows_of(frame, 2000)
    beside = peak(lambda: prepare(fit, rows, "epred"))
    assert peak(lambda: fit.posterior_epred(rows, max_memory=8_000_000)) < 8_000_000 + beside
    with pytest.raises(OptionError, match=r"200 draws of 2000 rows, takes 0.0032 GB, more than max_memory allows"):
        fit.posterior_epred(rows, max_memory="3 MB")


def test_few_draws_of_many_rows_stay_within_the_memory_allowed(frame: pd.DataFrame) -> None:
    """With one draw it is the columns of the design that take the memory."""
    fit, rows = fit_of("gaussian"), rows_of(frame, 50_000)
    prediction = prepare(fit, rows, "epred", draw_ids=[7])
    assert peak(lambda: exhaust(b.evaluate("epred") for b in prediction.blocks("3 MB"))) < 3_000_000


def test_a_hundred_thousand_rows(radon_fit: ss.Posterior, radon: pd.DataFrame) -> None:
    """4,000 draws of them would take 3.2 GB; whatever the place of a row its numbers are the same."""
    n = 100_000
    rows = {"county": radon["county"].to_numpy()[np.arange(n) % 919]}
    table = radon_fit.fitted(rows, ndraws=400, seed=1, max_memory="50 MB")
    assert len(table) == n
    np.testing.assert_allclose(table.iloc[:919], table.iloc[919 * 100 : 919 * 101], rtol=1e-9)
    np.testing.assert_allclose(table.iloc[:919], radon_fit.fitted(ndraws=400, seed=1), rtol=1e-9)
    with pytest.raises(OptionError, match=r"takes 3.2 GB.*prediction_blocks\(\)"):
        radon_fit.posterior_epred(rows, max_memory="2 GB")


@pytest.mark.parametrize("ending", ["nc", "zarr"])
@pytest.mark.parametrize("kind", KINDS)
def test_files_hold_the_predictions(kind: str, ending: str, frame: pd.DataFrame, tmp_path: Path) -> None:
    fit, rows = fit_of("gaussian"), rows_of(frame, 90)
    path = tmp_path / f"predictions.{ending}"
    allowed = smallest_memory(fit, rows, kind)
    fit.write_predictions(path, kind, rows, **NEW, max_memory=allowed)
    expected = xr.concat(fit.prediction_blocks(kind, rows, **NEW, max_memory=allowed), "obs")
    xr.testing.assert_identical(read_back(path)[kind].drop_attrs(), expected)
    assert os.listdir(tmp_path) == [path.name]


def read_back(path: Path) -> xr.Dataset:
    with xr.open_dataset(path, engine="h5netcdf" if path.suffix == ".nc" else "zarr") as opened:
        return opened.load()


@pytest.mark.parametrize("ending", ["nc", "zarr"])
def test_files_of_chosen_draws_and_parameters(ending: str, tmp_path: Path) -> None:
    fit, path = fit_of("gaussian"), tmp_path / f"p.{ending}"
    fit.write_predictions(str(path), "linpred", dpar="sigma", transform=True, draw_ids=[5, 150, 3])
    found = read_back(path)
    expected = fit.posterior_linpred(dpar="sigma", transform=True, draw_ids=[5, 150, 3])
    xr.testing.assert_identical(found["linpred"].drop_attrs(), expected)
    assert found["draw"].values.tolist() == [5, 150, 3]


def test_many_chunks_and_blocks_that_do_not_end_with_them(
    frame: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prediction_file, "_CHUNK", 32 * 100)
    fit, rows = fit_of("poisson"), rows_of(frame, 333)
    least = smallest_memory(fit, rows, "predict")
    expected = fit.posterior_predict(rows, seed=1)
    for ending in ("nc", "zarr"):
        fit.write_predictions(tmp_path / f"p.{ending}", "predict", rows, seed=1, max_memory=3 * least)
        found = read_back(tmp_path / f"p.{ending}")
        xr.testing.assert_identical(found["predict"].drop_attrs(), expected)


def test_chunks_are_a_megabyte_but_no_larger_than_blocks() -> None:
    assert _chunks((4, 1000, 10**6), 800) == (1, 1000, 128)
    assert _chunks((4, 1000, 10**6), 32) == (1, 1000, 32)
    assert _chunks((4, 1000, 50), 50) == (1, 1000, 50)
    assert _chunks((1, 1, 10**7), 10**6) == (1, 1, 2**17)
    assert _chunks((4, 10**5, 10**6), 16) == (1, 8192, 16)
    assert _chunks((4, 1000, 10**6, 5), 800) == (1, 1000, 16, 5)


@pytest.mark.parametrize("ending", ["nc", "zarr"])
def test_a_file_is_replaced_only_when_all_is_written(
    ending: str, frame: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit, path = fit_of("gaussian"), tmp_path / f"p.{ending}"
    fit.write_predictions(path, "epred", frame.iloc[:3])
    evaluate, calls = prediction_file._put, []

    def failing(*arguments: Any) -> None:
        if calls:
            raise KeyboardInterrupt
        calls.append(1)
        evaluate(*arguments)

    rows = rows_of(frame, 60)
    monkeypatch.setattr(prediction_file, "_put", failing)
    with pytest.raises(KeyboardInterrupt):
        fit.write_predictions(path, "epred", rows, max_memory=smallest_memory(fit, rows, "epred"))
    assert os.listdir(tmp_path) == [path.name]
    assert read_back(path).sizes["obs"] == 3
    monkeypatch.undo()
    fit.write_predictions(path, "epred", rows)
    assert os.listdir(tmp_path) == [path.name]
    assert read_back(path).sizes["obs"] == 60


def test_paths_that_cannot_be(frame: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fit = fit_of("gaussian")
    with pytest.raises(OptionError, match=r"\.nc for netCDF, \.zarr for Zarr; got '.*p.csv'"):
        fit.write_predictions(tmp_path / "p.csv", "epred")
    with pytest.raises(StorageError, match="there is no folder"):
        fit.write_predictions(tmp_path / "none" / "p.nc", "epred")
    with pytest.raises(StorageError, match="a path is needed, got 7"):
        fit.write_predictions(7, "epred")
    for name in ("folder.nc", "folder.zarr"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "precious").touch()
    with pytest.raises(StorageError, match="is a folder, not a file"):
        fit.write_predictions(tmp_path / "folder.nc", "epred")
    with pytest.raises(StorageError, match="is no Zarr store; it is not replaced"):
        fit.write_predictions(tmp_path / "folder.zarr", "epred")
    assert (tmp_path / "folder.zarr" / "precious").exists()
    monkeypatch.setitem(sys.modules, "zarr", None)
    with pytest.raises(ImportError, match=r"pip install 'smoothstan\[zarr\]'"):
        fit.write_predictions(tmp_path / "p.zarr", "epred")


def test_memory_that_is_too_small_is_an_error_at_once(frame: pd.DataFrame) -> None:
    fit = fit_of("gaussian")
    with pytest.raises(OptionError, match="16 rows of 200 draws need about"):
        fit.prediction_blocks("epred", max_memory="10 kB")
    needed = smallest_memory(fit, frame, "epred")
    assert len(list(fit.prediction_blocks("epred", frame, max_memory=needed, **NEW))) == 4
    with pytest.raises(OptionError, match=f"about {needed / 1e6:.3g} MB"):
        fit.prediction_blocks("epred", frame, max_memory=needed - 1, **NEW)


def test_log_lik_blocks(frame: pd.DataFrame) -> None:
    fit = fit_of("poisson")
    blocks = list(fit.log_lik_blocks(smallest_memory(fit, frame, "log_lik")))
    assert len(blocks) == 4
    np.testing.assert_allclose(np.concatenate(blocks, axis=1), fit.log_lik().values.reshape(200, -1), rtol=1e-10)
