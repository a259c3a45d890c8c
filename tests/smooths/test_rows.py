"""A basis is computed once at the data, and what is kept changes nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.design import Design, build_design
from smoothstan.families import family
from smoothstan.formula import parse_formula
from smoothstan.posterior.codec import decode, encode
from smoothstan.smooths import Rows, rows
from smoothstan.smooths.basis import PlacedBasis, Request
from smoothstan.smooths.thin_plate import place
from smoothstan.terms import SmoothTerm

N = 4500  # more than two blocks of rows


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    return pd.DataFrame(
        {
            "y": rng.normal(size=N),
            "x": rng.uniform(size=N),
            "z": rng.uniform(size=N),
            "g": pd.Categorical.from_codes(rng.integers(3, size=N), ["a", "b", "c"]),
        }
    )


def design_of(term: str, data: pd.DataFrame) -> Design:
    return build_design(parse_formula(f"y ~ {term}"), data, family("gaussian"))


def smooths_of(design: Design) -> SmoothTerm:
    (term,) = (term for term in design.terms if isinstance(term, SmoothTerm))
    return term


def placed(x: np.ndarray) -> PlacedBasis:
    return place((x,), Request(("x",), k=(6,)))


@pytest.mark.parametrize(
    "term",
    ["s(x)", "s(x, z, k=12)", "s(x, bs='cr', by=z)", "s(x, by=g)", "te(x, z)", "t2(x, z)", "s(x, g, bs='fs')"],
)
def test_columns_are_the_same_to_the_last_bit_whether_kept_or_not(term: str, data: pd.DataFrame) -> None:
    design = design_of(term, data)
    released = design.released()
    assert any(s.bound.at_data is not None for s in smooths_of(design).smooths) != ("by=g" in term)
    assert all(s.bound.at_data is None for s in smooths_of(released).smooths)
    kept, computed = design.stan_data(), released.stan_data()
    assert kept.keys() == computed.keys()
    for name, value in kept.items():
        np.testing.assert_array_equal(value, computed[name], err_msg=name)


def test_what_is_kept_is_used_for_its_own_table_only(data: pd.DataFrame) -> None:
    design = design_of("s(x, bs='cr')", data)
    (smooth,) = smooths_of(design).smooths
    assert smooth.bound.rows(design.table).kept is not None
    assert smooth.bound.rows(design.table.take(np.arange(N))).kept is None


def test_what_is_kept_is_not_stored(data: pd.DataFrame) -> None:
    term = smooths_of(design_of("s(x, bs='cr')", data))
    read = decode(encode(term))
    assert read.smooths[0].bound.at_data is None
    assert len(encode(term)) == len(encode(term.released()))


def test_another_basis_does_not_get_what_is_kept() -> None:
    x = np.linspace(0, 1, 50)
    first, second = placed(x), placed(x**2)
    here = Rows((x,)).keep(first)
    np.testing.assert_array_equal(here.values(second), Rows((x,)).values(second))


def test_matrix_covariates_are_kept_row_by_row() -> None:
    rng = np.random.default_rng(3)
    x, by = rng.uniform(size=(N, 2)), rng.uniform(size=(N, 2))
    basis = placed(x.reshape(-1))
    here = Rows((x,), by)
    kept = here.keep(basis)
    np.testing.assert_array_equal(kept.design(basis), here.design(basis))
    block = slice(2048, 4096)
    np.testing.assert_array_equal(kept.take(block).design(basis), here.take(block).design(basis))


def test_too_many_values_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.linspace(0, 1, 50)
    basis = placed(x)
    monkeypatch.setattr(rows, "_MOST_KEPT", 50 * basis.n_columns - 1)
    assert Rows((x,)).keep(basis).kept is None


def test_a_design_is_not_what_is_kept(data: pd.DataFrame) -> None:
    (smooth,) = ss.smooth_con("s(x, bs='cr')", data)
    before = smooth.predict_matrix(data)
    smooth.design[:] = 0
    np.testing.assert_array_equal(replace(smooth).design, before)
