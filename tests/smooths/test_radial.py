"""Thin plate, Duchon, Gaussian process and spherical bases against mgcv's numbers and their definitions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from conftest import read_reference
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from smooths.reference_cases import columns, data, load, names

from smoothstan.errors import SmoothstanWarning
from smoothstan.posterior.codec import decode, encode
from smoothstan.smooths import BASES, PlacedBasis, Request, Unsuitable
from smoothstan.table import Factor

Array = NDArray[np.float64]

RADIAL = ("tp", "ts", "ds", "gp", "sos")
RECORDED = read_reference("mgcv/radial.json")
FRAMES = {
    key: {name: np.asarray(v, float) for name, v in RECORDED[key].items()} for key in ("data", "subsampled", "new")
}

# README of the reference numbers: mgcv's eigenvectors are that precise.
TOLERANCE = {"tp": 1e-8, "ts": 1e-8, "ds": 1e-6, "gp": 1e-6, "sos": 1e-6}

# The terms of the stored cases of a plain smooth: basis, covariates and what is asked.
STORED: dict[str, tuple[str, tuple[str, ...], dict[str, Any]]] = {
    "tp_1d_default": ("tp", ("times",), {}),
    "tp_1d_k12_m3": ("tp", ("x2",), {"k": (12,), "m": (3,)}),
    "tp_1d_k6_m1": ("tp", ("times",), {"k": (6,), "m": (1,)}),
    "tp_2d_default": ("tp", ("x", "z"), {}),
    "tp_2d_dropnull": ("tp", ("x", "z"), {"k": (15,), "m": (2, 0)}),
    "tp_3d_k40": ("tp", ("x", "z", "v"), {"k": (40,)}),
    "tp_knots_eq_k": ("tp", ("times",), {"k": (8,)}),
    "tp_knots_gt_k": ("tp", ("times",), {"k": (8,)}),
    "tp_maxknots": ("tp", ("x", "z"), {"k": (12,), "xt": {"max.knots": 150, "seed": 1}}),
    "tp_pc": ("tp", ("x2",), {"k": (8,)}),
    "tp_selectpen": ("tp", ("x0",), {"k": (8,)}),
    "tp_ties": ("tp", ("log_uranium",), {"k": (9,)}),
    "ts_1d": ("ts", ("x1",), {"k": (9,)}),
    "ds_1d_default": ("ds", ("times",), {}),
    "ds_2d_m1_s5": ("ds", ("x", "z"), {"k": (18,), "m": (1, 0.5)}),
    "gp_default": ("gp", ("times",), {}),
    "gp_2d": ("gp", ("x", "z"), {"k": (20,), "m": (3, 0.5)}),
    "gp_powexp": ("gp", ("x2",), {"k": (9,), "m": (2, 0.3, 1.5)}),
    "gp_spherical": ("gp", ("x", "z"), {"k": (18,), "m": (1, 0.6)}),
    "gp_stationary": ("gp", ("x2",), {"k": (9,), "m": (-4, 0.25)}),
    "sos_default": ("sos", ("la", "lo"), {"k": (25,)}),
    "sos_m2": ("sos", ("la", "lo"), {"k": (20,), "m": (2,)}),
    "sos_mneg1": ("sos", ("la", "lo"), {"k": (20,), "m": (-1,)}),
}


def place(bs: str, columns: Sequence[Array], **asked: Any) -> PlacedBasis:
    labels = asked.pop("names", tuple("xzvwq"[: len(columns)]))
    return BASES[bs](tuple(columns), Request(names=labels, **asked))


def close(actual: Array, expected: Any, tolerance: float) -> None:
    reference = np.asarray(expected, dtype=float)
    np.testing.assert_allclose(actual, reference, rtol=0, atol=tolerance * np.abs(reference).max())


def column_signs(ours: Array, theirs: Array) -> Array:
    return np.where(np.sum(ours * theirs, axis=0) < 0, -1.0, 1.0)


@pytest.mark.parametrize("name", STORED)
def test_raw_basis_and_penalty_are_those_of_the_stored_smooths(name: str) -> None:
    case = load("smooth", name)
    bs, covariates, asked = STORED[name]
    frame, knots = data(case["dataset"]), case["knots_arg"] or {}
    basis = place(
        bs, [frame[v] for v in covariates], names=covariates, knots=tuple(knots.get(v) for v in covariates), **asked
    )
    raw = case["raw"]
    design, stored = basis.design(tuple(frame[v] for v in covariates)), np.asarray(raw["X"]["values"])
    flip = column_signs(design[: len(stored)], stored)
    close(design[: len(stored)] * flip, stored, TOLERANCE[bs])
    close(np.sum(design**2, axis=0), raw["X"]["colsumsq"], TOLERANCE[bs])
    close(basis.penalties[0] * flip * flip[:, None], raw["S"][0], TOLERANCE[bs])
    assert list(basis.ranks) == raw["rank"]
    assert basis.null_space_dimension == raw["null_space_dim"]
    assert basis.centred == bool(raw["C"])
    assert np.all(np.isfinite(basis.design(tuple(columns(case["newdata"])[v] for v in covariates))))


def test_no_stored_case_of_these_bases_is_left_out() -> None:
    elsewhere = {"tp_even", "tp_fx"}  # a rotated basis, compared by its fit; without penalty
    assert {name for name in names("smooth") if name.startswith(RADIAL)} <= set(STORED) | elsewhere


@pytest.mark.parametrize("case", RECORDED["cases"], ids=[case["id"] for case in RECORDED["cases"]])
def test_raw_basis_penalty_and_extrapolation_are_those_of_mgcv(case: dict[str, Any]) -> None:
    bs, covariates, knots = case["bs"], tuple(case["covariates"]), case["knots"] or {}
    frame, new = ([FRAMES[key][v] for v in covariates] for key in (case["on"], "new"))
    basis = place(
        bs, frame, names=covariates, k=(case["k"],), m=tuple(case["m"]), xt=dict(case["xt"]),
        knots=tuple(knots.get(v) for v in covariates),
    )  # fmt: skip
    design, predicted = basis.design(tuple(frame)), basis.design(tuple(new))
    ours, theirs = np.vstack([design[:4], predicted]), np.vstack([case["X"], case["X_new"]])
    flip = column_signs(ours / np.abs(theirs).max(), theirs)
    close(design[:4] * flip, case["X"], TOLERANCE[bs])
    close(predicted * flip, case["X_new"], TOLERANCE[bs])
    close(np.sum(design**2, axis=0), case["squares"], TOLERANCE[bs])
    close(basis.penalties[0] * flip * flip[:, None], case["S"], TOLERANCE[bs])
    assert basis.ranks == (case["rank"],)
    assert basis.null_space_dimension == case["null_space_dimension"]


@pytest.mark.parametrize(
    ("bs", "d", "m", "size"),
    [
        ("tp", 1, (), 10), ("tp", 2, (), 30), ("tp", 3, (), 110), ("ts", 2, (), 30), ("tp", 2, (3,), 33),
        ("ds", 1, (), 12), ("ds", 2, (), 33), ("ds", 3, (), 104), ("ds", 2, (1, 0.5), 31),
        ("gp", 1, (), 12), ("gp", 2, (), 33), ("gp", 3, (), 104), ("gp", 1, (-3,), 12), ("sos", 2, (), 50),
    ],
)  # fmt: skip
def test_default_size(bs: str, d: int, m: tuple[float, ...], size: int) -> None:
    x = np.random.default_rng(1).uniform(-50, 50, size=(d, 150))
    assert len(place(bs, x, m=m).penalties[0]) == size


X, Z = np.random.default_rng(0).uniform(0, 60, size=(2, 40))
FACTOR = Factor(np.zeros(40, dtype=np.int64), ("a",))


@pytest.mark.parametrize(
    ("bs", "columns", "asked", "message"),
    [
        ("tp", (X,), {"k": (2,)}, "k must be at least 3, found 2"),
        ("tp", (X, Z), {"k": (3,)}, "k must be at least 4, found 3"),
        ("tp", (X,), {"k": (5, 5)}, "k must be one number here, found 2"),
        ("tp", (X,), {"k": (50,)}, "k=50 needs at least 50 distinct values of x, found 40; lower k"),
        ("ds", (X.round(-1), Z.round(-2)), {"k": (20,)}, r"20 distinct combinations of x, z, found \d+"),
        ("gp", (X,), {"k": (41,)}, "needs at least 41 distinct values of x, found 40"),
        ("sos", (X, Z), {"k": (41,)}, "needs at least 41 distinct combinations of x, z, found 40"),
        ("tp", (X, FACTOR), {}, "z must be numeric here"),
        ("ds", (X, np.where(Z > 50, np.inf, Z)), {}, "z must be finite, found inf"),
        ("tp", (X,), {"m": (-1,)}, "m must not be negative, found -1"),
        ("tp", (X,), {"m": (1.5,)}, "m must be a whole number here, found 1.5"),
        ("tp", (X,), {"m": ("a",)}, "m must be made of numbers, found 'a'"),
        ("tp", (X,), {"m": (2, 1, 1)}, "m must be one or two numbers here, found 3"),
        ("ts", (X,), {"m": (2, 0)}, "drops the functions that ts penalises; use tp"),
        ("tp", (X,), {"xt": {"max.knot": 20}}, "unknown setting 'max.knot' in xt; known: max.knots, seed"),
        ("tp", (X,), {"xt": {"max.knots": 5}}, "max.knots must be at least 10 here, found 5"),
        ("gp", (X,), {"xt": {"max.knots": 20.5}}, "max.knots must be a whole number, found 20.5"),
        ("gp", (X,), {"xt": {"seed": "a"}}, "seed must be a whole number, found 'a'"),
        ("tp", (X,), {"knots": (np.arange(4.0),)}, "at least 10 distinct knots, found 4"),
        ("ds", (X,), {"knots": (np.repeat(np.arange(4.0), 5),)}, "at least 12 distinct knots, found 4"),
        ("gp", (X,), {"knots": (np.array([*range(12), np.nan]),)}, "the knots of x must be finite numbers"),
        ("tp", (X, Z), {"knots": (np.arange(40.0), None)}, "the knots of z are missing"),
        ("tp", (X, Z), {"knots": (np.arange(40.0), np.arange(39.0))}, "must be equally many, found 40, 39"),
        ("tp", (X,), {"knots": (np.arange(41.0),)}, "at most as many knots as rows, 40, found 41"),
        ("tp", (X, 2 * X), {}, "polynomials of order below 2"),
        ("ds", (X,), {"m": (0, 0)}, "must be at least 1 for ds, found 0"),
        ("ds", (X,), {"m": (2, 0.5)}, "must be 0 for ds of 1 covariate, found 0.5"),
        ("ds", (X, Z), {"m": (2, 0.3)}, "must be one of -0.5, 0, 0.5 for ds of 2 covariates, found 0.3"),
        ("ds", (X, Z), {"m": (2, 0, 0)}, "m must be one or two numbers for ds, found 3"),
        ("gp", (X,), {"m": (6,)}, r"3 \(Matern 3/2\).* or its negative, found 6"),
        ("gp", (X,), {"m": (2, 1, 3)}, "above 0 and at most 2, found 3"),
        ("gp", (X,), {"m": (2, 1, 1, 1)}, "m must be at most three numbers for gp, found 4"),
        ("sos", (X,), {}, r"sos takes a latitude and a longitude, found 1 \(x\)"),
        ("sos", (X, Z), {"m": (5,)}, "m must be from -2 to 4 for sos, found 5"),
        ("sos", (X, Z), {"m": (1, 2)}, "m must be one number for sos, found 2"),
    ],
)  # fmt: skip
def test_impossible_requests_are_refused(bs: str, columns: Any, asked: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        place(bs, columns, **asked)


def test_the_fault_is_located() -> None:
    with pytest.raises(Unsuitable) as caught:
        place("tp", (X, FACTOR))
    assert caught.value.place == 1
    with pytest.raises(Unsuitable) as caught:
        place("gp", (X,), m=(7,))
    assert caught.value.place == "m"


def test_a_discontinuous_duchon_spline_is_raised_to_the_next_order() -> None:
    with pytest.warns(
        SmoothstanWarning, match=r"m=\(1, 0\) makes no continuous function of 2 covariates; taking \(1, 0.5\)"
    ):
        raised = place("ds", (X, Z), k=(9,), m=(1, 0))
    np.testing.assert_array_equal(raised.penalties[0], place("ds", (X, Z), k=(9,), m=(1, 0.5)).penalties[0])


@pytest.mark.parametrize(
    ("bs", "d", "asked"),
    [("tp", 1, {}), ("tp", 2, {"k": (12,)}), ("tp", 2, {"k": (9,), "m": (2, 0)}), ("ts", 1, {}), ("ds", 2, {"k": (9,)}),
     ("gp", 1, {}), ("gp", 2, {"k": (9,)}), ("sos", 2, {"k": (9,)}), ("sos", 2, {"k": (9,), "m": (-1,)})],
)  # fmt: skip
def test_a_stored_basis_keeps_its_last_bit(bs: str, d: int, asked: dict[str, Any]) -> None:
    basis = place(bs, (X, Z)[:d], **asked)
    again = decode(encode(basis))
    new = tuple(c * 1.3 - 5 for c in (X, Z)[:d])
    np.testing.assert_array_equal(again.design(new), basis.design(new))
    np.testing.assert_array_equal(again.penalties[0], basis.penalties[0])


def test_repeated_rows_are_the_rows_once() -> None:
    x = np.random.default_rng(3).uniform(size=(2, 150))
    basis = place("tp", x, k=(12,))
    many = np.random.default_rng(4).integers(150, size=3000)
    np.testing.assert_allclose(basis.design(tuple(x[:, many])), basis.design(tuple(x))[many], rtol=1e-12, atol=1e-12)


def test_the_knots_are_the_sites() -> None:
    np.testing.assert_allclose(place("tp", (X,)).knots, np.sort(X), rtol=1e-14)
    latitudes, longitudes = np.array([[10.0, -50, 80, 3, 7], [170.0, -120, 5, 60, -3]])
    given = place("sos", (X, Z), k=(4,), knots=(latitudes, longitudes)).knots
    np.testing.assert_allclose(given, np.column_stack([latitudes, longitudes]), rtol=1e-13)


def test_a_subsample_of_many_rows_has_no_more_sites() -> None:
    x, z = np.random.default_rng(5).normal(size=(2, 5000))
    basis = place("tp", (x, z), k=(8,), xt={"max.knots": 60})
    assert basis.knots is not None
    assert basis.knots.shape == (60, 2)
    other = place("tp", (x, z), k=(8,), xt={"max.knots": 60, "seed": 2})
    assert other.knots is not None
    assert not np.allclose(basis.knots, other.knots)


# Laws.

SEEDS = st.integers(0, 10_000)
KINDS = st.sampled_from(
    [("tp", 1, ()), ("tp", 1, (1,)), ("tp", 1, (3,)), ("tp", 2, ()), ("tp", 2, (2, 0)), ("tp", 3, ()), ("ts", 1, ()),
     ("ts", 2, ()), ("ds", 1, ()), ("ds", 2, (1, 0.5)), ("ds", 2, ()), ("ds", 3, (1, 1)), ("gp", 1, ()),
     ("gp", 2, (2, 5, 1.5)), ("gp", 1, (-4,)), ("sos", 2, ()), ("sos", 2, (2,)), ("sos", 2, (-1,))]
)  # fmt: skip


def scattered(seed: int, d: int, n: int = 45) -> Array:
    """Return (d, n) places with a few ties, on the scale of latitudes."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-80, 80, size=(d, n)).round(2)
    x[:, :5] = x[:, 5:10]
    return x


