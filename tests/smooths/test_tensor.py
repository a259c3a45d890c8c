"""Tensor product smooths te and ti against mgcv's numbers, against their laws, and what they refuse."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from conftest import read_reference
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from smooths.reference_cases import columns, data, load
from smooths.tensor_cases import arguments, place, recorded_columns

from smoothstan.smooths import BASES, TENSORS, PlacedBasis, Rows, TensorRequest, construct_smooth, mixed_smooth
from smoothstan.smooths.kronecker import penalty_of_margin, row_kronecker
from smoothstan.smooths.tensor import PlacedTensor
from smoothstan.smooths.tensor_margin import TensorMargin
from smoothstan.table import Factor

Array = NDArray[np.float64]

RECORDED = read_reference("mgcv/tensor.json")
CASES = [case for case in RECORDED["cases"] if case["kind"] != "t2"]

STORED: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "te_default": (("x", "z"), {}),
    "te_d21": (("x", "z", "v"), {"d": (2, 1), "k": (8, 4), "bs": ("tp", "cr")}),
    "te_fx1": (("x", "z"), {"k": (4,), "fx": (True, False)}),
    "te_npFALSE": (("x", "z"), {"k": (4,), "bs": ("ps",), "np": False}),
    "te_tp_ps": (("x", "z"), {"k": (5, 6), "bs": ("tp", "ps")}),
    "ti_default": (("x", "z"), {}),
    "ti_tp": (("x", "z"), {"k": (4, 5), "bs": ("tp", "ps")}),
}


def close(actual: Array, expected: Any, tolerance: float = 1e-8) -> None:
    """Compare relative to the largest number, as ``tests/reference/smooths/README.md`` says."""
    reference = np.asarray(expected, dtype=float)
    assert actual.shape == reference.shape
    np.testing.assert_allclose(actual, reference, rtol=0, atol=tolerance * np.abs(reference).max())


def signs(design: Array, reference: Any, *, free: bool) -> Array:
    """Return +-1 per column, ones unless the signs of columns are free."""
    return np.where(free & (np.sum(design * np.asarray(reference), axis=0) < 0), -1.0, 1.0)


@pytest.mark.parametrize("name", STORED)
def test_stored_raw_designs_and_penalties(name: str) -> None:
    case = load("smooth", name)
    names, asked = STORED[name]
    values = data(case["dataset"])
    covariates = tuple(values[name] for name in names)
    kind = case["term"][:2]
    basis = place(kind, covariates, names, **asked)
    raw = case["raw"]
    reference = np.asarray(raw["X"]["values"], dtype=float)
    design = basis.design(covariates)
    flip = signs(design[: len(reference)], reference, free=case["uniqueness"] == "column_sign")
    close(design[: len(reference)] * flip, reference)
    close(np.sum(design**2, axis=0), raw["X"]["colsumsq"])
    for ours, theirs in zip(basis.penalties, raw["S"], strict=True):
        close(ours * flip * flip[:, None], theirs)
    assert list(basis.ranks) == np.ravel(raw["rank"]).tolist()
    new = columns(case["newdata"])
    constraint = basis.absorb(design.sum(axis=0))
    at_new = basis.design(tuple(new[name] for name in names))
    # Signs of absorbed columns follow from those of the raw ones; here it is enough to align them anew.
    predicted = at_new if constraint is None else at_new @ constraint
    expected = np.asarray(case["smooths"][0]["Xpred"])
    close(predicted * signs(predicted, expected, free=case["uniqueness"] == "column_sign"), expected)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_many_margins_as_mgcv(case: dict[str, Any]) -> None:
    values, new = recorded_columns(RECORDED["data"]), recorded_columns(RECORDED["new"])
    names = tuple(case["vars"])
    covariates = tuple(values[name] for name in names)
    asked = arguments(case)
    basis = place(case["kind"], covariates, names, **asked)
    # mgcv finds the eigenvectors of gp and ds to 1e-8 only.
    tolerance = 1e-6 if {"gp", "ds"} & set(asked.get("bs", ())) else 1e-8
    design = basis.design(covariates)
    flip = signs(design[:5], case["X"], free=any(size > 1 for size in asked.get("d", ())))
    close(design[:5] * flip, case["X"], tolerance)
    largest = np.abs(design).sum(axis=0).max()
    np.testing.assert_allclose(design.sum(axis=0) * flip, case["column_sums"], rtol=0, atol=tolerance * largest)
    for penalty, expected in zip(basis.penalties, case["XSX"], strict=True):
        close(design[:5] @ penalty @ design[:5].T, expected, tolerance)
    close(basis.design(tuple(new[name] for name in names)) * flip, case["Xpred"], tolerance)
    assert list(basis.ranks) == case["ranks"]
    assert basis.centred == (case["n_constraints"] > 0)
    if not any(asked.get("fx", ())):  # mgcv does not count the directions that fx frees.
        assert basis.null_space_dimension == case["null_space_dim"]


def rank_of(matrix: Array) -> int:
    """Return the rank, directions below 1e-9 of the longest being rounding."""
    return int(np.linalg.matrix_rank(matrix, tol=1e-9 * np.linalg.norm(matrix, 2)))


def is_in(columns: Array, space: Array) -> bool:
    """Whether all columns are combinations of those of another matrix."""
    fitted = space @ np.linalg.lstsq(space, columns, rcond=None)[0]
    return bool(np.abs(fitted - columns).max() < 1e-7 * np.abs(columns).max())


covariate = st.lists(st.integers(0, 400), min_size=45, max_size=45, unique=True).map(
    lambda values: np.asarray(values, dtype=float) / 40 + 3
)
"""Without ties, and with gaps that differ by a factor of 400 at most."""

margin = st.sampled_from(["cr", "ps", "tp", "cc", "cp", "bs", "gp", "ts"])


@settings(max_examples=40, deadline=None)
@given(
    x=covariate, z=covariate, bs=st.tuples(margin, margin), k=st.tuples(st.integers(5, 7), st.integers(5, 6)),
    kind=st.sampled_from(["te", "ti"]), fixed=st.sampled_from([(False, False), (True, False), (False, True)]),
)  # fmt: skip
def test_penalties_are_positive_and_have_the_stated_ranks(
    x: Array, z: Array, bs: tuple[str, str], k: tuple[int, int], kind: str, fixed: tuple[bool, bool]
) -> None:
    basis = place(kind, (x, z), bs=bs, k=k, fx=fixed)
    p = basis.design((x, z)).shape[1]
    assert basis.n_columns == p
    assert len(basis.penalties) == len(basis.ranks) == 2 - sum(fixed)
    for penalty, rank in zip(basis.penalties, basis.ranks, strict=True):
        np.testing.assert_array_equal(penalty, penalty.T)
        values = np.linalg.eigvalsh(penalty)
        np.testing.assert_allclose(values[-1], 1, rtol=1e-9)
        assert values[0] > -1e-9
        # Without a penalty on a direction its eigenvalue is rounding; of the others the smallest may be 1e-7.
        assert np.sum(values > 1e-11) == rank
    total = np.sum(basis.penalties, axis=0)
    assert np.sum(np.linalg.eigvalsh(total) > 1e-11) == p - basis.null_space_dimension


@settings(max_examples=25, deadline=None)
@given(x=covariate, z=covariate, bs=st.tuples(margin, margin), k=st.tuples(st.integers(5, 6), st.integers(5, 6)))
def test_te_holds_all_products_of_its_margins(x: Array, z: Array, bs: tuple[str, str], k: tuple[int, int]) -> None:
    designs = [
        place("te", (c,), bs=(b,), k=(size,), np=False).design((c,)) for c, b, size in zip((x, z), bs, k, strict=True)
    ]
    products = np.einsum("ni,nj->nij", *designs).reshape(len(x), -1)
    design = place("te", (x, z), bs=bs, k=k).design((x, z))
    assert design.shape == products.shape
    assert is_in(products, design)


@settings(max_examples=25, deadline=None)
@given(x=covariate, z=covariate, bs=st.sampled_from(["cr", "ps", "tp", "bs"]), k=st.integers(5, 6))
def test_main_effects_and_interaction_make_the_whole(x: Array, z: Array, bs: str, k: int) -> None:
    whole = place("te", (x, z), bs=(bs,), k=(k,)).design((x, z))
    parts = [
        np.ones((len(x), 1)),
        place("ti", (x,), bs=(bs,), k=(k,)).design((x,)),
        place("ti", (z,), bs=(bs,), k=(k,)).design((z,)),
        place("ti", (x, z), bs=(bs,), k=(k,)).design((x, z)),
    ]
    together = np.hstack(parts)
    assert together.shape == whole.shape
    assert is_in(whole, together)
    assert is_in(together, whole)


def test_the_interaction_holds_no_main_effect() -> None:
    rng = np.random.default_rng(4)
    # On a complete grid the sums over one margin vanish for every value of the other.
    x, z = (g.ravel() for g in np.meshgrid(np.sort(rng.normal(size=9)), np.sort(rng.normal(size=8)), indexing="ij"))
    for bs in ("cr", "ps", "tp"):
        grid = place("ti", (x, z), bs=(bs,)).design((x, z)).reshape(9, 8, -1)
        for axis in (0, 1):
            assert np.abs(grid.sum(axis=axis)).max() < 1e-10 * np.abs(grid).max()


@settings(max_examples=20, deadline=None)
@given(x=covariate, z=covariate, bs=st.tuples(margin, margin), order=st.permutations(range(45)))
def test_the_order_of_the_rows_does_not_matter(x: Array, z: Array, bs: tuple[str, str], order: list[int]) -> None:
    design = place("te", (x, z), bs=bs).design((x, z))
    shuffled = place("te", (x[order], z[order]), bs=bs).design((x[order], z[order]))
    np.testing.assert_allclose(shuffled, design[order], rtol=0, atol=1e-7 * np.abs(design).max())


@settings(max_examples=20, deadline=None)
@given(x=covariate, z=covariate, bs=margin, factor=st.floats(0.01, 100), shift=st.floats(-50, 50))
def test_units_do_not_matter(x: Array, z: Array, bs: str, factor: float, shift: float) -> None:
    basis = place("te", (x, z), bs=(bs, "cr"))
    moved = place("te", (x * factor + shift, z), bs=(bs, "cr"))
    design = basis.design((x, z))
    np.testing.assert_allclose(moved.design((x * factor + shift, z)), design, rtol=0, atol=1e-6 * np.abs(design).max())
    for ours, theirs in zip(basis.penalties, moved.penalties, strict=True):
        np.testing.assert_allclose(theirs, ours, atol=1e-6)


def test_a_margin_gives_values_at_evenly_spaced_points() -> None:
    x = np.random.default_rng(3).gamma(2, size=60)
    for bs in ("ps", "tp", "bs", "gp", "ds"):
        points = np.linspace(x.min(), x.max(), 6)
        np.testing.assert_allclose(place("te", (x,), bs=(bs,), k=(6,)).design((points,)), np.eye(6), atol=1e-9)


def test_rows_in_blocks_are_the_same_rows() -> None:
    rng = np.random.default_rng(5)
    x, z = rng.normal(size=(2, 20_000))
    basis = place("te", (x, z), bs=("ps", "cr"))
    design = basis.design((x, z))
    for rows in (slice(0, 3), slice(8190, 8195), slice(19_998, None)):
        np.testing.assert_allclose(basis.design((x[rows], z[rows])), design[rows], rtol=0, atol=1e-14)


def test_a_new_level_of_a_random_margin_gives_zeros() -> None:
    g = Factor(np.arange(30, dtype=np.int64) % 3, ("a", "b", "c"))
    x = np.random.default_rng(6).normal(size=30)
    basis = place("te", (x, g), ("x", "g"), bs=("cr", "re"), k=(4,))
    assert not basis.centred
    assert basis.absorb(basis.design((x, g)).sum(axis=0)) is None
    at_new = basis.design((x[:2], Factor(np.asarray([-1, 1]), g.levels)))
    assert not at_new[0].any()
    np.testing.assert_array_equal(at_new[1], basis.design((x[1:2], Factor(np.asarray([1]), g.levels)))[0])


@pytest.mark.parametrize("kind", ["te", "ti"])
def test_without_any_penalty_all_columns_are_fixed(kind: str) -> None:
    x, z = np.random.default_rng(8).normal(size=(2, 50))
    basis = place(kind, (x, z), k=(4,), fx=(True,))
    assert (basis.penalties, basis.ranks) == ((), ())
    rows = Rows((x, z))
    smooth = construct_smooth(basis, rows)
    assert smooth.null_space_dimension == smooth.size == (15 if kind == "te" else 9)
    split = mixed_smooth(smooth, rows).columns(rows)
    assert split.random == ()
    np.testing.assert_allclose(split.fixed, smooth.design(rows))


def test_row_kronecker_varies_the_last_factor_fastest() -> None:
    rng = np.random.default_rng(9)
    parts = [rng.normal(size=(4, size)) for size in (2, 3, 2)]
    expected = [np.kron(np.kron(a, b), c) for a, b, c in zip(*parts, strict=True)]
    np.testing.assert_allclose(row_kronecker(parts), expected)
    np.testing.assert_array_equal(row_kronecker(parts[:1]), parts[0])


def test_the_penalty_of_a_margin_sums_it_over_the_others() -> None:
    rng = np.random.default_rng(10)
    sizes, coefficients = (2, 3, 4), rng.normal(size=(2, 3, 4))
    for i, size in enumerate(sizes):
        root = rng.normal(size=(size, size))
        flat = coefficients.ravel()
        expected = np.sum(np.tensordot(root, coefficients, axes=(1, i)) ** 2)
        np.testing.assert_allclose(flat @ penalty_of_margin(root.T @ root, sizes, i) @ flat, expected)


def test_margins_take_consecutive_covariates_and_their_own_settings() -> None:
    request = TensorRequest(
        names=("a", "b", "c"), d=(1, 2), bs=("ps", "cr"), m=((2, 1), None), fx=(True, False), mc=(False, True),
        xt=({}, {"max.knots": 9}), knots=(None, [1.0], [2.0]),
    )  # fmt: skip
    first, second = request.margins()
    assert (first.start, first.stop, second.start, second.stop) == (0, 1, 1, 3)
    assert (first.bs, second.bs) == ("ps", "tp")
    assert (first.request.k, second.request.k) == ((5,), (25,))
    assert (first.request.m, second.request.m) == ((2, 1), ())
    assert (first.fx, second.fx, first.mc, second.mc) == (True, False, False, True)
    assert (first.request.knots, second.request.knots) == ((None,), ([1.0], [2.0]))
    assert (first.request.xt, second.request.xt) == ({}, {"max.knots": 9})


def test_one_value_stands_for_all_margins_and_missing_orders_for_the_default() -> None:
    for margin in TensorRequest(names=("a", "b"), k=(7,), bs=("ps",), m=((2, 1),), mc=(False,)).margins():
        assert (margin.request.k, margin.bs, margin.request.m, margin.mc) == ((7,), "ps", (2, 1), False)
    orders = [margin.request.m for margin in TensorRequest(names=("a", "b"), m=(float("nan"), 3)).margins()]
    assert orders == [(), (3,)]


X, Z = np.random.default_rng(1).normal(size=(2, 40))
FEW = np.repeat([1.0, 2.0, 3.0], 14)[:40]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"d": (2, 1)}, r"d must give .* at least 1 each and 2 together \(x, z\), found 2, 1"),
        ({"d": (2, 0)}, "at least 1 each"),
        ({"k": (4, 5, 6)}, "k must have one value or 2, one per margin, found 3"),
        ({"bs": ("cr", "cr", "ps")}, "bs must have one value or 2"),
        ({"m": (1, 2, 3)}, "m must have one value or 2"),
        ({"fx": (True, False, True)}, "fx must have one value or 2"),
        ({"xt": ({}, {}, {})}, "xt must have one value or 2"),
        ({"mc": (True, False, True)}, "mc must have one value or 2"),
        ({"d": (2,), "k": (9, 9)}, "k must have one value, found 2"),
        ({"k": (5, 2)}, "k must be at least 3 for margin z, found 2"),
        ({"k": (5, 60)}, "margin z: .*only 40 distinct values, but k = 60"),
        ({"bs": ("cr", "ps"), "k": (4, 3)}, "margin z: k must be at least 4, found 3"),
        ({"bs": ("cr", "cc"), "k": (4, 3)}, "margin z: .*k must be at least 4"),
        ({"xt": ({}, {"max.knots": 3})}, "margin z: unknown setting 'max.knots' in xt"),
        ({"knots": ([1.0, 2.0], None)}, "margin x: .*5 knots"),
        ({"bs": ("bs", "cr"), "m": ((3, 2, 1), None), "k": (6,)}, "margin x: .*one penalty, but bs='bs' has 2"),
        ({"d": (2,), "bs": ("cc",)}, "margin x,z: this basis takes one covariate, found 2"),
        ({"bs": ("cr", "so")}, "unknown basis 'so'"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", TENSORS)
def test_what_is_impossible_is_refused(kind: str, asked: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        place(kind, (X, Z), **asked)


def test_too_few_distinct_values_name_the_margin() -> None:
    with pytest.raises(ValueError, match=r"margin z: .*only 3 distinct values, but k = 5"):
        place("te", (X, FEW))


def test_a_factor_where_a_number_is_needed_names_the_margin_and_its_place() -> None:
    g = Factor(np.arange(40, dtype=np.int64) % 4, ("a", "b", "c", "d"))
    with pytest.raises(ValueError, match="margin z: z must be numeric") as caught:
        place("te", (X, g))
    assert caught.value.place == 1  # type: ignore[attr-defined]


def test_every_basis_can_be_a_margin_or_says_why_not() -> None:
    g = Factor(np.arange(40, dtype=np.int64) % 6, tuple("abcdef"))
    of_factors: dict[str, Any] = {"re": {}, "mrf": {"xt": ({}, {"nb": _ring("abcdef")})}}
    several = {"ad": "one penalty", "fs": "one penalty", "sz": "one penalty", "sos": "lat"}
    for name in BASES:
        if name in several:
            continue
        second = g if name in of_factors else Z
        basis = place("te", (X, second), bs=("cr", name), **of_factors.get(name, {}))
        assert isinstance(basis, PlacedTensor)
        assert rank_of(basis.design((X, second))) > 5


def _ring(levels: str) -> dict[str, list[str]]:
    neighbours: dict[str, list[str]] = {level: [] for level in levels}
    for a, b in pairwise(levels + levels[0]):
        neighbours[a].append(b)
        neighbours[b].append(a)
    return neighbours


def test_two_places_make_the_same_basis() -> None:
    first, second = (place("ti", (X, Z), bs=("tp", "ps")) for _ in range(2))
    assert isinstance(first, PlacedBasis)
    np.testing.assert_array_equal(first.design((X, Z)), second.design((X, Z)))


@pytest.mark.parametrize("kind", TENSORS)
def test_the_maps_of_margins_lie_as_they_are_read_back(kind: str) -> None:
    """The last bit of a product of matrices depends on their layout; files keep rows."""
    basis = place(kind, (X, Z), bs=("tp", "ps"))
    for margin in basis.margins:  # type: ignore[attr-defined]
        assert margin.to_basis.flags.c_contiguous
    turned = TensorMargin(basis.margins[0].basis, 0, 1, np.asfortranarray(basis.margins[0].to_basis))  # type: ignore[attr-defined]
    assert turned.to_basis is not None
    assert turned.to_basis.flags.c_contiguous
