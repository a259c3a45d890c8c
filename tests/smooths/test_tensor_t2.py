"""Tensor product smooths t2 against mgcv's numbers where these are unique, and against their laws.

Where a margin has a null space of two or more dimensions mgcv leaves its axes to rounding.  There the tests
take mgcv's axes, or compare the block of penalised columns alone, which is unique up to signs.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from conftest import read_reference
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from smooths.reference_cases import data, load
from smooths.tensor_cases import arguments, place, recorded_columns

from smoothstan.smooths import PlacedBasis, Rows, construct_smooth, disjoint_diagonals, mixed_smooth
from smoothstan.smooths.moments import raw_moments
from smoothstan.smooths.tensor_t2 import PlacedT2, product_of_natural_margins
from smoothstan.table import Factor

Array = NDArray[np.float64]

RECORDED = read_reference("mgcv/tensor.json")
CASES = [case for case in RECORDED["cases"] if case["kind"] == "t2"]
IDS = [case["id"] for case in CASES]

STORED: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "t2_default": (("x", "z"), {"k": (4,)}),
    "t2_full": (("x", "z"), {"k": (4,), "full": True}),
    "t2_m1": (("x", "z"), {"k": (5,), "bs": ("ps",), "m": ((2, 1),)}),
    "t2_3d_ord": (("x", "z", "v"), {"k": (4,), "bs": ("ps",), "m": ((2, 1),), "ord": (1, 2)}),
}

EXACT_MARGINS = {"cr", "cc", "cp", "ps", "re", "mrf"}
"""Bases whose columns are the same as mgcv's, signs included, so that mgcv's maps apply to them."""


def close(actual: Array, expected: Any, tolerance: float = 1e-8) -> None:
    reference = np.asarray(expected, dtype=float)
    assert actual.shape == reference.shape
    np.testing.assert_allclose(actual, reference, rtol=0, atol=tolerance * np.abs(reference).max())


def placed(case: dict[str, Any]) -> tuple[PlacedT2, tuple[Any, ...]]:
    values = recorded_columns(RECORDED["data"])
    names = tuple(case["vars"])
    covariates = tuple(values[name] for name in names)
    basis = place("t2", covariates, names, **arguments(case))
    assert isinstance(basis, PlacedT2)
    return basis, covariates


def stored(name: str) -> tuple[PlacedT2, tuple[Any, ...], dict[str, Any]]:
    case = load("smooth", name)
    names, asked = STORED[name]
    values = data(case["dataset"])
    covariates = tuple(values[name] for name in names)
    basis = place("t2", covariates, names, **asked)
    assert isinstance(basis, PlacedT2)
    return basis, covariates, case["raw"]


def with_maps(basis: PlacedT2, maps: list[Any], **asked: Any) -> PlacedT2:
    """Return the product with other natural coefficients of the margins."""
    margins = tuple(replace(m, to_basis=np.asarray(p)) for m, p in zip(basis.margins, maps, strict=True))
    return product_of_natural_margins(margins, full=asked.get("full", False), orders=asked.get("ord", ()))


@pytest.mark.parametrize("name", STORED)
def test_stored_designs_with_the_stored_maps(name: str) -> None:
    basis, covariates, raw = stored(name)
    assert list(basis.ranks) == np.ravel(raw["rank"]).tolist()
    assert basis.null_space_dimension == raw["null_space_dim"]
    given_maps = with_maps(basis, raw["P"], **STORED[name][1])
    reference = np.asarray(raw["X"]["values"])
    close(given_maps.design(covariates)[: len(reference)], reference, 1e-13)
    norms = [np.linalg.norm(s) for s in basis.penalties]
    np.testing.assert_allclose(norms, np.ravel(raw["S_frob"]))
    for ours, theirs in zip(basis.penalties, raw.get("S", ()), strict=False):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("name", STORED)
def test_stored_designs_up_to_signs(name: str) -> None:
    basis, covariates, raw = stored(name)
    reference = np.asarray(raw["X"]["values"])
    unique = slice(None) if max(m.size - m.rank for m in basis.margins) == 1 else slice(0, basis.blocks[0])
    design, reference = basis.design(covariates)[: len(reference), unique], reference[:, unique]
    flip = np.where(np.sum(design * reference, axis=0) < 0, -1.0, 1.0)
    close(design * flip, reference)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_blocks_as_mgcv(case: dict[str, Any]) -> None:
    basis, covariates = placed(case)
    assert list(basis.ranks) == case["ranks"]
    assert basis.null_space_dimension == case["null_space_dim"]
    assert basis.centred == (case["n_constraints"] > 0)
    rows = basis.design(covariates)[:5]
    unique = len(case["XSX"]) if max(m.size - m.rank for m in basis.margins) <= 1 else 1
    if "ord" in case["args"] and unique == 1:
        unique = 0
    for penalty, expected in list(zip(basis.penalties, case["XSX"], strict=True))[:unique]:
        close(rows @ penalty @ rows.T, expected)
    assert len(case["X"][0]) == rows.shape[1]


WITH_EXACT_MARGINS = [case for case in CASES if set(np.atleast_1d(case["args"].get("bs", "cr"))) <= EXACT_MARGINS]


@pytest.mark.parametrize("case", WITH_EXACT_MARGINS, ids=[case["id"] for case in WITH_EXACT_MARGINS])
def test_mgcvs_design_with_its_maps(case: dict[str, Any]) -> None:
    basis, covariates = placed(case)
    design = with_maps(basis, case["P"], **arguments(case)).design(covariates)
    close(design[:5], case["X"], 1e-13)
    close(design.sum(axis=0), case["column_sums"], 1e-13)


@pytest.mark.parametrize("bs", ["cr", "ps", "tp"])
def test_the_null_spaces_are_lines_the_constant_first(bs: str) -> None:
    rng = np.random.default_rng(2)
    x, z = rng.gamma(2, size=60), rng.normal(size=60)
    null = place("t2", (x, z), bs=(bs,)).design((x, z))[:, -4:]
    a, b = ((c - c.mean()) / c.std() for c in (x, z))
    lines = np.column_stack([np.ones(60), b, a, a * b])
    weights = np.linalg.lstsq(lines, null, rcond=None)[0]
    np.testing.assert_allclose(null, lines @ weights, atol=1e-7)
    assert np.linalg.matrix_rank(weights) == 4
    np.testing.assert_allclose(weights[1:, 0], 0, atol=1e-7)
    # Constant times line, then line times constant.
    np.testing.assert_allclose(weights[2:, 1], 0, atol=1e-7)
    np.testing.assert_allclose(weights[[1, 3], 2], 0, atol=1e-7)
    if bs == "tp":
        np.testing.assert_allclose(weights, np.eye(4), atol=1e-7)


def test_a_surface_margin_and_the_constant() -> None:
    rng = np.random.default_rng(3)
    x, z, v = rng.normal(size=(3, 70))
    basis = place("t2", (x, z, v), d=(2, 1), k=(9, 4), full=True)
    assert basis.ranks == (12, 2, 2, 2, 6, 6)
    assert basis.null_space_dimension == 6
    constant = basis.design((x, z, v))[:, -6]
    np.testing.assert_allclose(constant, constant.mean(), atol=1e-7)
    assert constant.mean() > 0.1


covariate = st.lists(st.integers(0, 400), min_size=45, max_size=45, unique=True).map(
    lambda values: np.asarray(values, dtype=float) / 40 + 3
)
margin = st.sampled_from(["cr", "ps", "tp", "cc", "cp", "gp", "ts"])


@settings(max_examples=30, deadline=None)
@given(x=covariate, z=covariate, bs=st.tuples(margin, margin), full=st.booleans())
def test_penalties_are_identities_on_disjoint_blocks(x: Array, z: Array, bs: tuple[str, str], full: bool) -> None:
    basis = place("t2", (x, z), bs=bs, full=full)
    diagonals = disjoint_diagonals(basis.penalties)
    assert diagonals is not None
    assert all(set(np.unique(diagonal)) <= {0.0, 1.0} for diagonal in diagonals)
    assert tuple(int(diagonal.sum()) for diagonal in diagonals) == basis.ranks
    assert basis.n_columns == basis.design((x, z)).shape[1] == sum(basis.ranks) + basis.null_space_dimension
    # Unpenalised columns come last.
    np.testing.assert_array_equal(np.sum(diagonals, axis=0)[: sum(basis.ranks)], 1)


@settings(max_examples=30, deadline=None)
@given(x=covariate, z=covariate, bs=st.tuples(margin, margin), full=st.booleans())
def test_t2_spans_what_te_spans(x: Array, z: Array, bs: tuple[str, str], full: bool) -> None:
    te, t2 = (place(kind, (x, z), bs=bs, **asked) for kind, asked in (("te", {}), ("t2", {"full": full})))
    ours, theirs = t2.design((x, z)), te.design((x, z))
    assert ours.shape == theirs.shape
    # Columns of a basis of 25 functions of 45 scattered points: solved to 1e-7.
    fitted = ours @ np.linalg.lstsq(ours, theirs, rcond=None)[0]
    np.testing.assert_allclose(fitted, theirs, rtol=0, atol=1e-7 * np.abs(theirs).max())


@settings(max_examples=20, deadline=None)
@given(x=covariate, z=covariate, bs=st.tuples(margin, margin), order=st.permutations(range(45)))
def test_the_order_of_the_rows_does_not_matter(x: Array, z: Array, bs: tuple[str, str], order: list[int]) -> None:
    basis = place("t2", (x, z), bs=bs)
    design = basis.design((x, z))
    shuffled = place("t2", (x[order], z[order]), bs=bs).design((x[order], z[order]))
    for penalty in basis.penalties:
        kernel = design @ penalty @ design.T
        again = shuffled @ penalty @ shuffled.T
        np.testing.assert_allclose(again, kernel[np.ix_(order, order)], rtol=0, atol=1e-7 * np.abs(kernel).max())


@settings(max_examples=20, deadline=None)
@given(x=covariate, z=covariate, factor=st.floats(0.01, 100), shift=st.floats(-50, 50))
def test_units_do_not_matter(x: Array, z: Array, factor: float, shift: float) -> None:
    first, second = (c if i == 0 else c * factor + shift for i, c in enumerate((x, x)))
    design = place("t2", (first, z)).design((first, z))
    moved = place("t2", (second, z)).design((second, z))
    np.testing.assert_allclose(np.abs(moved), np.abs(design), rtol=0, atol=1e-6 * np.abs(design).max())


def test_blocks_are_products_of_columns_with_the_last_margin_fastest() -> None:
    rng = np.random.default_rng(4)
    covariates = tuple(rng.normal(size=(3, 30)))
    basis = place("t2", covariates, k=(4, 3, 5))
    assert isinstance(basis, PlacedT2)
    designs = [m.design(covariates) for m in basis.margins]
    parts = [(d[:, : m.rank], d[:, m.rank :]) for d, m in zip(designs, basis.margins, strict=True)]
    # The first margin changes fastest between penalised and null space.
    blocks = [
        np.einsum("na,nb,nc->nabc", *(part[i] for part, i in zip(parts, chosen[::-1], strict=True))).reshape(30, -1)
        for chosen in product((0, 1), repeat=3)
    ]
    np.testing.assert_allclose(basis.design(covariates), np.hstack(blocks), atol=1e-12)


def test_order_keeps_whole_blocks() -> None:
    rng = np.random.default_rng(5)
    covariates = tuple(rng.normal(size=(3, 30)))
    all_columns = place("t2", covariates, k=(3,)).design(covariates)
    kept = [place("t2", covariates, k=(3,), ord=(order,)) for order in range(4)]
    assert [basis.n_columns for basis in kept] == [8, 12, 6, 1]
    assert [len(basis.penalties) for basis in kept] == [0, 3, 3, 1]
    assert [basis.centred for basis in kept] == [True, False, False, False]
    np.testing.assert_array_equal(kept[0].design(covariates), all_columns[:, -8:])
    np.testing.assert_array_equal(kept[3].design(covariates), all_columns[:, :1])


def centring(basis: PlacedBasis, covariates: tuple[Any, ...]) -> Array | None:
    return basis.absorb(raw_moments(basis, Rows(covariates)).column_sums)


def test_the_constraint_touches_the_null_spaces_only() -> None:
    rng = np.random.default_rng(6)
    x, z = rng.normal(size=(2, 50))
    basis = place("t2", (x, z))
    free = centring(basis, (x, z))
    assert free is not None
    penalised = sum(basis.ranks)
    assert free.shape == (25, 24)
    np.testing.assert_array_equal(free[:penalised, :penalised], np.eye(penalised))
    assert not free[penalised:, :penalised].any()
    assert not free[:penalised, penalised:].any()
    design = basis.design((x, z)) @ free
    np.testing.assert_allclose(design[:, penalised:].sum(axis=0), 0, atol=1e-10)
    np.testing.assert_allclose(free.T @ free, np.eye(24), atol=1e-14)


def test_a_single_unpenalised_column_is_left_out() -> None:
    x, z = np.random.default_rng(7).normal(size=(2, 50))
    free = centring(place("t2", (x, z), bs=("cc",)), (x, z))
    np.testing.assert_array_equal(free, np.eye(16)[:, :-1])


def test_without_unpenalised_columns_there_is_no_constraint() -> None:
    x = np.random.default_rng(8).normal(size=50)
    g = Factor(np.arange(50, dtype=np.int64) % 3, ("a", "b", "c"))
    basis = place("t2", (x, g), ("x", "g"), bs=("cr", "re"))
    assert basis.null_space_dimension == 0
    assert not basis.centred
    assert centring(basis, (x, g)) is None


def test_every_block_becomes_a_random_effect() -> None:
    x, z = np.random.default_rng(9).normal(size=(2, 60))
    rows = Rows((x, z))
    for asked, sizes in (({}, (9, 6, 6)), ({"full": True}, (9, 3, 3, 3, 3)), ({"ord": (1,)}, (6, 6))):
        split = mixed_smooth(construct_smooth(place("t2", (x, z), **asked), rows), rows)
        assert split.random_sizes == sizes
        assert split.joint is None
        assert split.columns(rows).fixed.shape == (60, 0 if asked.get("ord") else 3)
    unpenalised = mixed_smooth(construct_smooth(place("t2", (x, z), ord=(0,)), rows), rows)
    assert unpenalised.random == ()
    assert unpenalised.columns(rows).fixed.shape == (60, 3)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"ord": (3,)}, "ord must be between 0 and 2, the number of margins, found 3"),
        ({"ord": (-1,)}, "found -1"),
        ({"ord": (1, 0), "bs": ("ts", "ts")}, "no part of this smooth has 1 or 0 penalised margins"),
    ],
)
def test_impossible_orders_are_refused(asked: dict[str, Any], message: str) -> None:
    x, z = np.random.default_rng(10).normal(size=(2, 50))
    with pytest.raises(ValueError, match=message):
        place("t2", (x, z), **asked)