def size_for(bs: str, d: int) -> int:
    return {1: 9, 2: 12, 3: 16}[d]


def hat(design: Array, penalty: Array) -> Array:
    """Return the smoother matrix next to an intercept, scaled so that it can be solved well."""
    with_constant = np.column_stack([np.ones(len(design)), design])
    scale = np.sqrt(np.mean(with_constant**2, axis=0))
    padded = np.pad(penalty, ((1, 0), (1, 0))) / scale / scale[:, None]
    scaled = with_constant / scale
    return np.asarray(scaled @ np.linalg.pinv(scaled.T @ scaled + padded, rcond=1e-13, hermitian=True) @ scaled.T)


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, kind=KINDS)
def test_the_penalty_is_non_negative_and_of_its_rank(seed: int, kind: tuple[str, int, tuple[float, ...]]) -> None:
    bs, d, m = kind
    basis = place(bs, scattered(seed, d), k=(size_for(bs, d),), m=m)
    (penalty,), (rank,) = basis.penalties, basis.ranks
    np.testing.assert_array_equal(penalty, penalty.T)
    # Unit diagonal: the units of the columns of tp, not ds, are one, and the units of x are 100.
    size = np.sqrt(np.where(np.diag(penalty) > 0, np.diag(penalty), 1))
    values = np.linalg.eigvalsh(penalty / size / size[:, None])
    assert values.min() > -1e-12
    assert np.sum(values > 1e-10) == rank
    assert rank + basis.null_space_dimension == len(penalty)


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, kind=KINDS)
def test_rows_may_come_in_any_order(seed: int, kind: tuple[str, int, tuple[float, ...]]) -> None:
    bs, d, m = kind
    x = scattered(seed, d)
    order = np.random.default_rng(seed).permutation(x.shape[1])
    k = (size_for(bs, d),)
    basis, shuffled = place(bs, x, k=k, m=m), place(bs, x[:, order], k=k, m=m)
    design = basis.design(tuple(x))
    # The mean of the rows changes in its last bit with their order, and with it the smallest eigenvectors.
    np.testing.assert_allclose(
        shuffled.design(tuple(x)) / np.abs(design).max(axis=0), design / np.abs(design).max(axis=0), atol=1e-7
    )


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, kind=KINDS, stretch=st.floats(1, 50))
def test_columns_are_finite_everywhere(seed: int, kind: tuple[str, int, tuple[float, ...]], stretch: float) -> None:
    bs, d, m = kind
    x = scattered(seed, d)
    basis = place(bs, x, k=(size_for(bs, d),), m=m)
    assert np.all(np.isfinite(basis.design(tuple(np.column_stack([stretch * x, 0 * x])))))


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, m=st.sampled_from([1, 2, 3]), factor=st.floats(0.01, 1000), shift=st.floats(-1000, 1000))
def test_a_thin_plate_spline_of_one_covariate_has_no_units(seed: int, m: int, factor: float, shift: float) -> None:
    """The penalty, the integral of the squared derivative of order m, is in units of x to the 1 - 2 m."""
    (x,) = scattered(seed, 1)
    fits = []
    for values, weight in ((x, 100.0 ** (2 * m - 1)), (x * factor + shift, (100.0 * factor) ** (2 * m - 1))):
        basis = place("tp", (values,), k=(9,), m=(m,))
        fits.append(hat(basis.design((values,)), 1e-3 * weight * basis.penalties[0]))
    np.testing.assert_allclose(fits[1], fits[0], atol=1e-7)


