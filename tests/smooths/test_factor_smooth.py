"""Factor smooths against mgcv's numbers; where mgcv leaves axes to rounding, by what is unique."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from smooths.grouped_cases import DATA, NEW, aligned, case, cases, close
from smooths.reference_cases import columns, data, load

from smoothstan.smooths import BASES, GroupedBasis, PlacedBasis, Request
from smoothstan.smooths.factor_smooth import PlacedFactorSmooth
from smoothstan.smooths.random_effect import PlacedRandomEffect
from smoothstan.table import Factor

needs_tp = pytest.mark.skipif("tp" not in BASES, reason="tp is not there")

RNG = np.random.default_rng(4)
X = RNG.uniform(-1, 3, 60)
F = Factor(RNG.integers(0, 3, 60), ("a", "b", "c"))


def place(*covariates: Any, names: tuple[str, ...] = ("x", "f"), **settings: Any) -> PlacedBasis:
    return BASES["fs"](covariates, Request(names, **{"xt": {"bs": "cr"}, **settings}))


def compare(basis: PlacedBasis, ours: np.ndarray, theirs: np.ndarray, tolerance: float) -> None:
    """Compare the columns of all groups up to signs, the null space by its projector."""
    assert isinstance(basis, PlacedFactorSmooth)
    q, r, g = basis.n_inner, basis.natural.rank, basis.n_groups
    ours, theirs = ours.reshape(-1, g, q), theirs.reshape(-1, g, q)
    mine, other = ours[:, :, :r].reshape(-1, g, r), theirs[:, :, :r].reshape(-1, g, r)
    signs = np.where(np.sum(mine * other, axis=(0, 1)) < 0, -1.0, 1.0)
    close(mine * signs, other, tolerance)
    null, other_null = ours[:, :, r:].reshape(len(ours), -1), theirs[:, :, r:].reshape(len(ours), -1)
    close(null @ null.T, other_null @ other_null.T, tolerance)


@pytest.mark.parametrize("name", cases("fs"))
def test_columns_penalties_and_new_data(name: str) -> None:
    mgcv = case(name)
    # mgcv's thin plate splines carry the error of its eigensolver, 1e-11, times the conditioning.
    stored = mgcv.stored
    both = np.vstack([mgcv.at(DATA)[:12], mgcv.at(NEW)])
    compare(mgcv.basis, both, np.vstack([stored["X"], stored["X_new"]]), 1e-8)
    assert list(mgcv.basis.ranks) == stored["rank"]
    assert mgcv.basis.null_space_dimension == 0
    if stored["S"]:
        for ours, theirs in zip(mgcv.basis.penalties, stored["S"], strict=True):
            close(ours, theirs)


def placed_case(name: str, covariates: tuple[str, ...], **settings: Any) -> tuple[dict[str, Any], PlacedBasis, Any]:
    stored = load("smooth", name)
    rows = data(stored["dataset"])
    chosen = tuple(rows[c] for c in covariates)
    return stored, BASES["fs"](chosen, Request(covariates, **settings)), chosen


@pytest.mark.parametrize(
    ("name", "covariates", "settings"),
    [
        ("fs_cr", ("x2", "fac"), {"xt": {"bs": "cr"}, "k": (5,)}),
        pytest.param("fs_tp_default", ("x", "f4"), {"k": (5,)}, marks=needs_tp),
        pytest.param("fs_tp_m1", ("Days", "Subject"), {"k": (4,), "m": (1,)}, marks=needs_tp),
    ],
)
def test_stored_cases(name: str, covariates: tuple[str, ...], settings: dict[str, Any]) -> None:
    stored, basis, rows = placed_case(name, covariates, **settings)
    raw = stored["raw"]
    compare(basis, basis.design(rows)[: raw["X"]["rows_stored"]], np.asarray(raw["X"]["values"]), 1e-8)
    assert [len(basis.penalties), list(basis.ranks)] == [len(raw["rank"]), raw["rank"]]
    close([np.linalg.norm(s) for s in basis.penalties], raw["S_frob"])
    for ours, theirs in zip(basis.penalties, raw.get("S", ()), strict=False):
        close(ours, theirs)


@needs_tp
def test_one_null_direction_is_unique() -> None:
    stored, basis, rows = placed_case("fs_tp_m1", ("Days", "Subject"), k=(4,), m=(1,))
    reference = np.asarray(stored["raw"]["X"]["values"])
    close(aligned(basis.design(rows)[: len(reference)], reference), reference)
    new = columns(stored["newdata"])
    xpred = np.asarray(stored["smooths"][0]["Xpred"])
    close(aligned(basis.design((new["Days"], new["Subject"])), xpred), xpred)


def test_given_the_map_of_mgcv_the_columns_are_the_same() -> None:
    stored, basis, rows = placed_case("fs_cr", ("x2", "fac"), xt={"bs": "cr"}, k=(5,))
    assert isinstance(basis, PlacedFactorSmooth)
    raw = stored["raw"]
    inner = basis.base.design(rows[:1]) @ np.asarray(raw["P"])
    ours = np.zeros((len(inner), 3, 5))
    ours[np.arange(len(inner)), rows[1].codes] = inner
    close(ours.reshape(-1, 15)[:20], raw["X"]["values"], 1e-12)


def test_the_null_space_is_the_constant_then_the_line() -> None:
    basis = place(X, F, k=(6,))
    assert isinstance(basis, GroupedBasis)
    inner = basis.inner((X, F))
    np.testing.assert_allclose(inner[:, 4], 1, atol=1e-10)
    np.testing.assert_allclose(inner[:, 5], (X - X.mean()) / X.std(), atol=1e-9)
    # Orthogonal over the rows, and mean square 1 in both blocks.
    gram = inner.T @ inner / len(X)
    np.testing.assert_allclose(gram, np.diag(np.diag(gram)), atol=1e-9)
    np.testing.assert_allclose([np.diag(gram)[:4].mean(), *np.diag(gram)[4:]], 1, rtol=1e-10)


def test_penalties_are_disjoint_and_leave_nothing_out() -> None:
    basis = place(X, F, k=(5,))
    assert isinstance(basis, GroupedBasis)
    ridge, constant, line = basis.inner_penalties
    assert np.ptp(ridge[:3]) == 0
    np.testing.assert_array_equal([ridge[3:], constant[3:], line[3:]], [[0, 0], [1, 0], [0, 1]])
    assert basis.ranks == (9, 3, 3)
    assert basis.null_space_dimension == 0
    assert not basis.random_effect
    assert not basis.nests


def test_evaluated_in_parts_it_is_the_same_to_the_last_bit() -> None:
    basis = place(X, F, k=(6,))
    at = np.array([-4.0, 0.1, 2.9, 8.0])
    levels = Factor(np.array([2, 0, -1, 1]), F.levels)
    whole = basis.design((at, levels))
    np.testing.assert_array_equal(whole[2], 0)
    np.testing.assert_array_equal(whole, basis.design((at.copy(), levels)))


def test_a_shrunk_base_has_no_null_space() -> None:
    if "cs" not in BASES:
        pytest.skip("cs is not there")
    basis = place(X, F, k=(5,), xt={"bs": "cs"})
    assert basis.ranks == (15,)


def test_without_a_factor_it_is_the_base_smooth() -> None:
    alone = place(X, names=("x",), k=(5,))
    np.testing.assert_array_equal(alone.design((X,)), BASES["cr"]((X,), Request(("x",), (5,))).design((X,)))


def test_with_a_factor_alone_it_is_a_random_intercept() -> None:
    assert place(F, names=("f",), xt={}) == PlacedRandomEffect((3,))


@pytest.mark.parametrize(
    ("covariates", "names", "settings", "message"),
    [
        ((X, F, F), ("x", "f", "g"), {}, "takes one factor, found 2 among x, f, g"),
        ((X, F), ("x", "f"), {"xt": {"bs": "cx"}}, "unknown basis 'cx' in xt"),
        ((X, F), ("x", "f"), {"xt": {"bs": 3}}, "unknown basis 3 in xt"),
        ((X, F), ("x", "f"), {"k": (2,)}, "at least 3"),
        ((np.round(X), F), ("x", "f"), {"k": (9,)}, "distinct values"),
        ((X, X, F), ("x", "z", "f"), {}, "one covariate, found 2"),
    ],
)
def test_wrong_requests(covariates: Any, names: tuple[str, ...], settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        place(*covariates, names=names, **settings)


@pytest.mark.skipif("bs" not in BASES, reason="bs is not there")
def test_a_base_with_several_penalties_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a smooth with one penalty, but the one named in xt has 2"):
        place(X, F, k=(8,), m=(3, 2, 1), xt={"bs": "bs"})
