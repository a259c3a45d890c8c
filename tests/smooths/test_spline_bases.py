"""Laws of the bases cr, cs, cc, ps, cp, bs and ad, and what they refuse."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.interpolate import BSpline, CubicSpline

from smoothstan.smooths import BASES, PlacedBasis, Request
from smoothstan.smooths.knots import wrapped
from smoothstan.smooths.kronecker import row_kronecker
from smoothstan.table import Factor

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    bs: str
    k: tuple[int, ...] = ()
    m: tuple[Any, ...] = ()
    xt: dict[str, Any] = field(default_factory=dict)

    def place(self, *x: Array, knots: tuple[Any, ...] = ()) -> PlacedBasis:
        names = ("x", "z", "w")[: len(x)]
        return BASES[self.bs](x, Request(names, self.k, self.m, self.xt, knots))

    def __str__(self) -> str:
        return f"{self.bs}-{self.k}-{self.m}-{self.xt.get('bs', '')}"


ONE_DIMENSIONAL = [
    Asked("cr", (7,)), Asked("cs", (7,)), Asked("cc", (7,)),
    Asked("ps"), Asked("ps", (4,)), Asked("ps", (7,), (0,)), Asked("ps", (7,), (2, 0)), Asked("ps", (7,), (1, 3)),
    Asked("cp"), Asked("cp", (7,), (1,)), Asked("cp", (7,), (2, 0)), Asked("cp", (7,), (3, 1)),
    Asked("bs"), Asked("bs", (7,), (1,)), Asked("bs", (7,), (0,)),
    Asked("bs", (9,), (3, 2, 1)), Asked("bs", (9,), (4, 2, 0)),
    Asked("ad", (12,), (3,)), Asked("ad", (12,)), Asked("ad", (10,), (1,)), Asked("ad", (10,), (0,)),
    Asked("ad", (10,), (2,), {"bs": "cp"}), Asked("ad", (10,), (3,), {"bs": "cr"}),
    Asked("ad", (10,), (4,), {"bs": "cc"}),
]  # fmt: skip

covariates = st.lists(st.integers(-60, 60), min_size=14, max_size=50, unique=True).map(
    lambda values: np.asarray(values, dtype=float) / 7
)
each = pytest.mark.parametrize("asked", ONE_DIMENSIONAL, ids=str)


def unpenalised(basis: PlacedBasis, p: int) -> int:
    """Count the directions that no penalty touches."""
    total = np.sum([s / np.abs(s).max() for s in basis.penalties], axis=0) + np.zeros((p, p))
    # Gaps between quantile knots differ by a factor of 100 at most, their cubes by 1e6.
    return int(np.sum(np.linalg.eigvalsh(total) < 1e-10))


@each
@settings(max_examples=15, deadline=None)
@given(x=covariates)
def test_penalties_are_symmetric_and_leave_the_null_space_alone(asked: Asked, x: Array) -> None:
    basis = asked.place(x)
    p = basis.design((x,)).shape[1]
    assert len(basis.ranks) == len(basis.penalties)
    for penalty, rank in zip(basis.penalties, basis.ranks, strict=True):
        assert penalty.shape == (p, p)
        np.testing.assert_array_equal(penalty, penalty.T)
        eigenvalues = np.linalg.eigvalsh(penalty / np.abs(penalty).max())
        assert eigenvalues.min() > -1e-12
        # The weights of adaptive penalties fall to 1e-9 of the largest.
        assert np.sum(eigenvalues > 1e-13) == rank
    assert unpenalised(basis, p) == basis.null_space_dimension


@each
@settings(max_examples=15, deadline=None)
@given(x=covariates)
def test_constants_are_in_the_basis(asked: Asked, x: Array) -> None:
    basis = asked.place(x)
    beyond = np.concatenate([x, [x.min() - 3, x.max() + 5]])
    np.testing.assert_allclose(basis.design((beyond,)).sum(axis=1), 1, atol=1e-8)


@each
@settings(max_examples=15, deadline=None)
@given(x=covariates, seed=st.integers(0, 1000))
def test_the_order_of_rows_does_not_matter(asked: Asked, x: Array, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(x))
    basis, shuffled = asked.place(x), asked.place(x[order])
    np.testing.assert_array_equal(shuffled.design((x,)), basis.design((x,)))
    np.testing.assert_array_equal(basis.design((x[order],)), basis.design((x,))[order])
    for one, other in zip(basis.penalties, shuffled.penalties, strict=True):
        np.testing.assert_array_equal(one, other)


@each
@settings(max_examples=15, deadline=None)
@given(x=covariates, shift=st.floats(-50, 50), factor=st.floats(0.1, 20))
def test_units_do_not_matter(asked: Asked, x: Array, shift: float, factor: float) -> None:
    """The design stays, a penalty is multiplied by one number: the fit for every smoothing parameter stays."""
    moved = factor * x + shift
    basis, scaled = asked.place(x), asked.place(moved)
    new, moved_new = x - 1.3, factor * (x - 1.3) + shift
    if asked.m != (0,) or asked.bs != "bs":  # steps: a value at a knot may fall on either side of it
        design = basis.design((new,))
        np.testing.assert_allclose(scaled.design((moved_new,)), design, atol=1e-8 * np.abs(design).max())
    for one, other in zip(basis.penalties, scaled.penalties, strict=True):
        np.testing.assert_allclose(other / np.abs(other).max(), one / np.abs(one).max(), atol=1e-7)


CYCLIC = [Asked("cc", (7,)), Asked("cp", (7,)), Asked("cp", (6,), (3, 1)), Asked("ad", (10,), (3,), {"bs": "cp"})]


@pytest.mark.parametrize("asked", CYCLIC, ids=str)
@settings(max_examples=15, deadline=None)
@given(x=covariates, periods=st.integers(-3, 3))
def test_cyclic_bases_repeat(asked: Asked, x: Array, periods: int) -> None:
    basis = asked.place(x)
    period = x.max() - x.min()
    np.testing.assert_allclose(basis.design((x + periods * period,)), basis.design((x,)), atol=1e-7)


@pytest.mark.parametrize("asked", CYCLIC, ids=str)
def test_cyclic_bases_join_smoothly(asked: Asked) -> None:
    basis = asked.place(np.linspace(0, 10, 40) ** 1.3)
    knots = basis.knots
    assert knots is not None
    start, end, step = knots[0], knots[-1], 1e-4
    before, at, after = basis.design((np.array([end - step, end, start + step]),))
    np.testing.assert_allclose(basis.design((np.array([start]),))[0], at, atol=1e-12)
    np.testing.assert_allclose(at - before, after - at, atol=1e-6)


def test_the_cyclic_cubic_is_the_periodic_interpolant() -> None:
    x = np.random.default_rng(3).gamma(2, 3, 50)
    basis = Asked("cc", (8,)).place(x)
    values = np.random.default_rng(4).normal(size=7)
    spline = CubicSpline(basis.knots, np.append(values, values[0]), bc_type="periodic")
    np.testing.assert_allclose(basis.design((x,)) @ values, spline(x), atol=1e-11)
    pieces = pairwise(basis.knots)
    roughness = sum(quad(lambda t: spline(t, 2) ** 2, a, b)[0] for a, b in pieces)
    np.testing.assert_allclose(values @ basis.penalties[0] @ values, roughness, rtol=1e-10)


@pytest.mark.parametrize(("degree", "order"), [(3, 2), (3, 0), (4, 1), (2, 2), (5, 3)])
def test_derivative_penalties_are_the_integrals(degree: int, order: int) -> None:
    x = np.linspace(0, 1, 20)
    basis = Asked("bs", (9,), (degree, order)).place(x)
    coefficients = np.random.default_rng(5).normal(size=9)
    derivative = BSpline(basis.knots, coefficients, degree)
    derivative = derivative.derivative(order) if order else derivative
    inner = basis.knots[degree : len(basis.knots) - degree]
    integral = sum(quad(lambda t: derivative(t) ** 2, a, b)[0] for a, b in pairwise(inner))
    np.testing.assert_allclose(coefficients @ basis.penalties[0] @ coefficients, integral, rtol=1e-9)


def test_shrinkage_takes_the_constant_and_the_line() -> None:
    x = np.random.default_rng(6).gamma(2, 3, 50)
    plain, shrunk = Asked("cr", (8,)).place(x), Asked("cs", (8,)).place(x)
    np.testing.assert_array_equal(shrunk.design((x,)), plain.design((x,)))
    smallest = np.linalg.eigvalsh(plain.penalties[0])[2]
    line = plain.knots - plain.knots.mean()
    for direction, share in ((np.ones(8), 0.01), (line, 0.1)):
        expected = share * smallest * direction
        np.testing.assert_allclose(shrunk.penalties[0] @ direction, expected, atol=1e-8 * np.abs(expected).max())


def test_adaptive_weights_add_up_to_the_plain_penalty() -> None:
    x = np.linspace(0, 1, 60)
    plain = Asked("ps", (12,)).place(x).penalties[0]
    for m in (3, 4, 5, 8):
        np.testing.assert_allclose(np.sum(Asked("ad", (12,), (m,)).place(x).penalties, axis=0), plain, atol=1e-12)
    z = x[::-1] ** 2
    for m in ((3, 3), (3, 4)):
        total = np.sum(Asked("ad", (6,), m).place(x, z).penalties, axis=0)
        np.testing.assert_allclose(total, Asked("ad", (6,), (1,)).place(x, z).penalties[0], atol=1e-12)


@pytest.mark.parametrize("k", [(6, 6), (5, 8), (8, 5)])
def test_adaptive_surfaces_leave_planes_alone_and_nothing_else(k: tuple[int, int]) -> None:
    rng = np.random.default_rng(7)
    basis = Asked("ad", k, (3,)).place(rng.uniform(size=80), rng.uniform(size=80))
    a, b = (grid.ravel() for grid in np.meshgrid(np.arange(k[0]), np.arange(k[1]), indexing="ij"))
    for penalty, rank in zip(basis.penalties, basis.ranks, strict=True):
        np.testing.assert_array_equal(penalty, penalty.T)
        for plane in (np.ones(len(a)), a, b):
            np.testing.assert_allclose(penalty @ plane, 0, atol=1e-12)
        assert rank == k[0] * k[1] - 3 == np.linalg.matrix_rank(penalty)
        assert np.linalg.norm(penalty @ (a * b)) > 1e-3
    assert basis.null_space_dimension == 3


def test_adaptive_weights_of_a_surface_lie_along_their_covariate() -> None:
    """With four weights along x and one along z a penalty sees bends at one end of x only."""
    rng = np.random.default_rng(8)
    basis = Asked("ad", (9, 7), (4, 3)).place(rng.uniform(size=80), rng.uniform(size=80))
    a, b = np.divmod(np.arange(63), 7)
    at_start, at_end = ((a == i) & (b == 3) for i in (1, 7))
    first = np.sum(basis.penalties[0::4], axis=0)
    assert at_start @ first @ at_start > 100 * (at_end @ first @ at_end)


def test_adaptive_surface_without_penalty() -> None:
    rng = np.random.default_rng(9)
    basis = Asked("ad", (5,), (0,)).place(rng.uniform(size=40), rng.uniform(size=40))
    assert basis.penalties == ()
    assert basis.ranks == ()
    assert basis.null_space_dimension == 25


def test_row_kronecker_runs_the_last_matrix_fastest() -> None:
    rng = np.random.default_rng(10)
    a, b, c = rng.normal(size=(4, 2)), rng.normal(size=(4, 3)), rng.normal(size=(4, 2))
    expected = np.array([np.kron(np.kron(a[i], b[i]), c[i]) for i in range(4)])
    np.testing.assert_array_equal(row_kronecker([a, b, c]), expected)


def test_wrapped_leaves_values_of_the_period_alone() -> None:
    knots = np.array([1.0, 2.0, 4.0])
    np.testing.assert_allclose(wrapped(np.array([1.0, 3.3, 4.0, 4.5, 0.5, -8.0]), knots), [1, 3.3, 4, 1.5, 3.5, 1])


def test_two_knots_of_cc_count_as_data() -> None:
    x = np.linspace(1, 9, 30)
    np.testing.assert_allclose(Asked("cc", (5,)).place(x, knots=([0, 12],)).knots[[0, -1]], [0, 12])
    np.testing.assert_allclose(Asked("cc", (5,)).place(x, knots=([0, 5],)).knots[[0, -1]], [0, 9])


def test_only_bases_of_function_values_skip_the_tensor_values() -> None:
    x = np.linspace(0, 1, 30)
    skipping = {bs for bs in ("cr", "cs", "cc", "ps", "cp", "bs") if not Asked(bs).place(x).tensor_values}
    assert skipping == {"cr", "cs", "cc"}


X = np.linspace(0, 1, 30)
FEW = np.array([1.0, 1.0, 2.0, 3.0])
ALL = ("cr", "cs", "cc", "ps", "cp", "bs", "ad")
NAN = [0.0, float("nan")]
REFUSED: list[tuple[Asked, tuple[Any, ...], tuple[Any, ...], str]] = [
    (Asked("cr", (5,)), (FEW,), (), "has only 3 distinct values"),
    (Asked("cs", (2,)), (X,), (), "k must be at least 3, found 2"),
    (Asked("cs", (4,)), (X,), ([0, 1, 2],), "k=4 needs exactly 4 knots of x, found 3"),
    (Asked("cs", (3,)), (X,), ([0, 2, 1],), "knots of x must increase strictly"),
    (Asked("cc", (5,)), (FEW,), (), "has only 3 distinct values"),
    (Asked("cc", (3,)), (X,), (), "k must be at least 4, found 3"),
    (Asked("cc", (5,)), (X,), ([0, 1, 2],), "k=5 needs 2 or 5 knots of x, found 3"),
    (Asked("cc", (5,)), (X,), ([1, 0],), "knots of x must increase strictly"),
    (Asked("ps", (3,)), (X,), (), "k must be at least 4, found 3"),
    (Asked("ps", (5,), (2, 5)), (X,), (), r"differences of order 5 \(m\) need k of at least 6, found 5"),
    (Asked("ps", (8,), (1, 2, 3)), (X,), (), "m takes at most two numbers .* found 3"),
    (Asked("ps", (8,), (2.5,)), (X,), (), "m must consist of whole numbers, found 2.5"),
    (Asked("ps", (8,), ("a",)), (X,), (), "m must consist of whole numbers, found 'a'"),
    (Asked("ps", (8,), (-2, 1)), (X,), (), "first number of m .* at least -1, found -2"),
    (Asked("ps", (8,), (2, -1)), (X,), (), "second number of m .* at least 0, found -1"),
    (Asked("ps", (8,)), (X,), ([0, 0.5, 1],), r"k=8 and m=2 need 2 or 12 knots of x .* found 3"),
    (Asked("ps", (8,)), (X,), ([0.2, 1],), "must contain the data: values from 0 to 1, range of the knots 0.2 to 1"),
    (Asked("ps", (8,)), (X,), ([1, 0],), "knots of x must increase strictly"),
    (Asked("ps", (8,)), (X,), (NAN,), "knots of x must be finite, found nan at position 2"),
    (Asked("ps", (8,)), (X,), ([[0, 1]],), "knots of x must be one list of numbers, found ..0, 1"),
    (Asked("ps", (4,)), (X,), ([-3, -2, -1, 0.1, 1, 2, 3, 4],), "range of the knots 0.1 to 1"),
    (Asked("ps", (4,)), (X,), ([-3, -2, -1, 0, 1, 3, 2, 4],), "knots of x must be in increasing order"),
    (Asked("ps", (6,)), (X,), ([0, 0, 0, 0, 0, 1, 2, 3, 4, 5],), r"at most 4 knots of x may be equal \(degree 3\)"),
    (Asked("ps", (8,)), (np.ones(9),), (), "x needs at least 2 distinct values, found 1"),
    (Asked("ps", (8,)), (np.array([0.0, np.inf]),), (), "x must be finite, found inf at position 2"),
    (Asked("ps", (8, 8)), (X,), (), "k must be one number here, found 2"),
    (Asked("ps"), (X, X), (), r"takes one covariate, found 2 \(x, z\)"),
    (Asked("cp", (8,), (-1, 1)), (X,), (), "first number of m .* at least 0, found -1"),
    (Asked("cp", (3,), (3, 1)), (X,), (), "k must be at least 4, found 3"),
    (Asked("cp", (8,)), (X,), ([0, 0.5, 1],), r"k=8 needs 2 or 9 knots of x .* found 3"),
    (Asked("cp", (3,)), (X,), ([0, 0.7, 0.5, 1],), "knots of x must increase strictly"),
    (Asked("cp", (8,)), (X,), ([0.2, 1],), "must contain the data"),
    (Asked("bs", (4,)), (X,), (), "k must be at least 5, found 4"),
    (Asked("bs", (8,), (3, 4)), (X,), (), "degree 3 has derivatives of order 0 to 3, found 4"),
    (Asked("bs", (8,), (3, -1)), (X,), (), "degree 3 has derivatives of order 0 to 3, found -1"),
    (Asked("bs", (8,), (3, 2, 2)), (X,), (), "every order of derivative is penalised once, found 2, 2"),
    (Asked("bs", (8,), (-1,)), (X,), (), "degree, must be at least 0, found -1"),
    (Asked("bs", (8,)), (X,), ([0, 0.5, 1],), "k=8 and degree 3 need 2, 4 or 12 knots of x, found 3"),
    (Asked("bs", (8,)), (X,), ([-1, 0, 0.7, 0.8],), "must contain the data"),
    (Asked("bs", (8,)), (X,), ([-1, -1, 1, 2],), "knots of x must increase strictly"),
    (Asked("bs", (5,)), (X,), ([-1, -1, -1, -1, 0.5, 2, 2, 2, 1],), "increasing order"),
    (Asked("bs", (6,)), (X,), ([-1, -1, -1, -1, 0.5, 0.5, 2, 2, 2, 2],), "knots of x must increase strictly"),
    (Asked("ad", (6,), (4,)), (X,), (), "m=4 penalties need at least 7 coefficients, found 6"),
    (Asked("ad", (6,), (-1,)), (X,), (), "m, the number of penalties, must be at least 0, found -1"),
    (Asked("ad", (9,), (), {"bs": "tp"}), (X,), (), "one of ps, cp, cr, cc, found 'tp'"),
    (Asked("ad", (9,), (3, 3)), (X,), (), "m must be one number here, found 2"),
    (Asked("ad", (9, 9, 9)), (X, X), (), "k must be one or two numbers here, found 3"),
    (Asked("ad", (9,), (2,)), (X, X), (), r"m must be 0, 1 or at least 3 .* found \(2, 2\)"),
    (Asked("ad", (5,), (4,)), (X, X), (), r"more penalties than the 9 that k=\(5, 5\) allows"),
    (Asked("ad"), (X, X, X), (), "one or two covariates, found 3"),
    *((Asked(bs, xt={"dull": 1}), (X,), (), "unknown setting 'dull' in xt") for bs in ALL),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "x", "knots", "message"), REFUSED, ids=lambda value: str(value)[:40])
def test_refusals(asked: Asked, x: tuple[Any, ...], knots: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        asked.place(*x, knots=knots)


@pytest.mark.parametrize("bs", ["cs", "cc", "ps", "cp", "bs", "ad"])
def test_a_factor_is_refused(bs: str) -> None:
    with pytest.raises(ValueError, match="x must be numeric"):
        BASES[bs]((Factor(np.array([0, 1, 1]), ("a", "b"), False),), Request(("x",)))