def rotated(x: Array, angle: float) -> Array:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return turn @ x + np.array([[30.0], [-7.0]])


@settings(max_examples=30, deadline=None)
@given(
    seed=SEEDS,
    angle=st.floats(0.1, 6),
    kind=st.sampled_from([("tp", ()), ("tp", (3,)), ("ds", (2, 0)), ("ds", (1, 0.5)), ("gp", ()), ("gp", (1, 60))]),
)
def test_the_fit_does_not_depend_on_the_direction_of_the_axes(
    seed: int, angle: float, kind: tuple[str, tuple[float, ...]]
) -> None:
    bs, m = kind
    x = scattered(seed, 2)
    fits = []
    reference = np.trace(place(bs, x, k=(12,), m=m).penalties[0])
    for places in (x, rotated(x, angle)):
        basis = place(bs, places, k=(12,), m=m)
        # tp scales its columns, each axis's own way; what the penalty measures stays.
        fits.append(hat(basis.design(tuple(places)), basis.penalties[0] / reference))
    np.testing.assert_allclose(fits[1], fits[0], atol=1e-6)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, m=st.sampled_from([-2, -1, 0, 2, 4]), turn=st.floats(-170, 170))
def test_the_fit_on_a_sphere_does_not_depend_on_the_first_meridian(seed: int, m: int, turn: float) -> None:
    la, lo = scattered(seed, 2)
    fits = []
    for longitudes in (lo, lo + turn):
        basis = place("sos", (la, longitudes), k=(12,), m=(m,))
        fits.append(hat(basis.design((la, longitudes)), 1e-3 * basis.penalties[0]))
    np.testing.assert_allclose(fits[1], fits[0], atol=1e-6)
    across = basis.design((la, lo + turn + 360))
    np.testing.assert_allclose(across, basis.design((la, lo + turn)), atol=1e-9 * np.abs(across).max())


