"""Reading tables: kinds of columns, levels, missing values, and the libraries they come from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

import smoothstan as ss
from smoothstan.errors import DataError, DataWarning
from smoothstan.table import Factor, Logical, Numeric, as_factor, collation_key, read_table


def test_kinds() -> None:
    frame = pd.DataFrame(
        {
            "number": [1.5, None, 3],
            "whole": pd.array([1, None, 3], dtype="Int64"),
            "flag": [True, False, True],
            "flags": pd.array([True, None, False], dtype="boolean"),
            "text": ["b", None, "a"],
            "category": pd.Categorical(["v", "u", "v"], categories=["v", "unused", "u"]),
            "ordered": pd.Categorical(["lo", "hi", "lo"], categories=["lo", "hi"], ordered=True),
            "objects": pd.Series([True, None, False], dtype=object),
        }
    )
    table = read_table(frame)
    assert isinstance(table["number"], Numeric)
    assert table["number"].missing().tolist() == [False, True, False]
    assert isinstance(table["whole"], Numeric)
    assert table["whole"].whole
    assert table["whole"].missing().tolist() == [False, True, False]
    assert isinstance(table["flag"], Logical)
    assert isinstance(table["flags"], Logical)
    assert isinstance(table["objects"], Logical)
    text = table["text"]
    assert isinstance(text, Factor)
    assert text.levels == ("a", "b")
    assert text.codes.tolist() == [1, -1, 0]
    category = table["category"]
    assert isinstance(category, Factor)
    assert (category.levels, category.ordered) == (("v", "u"), False)
    assert isinstance(table["ordered"], Factor)
    assert table["ordered"].ordered


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, lambda d: pl.DataFrame(d).to_arrow(), dict])
def test_the_same_answer_from_every_library(make) -> None:
    columns = {
        "y": [1.0, 2.5, 2.0, 4.0, 3.5, 0.5],
        "x": [1, 2, 3, 4, 5, 7],
        "f": ["b", "a", "b", "c", "a", "c"],
        "l": [True, False, True, True, False, False],
    }
    found = ss.standata("y ~ x * f + l", make(columns))
    expected = ss.standata("y ~ x * f + l", pd.DataFrame(columns))
    for name, value in expected.items():
        np.testing.assert_array_equal(found[name], value)


def test_polars_enums_keep_their_order() -> None:
    frame = pl.DataFrame({"y": [1.0, 2, 3], "f": pl.Series(["u", "v", "u"], dtype=pl.Enum(["v", "u"]))})
    column = read_table(frame)["f"]
    assert isinstance(column, Factor)
    assert column.levels == ("v", "u")


def test_strings_sort_as_r_sorts_them() -> None:
    words = ["b b", "Control", "active", "_x", "10", "9", "b+e", "A", "a", "b-d", "été", "eta", "b.b"]
    expected = ["_x", "10", "9", "a", "A", "active", "b b", "b-d", "b.b", "b+e", "Control", "eta", "été"]
    assert sorted(words, key=collation_key) == expected


def test_numbers_as_factors_sort_by_value() -> None:
    factor = as_factor(Numeric(np.array([10.0, 2, np.nan, 2.5, 10])))
    assert factor.levels == ("2", "2.5", "10")
    assert factor.codes.tolist() == [2, 0, -1, 1, 2]


def test_labels_that_are_written_alike() -> None:
    floats = as_factor(Numeric(np.array([0.3, 0.1 + 0.2, 1.0])))
    assert floats.levels == ("0.3", "1")
    assert floats.codes.tolist() == [0, 0, 1]
    with pytest.raises(DataError, match="'g' has different categories that are written alike"):
        read_table(pd.DataFrame({"g": pd.Categorical([1, "1"])}))


def test_whole_numbers_that_doubles_cannot_tell_apart() -> None:
    with pytest.raises(DataError, match=r"'id' holds whole numbers beyond 2\^53"):
        read_table(pd.DataFrame({"id": 10**17 + np.arange(5)}))


def test_rows_with_missing_values_are_left_out_once_and_counted() -> None:
    frame = pd.DataFrame({"y": [1.0, None, 3, 4, 5], "x": [1.0, 2, None, 4, 9], "unused": [None] * 5})
    with pytest.warns(DataWarning, match="2 of 5 rows"):
        data = ss.standata("y ~ x", frame)
    assert data["N"] == 3


def test_levels_that_only_dropped_rows_have_are_dropped() -> None:
    frame = pd.DataFrame({"y": [1.0, 2, 3, 4, None], "f": ["a", "b", "a", "b", "c"]})
    with pytest.warns(DataWarning):
        assert ss.standata("y ~ 0 + f", frame)["K"] == 2


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (pd.DataFrame({"y": [], "x": []}), "no rows"),
        (pd.DataFrame([[1, 2, 3]], columns=["y", "x", "x"]), "more than one column named 'x'"),
        (pd.DataFrame({"y": [1.0, np.inf], "x": [1.0, 2]}), "'y' has an infinite value in row 1"),
        (pd.DataFrame({"y": [1.0, 2], "x": [None, None]}), "column 'x' has no values"),
        (pd.DataFrame({"y": [1.0, None], "x": [None, 2]}), "every row misses"),
        (pd.DataFrame({"y": [1.0, 2], "x": pd.to_datetime(["2020-01-01", "2020-01-02"])}), "'x' is of type Datetime"),
        (pd.DataFrame({"y": [1.0, 2], "x": [1, "a"]}), "'x' mixes values of type int, str"),
        (None, "must be a table"),
        ([1, 2], "must be a table"),
        ({"y": [1, 2], "x": [1]}, "cannot be read"),
    ],
)
def test_bad_tables(data, message: str) -> None:
    with pytest.raises(DataError, match=message):
        ss.standata("y ~ x", data)
