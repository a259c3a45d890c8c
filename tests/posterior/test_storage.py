"""Saving and loading: nothing changes, and damaged or foreign files are refused."""

from __future__ import annotations

import subprocess
import sys
import types
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import smoothstan as ss
from smoothstan.errors import SamplingWarning, StorageError
from smoothstan.posterior import Fitted
from smoothstan.posterior.codec import decode, encode
from smoothstan.posterior.storage import load_tree, save_tree


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
        b'{"array": ["|O", [1], "AAAA"]}',
        b'{"scalar": ["<f8"]}',
        b'{"pandas": ["frame", {"map": []}]}',
        b'{"pandas": ["nothing", {"map": [["name", null], ["column", {"tuple": ["object", [], []]}]]}]}',
        b'{"nonsense": 1}',
        b'{"tuple": [], "map": []}',
        b"not json",
    ):
        with pytest.raises(StorageError):
            decode(text)


USER_OBJECTS: dict[str, Any] = {
    "numbers": [0.1, 1, True, None, float("nan"), np.float32(0.1), np.int8(3), np.float64(1 / 3), 2**70],
    "arrays": (np.arange(6.0).reshape(2, 3).T, np.array(3.5), np.zeros((0, 2)), np.array([1, 2], dtype="uint16")),
    "strings": {"levels": np.array(["a", "bcd", "ä"]), "objects": np.array([["a", None], [1, 2.5]], dtype=object)},
    "dates": np.array(["2024-01-01", "NaT"], dtype="datetime64[D]"),
    "complex": np.array([1 + 2j, -0.0j]),
    "range": range(2, 11, 3),
    "keys": {1: "one", ("a", 2): "pair", None: "none", 2.5: "half"},
}
PANDAS = {
    "penalty": pd.DataFrame(np.eye(3) / 3, index=["a", "b", "c"], columns=["a", "b", "c"]),
    "mixed": pd.DataFrame(
        {
            "n": [1, 2, 3], "x": [0.1, np.nan, -np.inf], "s": ["u", None, "w"], "l": [True, False, True],
            "c": pd.Categorical(["q", None, "p"], categories=["q", "p", "r"], ordered=True),
            "i": pd.array([1, None, 3], dtype="Int64"), "b": pd.array([True, None, False], dtype="boolean"),
            "t": pd.to_datetime(["2020-01-01", None, "2021-05-05"]),
        }
    ),
    "columns": pd.DataFrame([[1, 2], [3, 4]], pd.Index([5.5, 6], name="r"), pd.Index([1, "b"], name="cols")),
    "series": pd.Series([1.5, 2.5], index=["x", "y"], name="s"),
    "index": pd.Index(["u", "v"], name="i"),
    "strings": pd.Series(["a", None], dtype="string"),
    "empty": pd.DataFrame({"a": np.zeros(0)}),
}  # fmt: skip


def _same(one: Any, two: Any) -> None:
    """Compare type, shape and every bit."""
    assert type(one) is type(two)
    if isinstance(one, np.ndarray) and one.dtype != object:
        assert (one.dtype, one.shape) == (two.dtype, two.shape)
        assert np.ascontiguousarray(one).tobytes() == np.ascontiguousarray(two).tobytes()
    elif isinstance(one, np.ndarray):
        assert one.shape == two.shape
        _same(one.ravel().tolist(), two.ravel().tolist())
    elif isinstance(one, dict):
        assert list(one) == list(two)
        _same(list(one.values()), list(two.values()))
    elif isinstance(one, list | tuple):
        assert len(one) == len(two)
        for left, right in zip(one, two, strict=True):
            _same(left, right)
    else:
        assert repr(one) == repr(two)


@pytest.mark.parametrize("name", USER_OBJECTS)
def test_what_users_hand_over_comes_back(name: str) -> None:
    _same(decode(encode(USER_OBJECTS[name])), USER_OBJECTS[name])


@pytest.mark.parametrize("name", PANDAS)
def test_pandas_tables_come_back(name: str) -> None:
    value = PANDAS[name]
    back = decode(encode({"outer": [value]}))["outer"][0]
    if isinstance(value, pd.DataFrame):
        pd.testing.assert_frame_equal(back, value, check_exact=True, check_index_type=True, check_column_type=True)
    elif isinstance(value, pd.Series):
        pd.testing.assert_series_equal(back, value, check_exact=True, check_index_type=True)
    else:
        pd.testing.assert_index_equal(back, value, exact=True)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (object(), r"data2\['a'\] is of type object, which cannot be stored"),
        ([1, {2, 3}], r"data2\['a'\]\[1\] is of type set"),
        (np.array([1, object()], dtype=object), r"data2\['a'\]\[1\] is of type object"),
        (np.zeros(2, dtype=[("x", float)]), r"data2\['a'\] is an array of type"),
        (pd.DataFrame({"k": pd.period_range("2020", periods=2, freq="M")}), r"data2\['a'\]\['k'\] has the pandas type"),
        (
            pd.DataFrame({"k": [1]}, index=pd.MultiIndex.from_tuples([(1, 2)])),
            r"data2\['a'\]\['index'\] is of type .*MultiIndex",
        ),
        (lambda: 1, r"data2\['a'\] is of type function"),
        (Path("map"), r"data2\['a'\] is of type pathlib"),
        (1 + 2j, r"data2\['a'\] is of type complex"),
    ],
)
def test_what_cannot_be_stored_is_named(slopes_fit: ss.Posterior, tmp_path: Path, value: Any, message: str) -> None:
    options = replace(slopes_fit.model.smooth_options, settings={"a": value})
    fit = replace(slopes_fit, model=replace(slopes_fit.model, smooth_options=options))
    with pytest.raises(StorageError, match=message):
        fit.save(tmp_path / "fit.nc")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["nb", "polys", "penalty"])
