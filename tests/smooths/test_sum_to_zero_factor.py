"""Sum-to-zero factor smooths against mgcv's numbers and by their definition."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from smooths.grouped_cases import DATA, NEW, case, cases, close
from smooths.reference_cases import columns, data, load

from smoothstan.smooths import BASES, PlacedBasis, Request
from smoothstan.table import Factor

RNG = np.random.default_rng(8)
X = RNG.uniform(0, 1, 50)
F = Factor(RNG.integers(0, 3, 50), ("a", "b", "c"))
G = Factor(RNG.integers(0, 2, 50), ("u", "v"))


def place(*covariates: Any, names: tuple[str, ...] = ("x", "f"), **settings: Any) -> PlacedBasis:
    return BASES["sz"](covariates, Request(names, **{"xt": {"bs": "cr"}, "k": (4,), **settings}))


def signs_of(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    return np.where(np.sum(ours * theirs, axis=0) < 0, -1.0, 1.0)


@pytest.mark.parametrize("name", cases("sz"))
def test_columns_penalties_constraint_and_new_data(name: str) -> None:
    mgcv = case(name)
    stored, design = mgcv.stored, mgcv.at(DATA)
    reference = np.vstack([stored["X"], stored["X_new"]])
    both = np.vstack([design[:12], mgcv.at(NEW)])
    q = design.shape[1] // int(np.prod(mgcv.basis.sizes))  # type: ignore[attr-defined]
    # All groups share the columns of the base, so also their signs.
    signs = np.tile(signs_of(both.reshape(-1, q), reference.reshape(-1, q)), design.shape[1] // q)
    close(both * signs, reference)
    for ours, theirs in zip(mgcv.basis.penalties, stored["S"], strict=True):
        close(ours * signs * signs[:, None], theirs)
    assert list(mgcv.basis.ranks) == stored["rank"]
    assert mgcv.basis.null_space_dimension == stored["null_space_dim"]
    contrast = mgcv.basis.absorb(design.sum(axis=0))
    assert contrast is not None
    free = signs[: contrast.shape[1]]
    close((design[:12] @ contrast) * free, stored["X_fit"])
    largest = np.abs(design).sum(axis=1).max()
    scales = [np.abs(s).sum(axis=0).max() / largest**2 for s in mgcv.basis.penalties]
    close(scales, stored["S_scale"])
    total = sum(contrast.T @ s @ contrast / scale for s, scale in zip(mgcv.basis.penalties, scales, strict=True))
    close(total * free * free[:, None], stored["S_fit_sum"])


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("sz_cr_id", {"xt": {"bs": "cr"}, "k": (5,), "linked": True}),
        pytest.param("sz_1f", {"k": (6,)}, marks=pytest.mark.skipif("tp" not in BASES, reason="tp is not there")),
    ],
)
def test_stored_cases(name: str, settings: dict[str, Any]) -> None:
    stored = load("smooth", name)
    rows, new = data(stored["dataset"]), columns(stored["newdata"])
    chosen = (rows["x2"], rows["fac"])
    basis = BASES["sz"](chosen, Request(("x2", "fac"), **settings))
    raw, smooth = stored["raw"], stored["smooths"][0]
    design, reference = basis.design(chosen), np.asarray(raw["X"]["values"])
    q = settings["k"][0]
    signs = np.tile(signs_of(design[: len(reference)].reshape(-1, q), reference.reshape(-1, q)), 3)
    close(design[: len(reference)] * signs, reference)
    for ours, theirs in zip(basis.penalties, raw["S"], strict=True):
        close(ours * signs * signs[:, None], theirs)
    assert list(basis.ranks) == (raw["rank"] if isinstance(raw["rank"], list) else [raw["rank"]])
    assert basis.null_space_dimension == raw["null_space_dim"]
    contrast = basis.absorb(design.sum(axis=0))
    assert contrast is not None
    at_new = basis.design((new["x2"], new["fac"])) @ contrast
    close(at_new * signs[: 2 * q], smooth["Xpred"])


def test_over_the_levels_of_each_factor_the_smooths_sum_to_zero() -> None:
    basis = place(X, F, G, names=("x", "f", "g"))
    contrast = basis.absorb(basis.design((X, F, G)).sum(axis=0))
    assert contrast is not None
    assert contrast.shape == (3 * 2 * 4, 2 * 1 * 4)
    values = (contrast @ RNG.normal(size=8)).reshape(3, 2, 4)
    np.testing.assert_allclose(values.sum(axis=0), 0, atol=1e-14)
    np.testing.assert_allclose(values.sum(axis=1), 0, atol=1e-14)
    assert not basis.centred
    assert not basis.nests


def test_linked_is_the_sum_of_the_penalties() -> None:
    np.testing.assert_array_equal(place(X, F, linked=True).penalties[0], sum(place(X, F).penalties))


@pytest.mark.parametrize("linked", [True, False])
def test_rank_and_null_space_under_the_constraint(linked: bool) -> None:
    basis = place(X, F, G, names=("x", "f", "g"), linked=linked)
    contrast = basis.absorb(basis.design((X, F, G)).sum(axis=0))
    absorbed = [contrast.T @ s @ contrast for s in basis.penalties]
    assert tuple(np.linalg.matrix_rank(s, 1e-10 * np.abs(s).max()) for s in absorbed) == basis.ranks
    assert 8 - np.linalg.matrix_rank(sum(absorbed)) == basis.null_space_dimension


def test_a_new_level_is_a_row_of_zeros() -> None:
    design = place(X, F).design((X[:2], Factor(np.array([-1, 1]), F.levels)))
    np.testing.assert_array_equal(design[0], 0)
    assert np.any(design[1] != 0)


def test_without_a_factor_it_is_the_base_smooth_and_without_numbers_a_random_effect() -> None:
    np.testing.assert_array_equal(
        place(X, names=("x",)).design((X,)), BASES["cr"]((X,), Request(("x",), (4,))).design((X,))
    )
    assert place(F, G, names=("f", "g"), xt={}).random_effect


@pytest.mark.parametrize(
    ("covariates", "settings", "message"),
    [
        ((X, Factor(np.zeros(50, dtype=np.int64), ("a",))), {}, "needs at least 2 levels in f, found 1"),
        ((X, F), {"xt": {"bs": "zz"}}, "unknown basis 'zz' in xt"),
        ((X, F), {"k": (1,)}, "at least 3"),
    ],
)
def test_wrong_requests(covariates: Any, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        place(*covariates, **settings)


@pytest.mark.skipif("bs" not in BASES, reason="bs is not there")
def test_a_base_with_several_penalties_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a smooth with one penalty"):
        place(X, F, k=(8,), m=(3, 2, 1), xt={"bs": "bs"})