@settings(max_examples=30, deadline=None)
@given(
    seed=SEEDS,
    kind=st.sampled_from([("tp", 1, 2), ("tp", 2, 2), ("tp", 1, 3), ("tp", 2, 3), ("ds", 2, 2), ("ds", 1, 1)]),
)
def test_polynomials_below_the_order_are_free(seed: int, kind: tuple[str, int, int]) -> None:
    bs, d, m = kind
    x = scattered(seed, d)
    basis = place(bs, x, k=(size_for(bs, d),), m=(m,))
    design, (penalty,) = basis.design(tuple(x)), basis.penalties
    free = design[:, basis.ranks[0] :]
    polynomial = ((x / 50).sum(axis=0) + 0.3) ** (m - 1)
    weights = np.linalg.lstsq(free / np.abs(free).max(axis=0), polynomial, rcond=None)[0]
    np.testing.assert_allclose(free / np.abs(free).max(axis=0) @ weights, polynomial, atol=1e-9)
    assert not penalty[basis.ranks[0] :].any()


def test_the_penalty_is_the_integrated_squared_second_derivative() -> None:
    """Wood (2003), equation 2, by Gauss-Legendre quadrature between the sites of a spline of one covariate."""
    (x,) = scattered(3, 1)
    basis = place("tp", (x,), k=(9,))
    sites, coefficients = np.unique(x), np.random.default_rng(1).normal(size=9)
    nodes, weights = np.polynomial.legendre.leggauss(2)
    middle, half = (sites[1:] + sites[:-1]) / 2, np.diff(sites) / 2
    at = (middle[:, None] + half[:, None] * nodes).ravel()
    step = 1e-3 * np.repeat(half, 2)
    values = [basis.design((at + shift * step,)) @ coefficients for shift in (-1, 0, 1)]
    second = (values[0] - 2 * values[1] + values[2]) / step**2
    integral = np.sum(second**2 * np.outer(half, weights).ravel())
    # A second difference with a relative step of 1e-3 is precise to 1e-16 / 1e-6 of the values.
    np.testing.assert_allclose(coefficients @ basis.penalties[0] @ coefficients, integral, rtol=1e-5)