def test_maps_and_knots_are_stored(kind: str, tmp_path: Path) -> None:
    names = ["n", "e", "s", "w"]
    penalty = np.array([[2, -1, 0, -1], [-1, 2, -1, 0], [0, -1, 2, -1], [-1, 0, -1, 2]])
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    given = {
        "nb": {"n": ["e", "w"], "e": np.array(["n", "s"]), "s": ("e", "w"), "w": ["n", "s"]},
        "polys": {name: square + np.array([i, 0]) for i, name in enumerate(names)},
        "penalty": pd.DataFrame(penalty, index=names, columns=names),
    }[kind]
    rows = np.arange(40)
    data = pd.DataFrame({"y": np.sin(rows), "r": np.array(names)[rows % 4], "x": rows / 40})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.errors.SamplingWarning)
        made = ss.brm(
            f"y ~ s(r, bs='mrf', xt=list({kind}=area)) + s(x, bs='cr', k=4)", data,
            data2={"area": given}, knots={"r": names, "x": pd.Series([0, 0.3, 0.6, 1])},
            backend="stanli", chains=1, iter_warmup=10, iter_sampling=10, seed=1, show_progress=False,
        )  # fmt: skip
    made.save(tmp_path / "fit.nc")
    loaded = ss.load_fit(tmp_path / "fit.nc")
    options = loaded.model.smooth_options
    assert encode(options) == encode(made.model.smooth_options)
    assert type(options.settings["area"]) is type(given)
    assert (loaded.model.backend, loaded.model.given_priors) == ("stanli", ())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.errors.SamplingWarning)
        again = loaded.update()
    np.testing.assert_array_equal(again.as_numpy()[0], made.as_numpy()[0])


@dataclass(frozen=True)
class StandIn:
    """What another version of a fit may hold for a criterion."""

    elpd_i: np.ndarray
    name: str


@dataclass(frozen=True, repr=False)
class RicherFit(Fitted):
    verdicts: Mapping[str, StandIn] = field(default_factory=dict)
    remark: str = ""


def test_any_field_of_a_fit_is_stored(
    slopes_fit: ss.Posterior, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = types.ModuleType("smoothstan.posterior.stand_in")
    module.StandIn = StandIn  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(StandIn, "__module__", module.__name__)
    verdicts = {"loo": StandIn(np.array([0.1, np.nan]), "loo")}
    fit = RicherFit(slopes_fit.model, slopes_fit.draws, verdicts=verdicts, remark="checked")
    save_tree(tmp_path / "rich.nc", fit)
    back = load_tree(tmp_path / "rich.nc", RicherFit)
    assert back.remark == "checked"
    _same(back.verdicts["loo"].elpd_i, fit.verdicts["loo"].elpd_i)
    assert load_tree(saved, RicherFit).verdicts == {}
    with pytest.raises(StorageError, match="it holds remark, verdicts, which this version"):
        ss.load_fit(tmp_path / "rich.nc")


@pytest.mark.parametrize(("number", "version"), [(1, "0.1.0"), (99, "7.0")])
def test_files_of_other_formats_are_refused(saved: Path, tmp_path: Path, number: int, version: str) -> None:
    with xr.open_datatree(saved, engine="h5netcdf") as opened:
        tree = opened.load()
    tree["smoothstan"].attrs |= {"format": number, "version": version}
    tree.to_netcdf(tmp_path / "other.nc", engine="h5netcdf")
    expected = f"written in format {number} by smoothstan {version}; this is smoothstan .*, which reads format 2 only"
    with pytest.raises(StorageError, match=expected):
        ss.load_fit(tmp_path / "other.nc")


@pytest.mark.parametrize("group", ["posterior", "observed_data"])
def test_a_file_without_a_group(saved: Path, tmp_path: Path, group: str) -> None:
    with xr.open_datatree(saved, engine="h5netcdf") as opened:
        tree = opened.load()
    del tree[group]
    tree.to_netcdf(tmp_path / "part.nc", engine="h5netcdf")
    with pytest.raises(StorageError, match="holds no fit, or not all of it"):
        ss.load_fit(tmp_path / "part.nc")


def test_saving_to_a_folder(slopes_fit: ss.Posterior, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"it is a folder; name a file in it, e\.g\. .*fit\.nc"):
        slopes_fit.save(tmp_path)
    with pytest.raises(StorageError, match="a path is needed"):
        slopes_fit.save(None)  # type: ignore[arg-type]


def test_the_codec_keeps_every_bit() -> None:
    values = (0.1 + 0.2, float("nan"), float("inf"), None, True, "text", -0.0, 2**60)
    assert repr(decode(encode(values))) == repr(values)
    array = np.random.default_rng(0).normal(size=(3, 4))
    np.testing.assert_array_equal(decode(encode(array)), array)
    assert dict(decode(encode({1: (2.5, [3])}))) == {1: (2.5, [3])}
