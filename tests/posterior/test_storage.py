"""Saving and loading: nothing changes, and damaged or foreign files are refused."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import smoothstan as ss
from smoothstan.errors import SamplingWarning, StorageError
from smoothstan.posterior.codec import decode, encode


@pytest.fixture(scope="module")
def saved(slopes_fit: ss.Posterior, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fits") / "slopes.nc"
    slopes_fit.save(path)
    return path


def test_a_loaded_fit_prints_and_answers_the_same(slopes_fit: ss.Posterior, saved: Path, frame: pd.DataFrame) -> None:
    loaded = ss.load_fit(saved)
    assert str(loaded) == str(slopes_fit)
    with pytest.warns(SamplingWarning, match="Pareto k"):
        assert str(loaded.loo()) == str(slopes_fit.loo())
    assert loaded.stancode == slopes_fit.stancode
    assert str(loaded.priors) == str(slopes_fit.priors)
    for name, value in slopes_fit.standata.items():
        np.testing.assert_array_equal(loaded.standata[name], value)
    new = frame.iloc[[3, 17, 40]]
    np.testing.assert_array_equal(loaded.posterior_epred(new).values, slopes_fit.posterior_epred(new).values)
    for group, table in slopes_fit.ranef().items():
        pd.testing.assert_frame_equal(loaded.ranef()[group], table)
    assert loaded.draws["sample_stats"].dataset.identical(slopes_fit.draws["sample_stats"].dataset)


def test_another_process_computes_the_same_bits(slopes_fit: ss.Posterior, saved: Path, tmp_path: Path) -> None:
    code = (
        "import sys, numpy, smoothstan as ss\n"
        "fit = ss.load_fit(sys.argv[1])\n"
        "numpy.save(sys.argv[2], fit.posterior_epred().values)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(saved), str(tmp_path / "out.npy")], check=True)
    np.testing.assert_array_equal(np.load(tmp_path / "out.npy"), slopes_fit.posterior_epred().values)


@pytest.mark.parametrize("term", ["s(x, k=6)", "s(x, z, by=f, k=9)", "s(z, f, bs='fs', k=4, m=1)", "te(x, z, k=3)"])
def test_smooths_of_a_loaded_fit_have_the_same_bits_at_any_number_of_rows(term: str, tmp_path: Path) -> None:
    rows = np.arange(40)
    data = pd.DataFrame({"y": np.sin(rows / 4), "x": rows / 10, "z": np.cos(1.7 * rows), "f": [*"abca"] * 10})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.errors.SamplingWarning)
        made = ss.brm(
            f"y ~ {term}",
            data,
            backend="stanli",
            chains=1,
            iter_warmup=10,
            iter_sampling=10,
            seed=1,
            show_progress=False,
        )
    made.save(tmp_path / "fit.nc")
    loaded = ss.load_fit(tmp_path / "fit.nc")
    for n in (1, 2, 7, 40):
        new = data.iloc[:n]
        np.testing.assert_array_equal(loaded.posterior_epred(new).values, made.posterior_epred(new).values)


def test_a_saved_fit_can_be_saved_again(saved: Path, tmp_path: Path) -> None:
    ss.load_fit(saved).save(tmp_path / "again.nc")
    assert str(ss.load_fit(tmp_path / "again.nc")) == str(ss.load_fit(saved))


def test_the_file_is_plain_netcdf(saved: Path) -> None:
    with xr.open_datatree(saved, engine="h5netcdf") as tree:
        assert {"posterior", "sample_stats", "observed_data", "constant_data"} <= set(tree.children)


def test_an_existing_file_is_replaced_whole_or_not_at_all(
    slopes_fit: ss.Posterior, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "fit.nc"
    path.write_bytes(saved.read_bytes())

    def full_disk(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(xr.DataTree, "to_netcdf", full_disk)
    with pytest.raises(StorageError, match="No space left"):
        slopes_fit.save(path)
    assert path.read_bytes() == saved.read_bytes()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_truncated_file(saved: Path, tmp_path: Path, share: float) -> None:
    content = saved.read_bytes()
    (tmp_path / "cut.nc").write_bytes(content[: int(share * len(content))])
    with pytest.raises(StorageError, match=r"cut\.nc is not a fit saved by smoothstan, or it is damaged"):
        ss.load_fit(tmp_path / "cut.nc")


def test_foreign_files(tmp_path: Path) -> None:
    (tmp_path / "text.nc").write_text("hello")
    xr.Dataset({"x": ("n", [1.0])}).to_netcdf(tmp_path / "other.nc", engine="h5netcdf")
    expected = {
        "text.nc": "not a fit",
        "other.nc": "not written by save",
        "absent.nc": "there is no file",
        ".": "is a folder",
    }
    for name, message in expected.items():
        with pytest.raises(StorageError, match=message):
            ss.load_fit(tmp_path / name)


def test_others_may_read_the_file(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    assert saved.stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_saving_where_there_is_no_folder(slopes_fit: ss.Posterior, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"cannot write .*No such file"):
        slopes_fit.save(tmp_path / "nowhere" / "fit.nc")


def test_the_codec_makes_nothing_but_our_own_types() -> None:
    for text in (
        b'{"class": "os.system", "fields": {}}',
        b'{"class": "smoothstan.api.brm", "fields": {}}',
        b'{"class": "smoothstan.errors.FormulaError", "fields": {"message": "x"}}',
        b'{"class": "pathlib.Path", "fields": {}}',
        b'{"array": ["object", [1], ""]}',
        b'{"nonsense": 1}',
        b"not json",
    ):
        with pytest.raises(StorageError):
            decode(text)


def test_the_codec_keeps_every_bit() -> None:
    values = (0.1 + 0.2, float("nan"), float("inf"), None, True, "text", -0.0, 2**60)
    assert repr(decode(encode(values))) == repr(values)
    array = np.random.default_rng(0).normal(size=(3, 4))
    np.testing.assert_array_equal(decode(encode(array)), array)
    assert dict(decode(encode({1: (2.5, [3])}))) == {1: (2.5, [3])}
