"""What the radial bases are made of: R's sampling, text order, eigenpairs, polynomials, piecewise polynomials."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smoothstan.numerals import format_number
from smoothstan.smooths import low_rank
from smoothstan.smooths.line_functions import lidstone_polynomial, line_functions
from smoothstan.smooths.low_rank import leading_eigenpairs
from smoothstan.smooths.polynomials import count_monomials, monomial_exponents, monomials
from smoothstan.smooths.r_random import sample_without_replacement
from smoothstan.smooths.radial import RadialFunctions, kernel_matrix
from smoothstan.smooths.radial_kernels import CorrelationKernel, PowerKernel, duchon_kernel, thin_plate_kernel
from smoothstan.smooths.sites import distinct_rows
from smoothstan.smooths.sphere import SphereKernel
from smoothstan.smooths.text_order import distinct_in_text_order


@pytest.mark.parametrize(
    ("n", "size", "seed", "drawn"),
    [
        (10, 10, 1, [9, 4, 7, 1, 2, 5, 3, 10, 6, 8]),
        (65536, 5, 7, [26067, 4572, 51906, 63706, 30088]),
        (65537, 5, -3, [60910, 36085, 24183, 40927, 54549]),
        (100000, 6, 42, [61413, 54425, 99556, 74362, 46208, 47128]),
        (1, 1, 1, [1]),
        (20_000_000, 5, 2, [12921606, 17880413, 11611723, 4073096, 15105313]),
        (3000, 8, 123456, [234, 1066, 1905, 711, 2285, 2230, 2790, 2051]),
    ],
)
def test_sampling_is_that_of_r(n: int, size: int, seed: int, drawn: list[int]) -> None:
    """R 4.2: set.seed(seed); sample(n, size)."""
    assert (sample_without_replacement(n, size, seed) + 1).tolist() == drawn


@given(n=st.integers(1, 300), seed=st.integers(-(2**31), 2**31 - 1))
def test_a_sample_of_all_is_a_permutation(n: int, seed: int) -> None:
    assert sorted(sample_without_replacement(n, n, seed)) == list(range(n))


AWKWARD = st.one_of(
    st.floats(-1e7, 1e7), st.floats(-1e-3, 1e-3), st.integers(-(10**9), 10**9).map(float),
    st.sampled_from([0.0, -0.0, 1e5, 123456.0, 1e15, 0.1 + 0.2, 1e-4, 5e-324]),
)  # fmt: skip


@settings(max_examples=200)
@given(st.lists(st.tuples(AWKWARD, AWKWARD), min_size=1, max_size=30))
def test_text_order_is_that_of_the_numbers_as_r_writes_them(rows: list[tuple[float, float]]) -> None:
    texts = ["*".join(format_number(value) for value in row) for row in rows]
    expected = {text: rows[i] for i, text in reversed(list(enumerate(texts)))}
    found = distinct_in_text_order(np.array(rows))
    assert [texts[i] for i in found] == sorted(expected)
    assert [rows[i] for i in found] == [expected[text] for text in sorted(expected)]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-2, 2)), min_size=1, max_size=60))
def test_distinct_rows(rows: list[tuple[int, int]]) -> None:
    found = distinct_rows(np.array(rows, dtype=float))
    assert [tuple(row) for row in found.points] == sorted(set(rows))
    np.testing.assert_array_equal(found.points[found.which], rows)
    np.testing.assert_array_equal(found.counts, np.bincount(found.which))


@pytest.mark.parametrize("k", [10, 28, 29, 31])
def test_partial_and_complete_eigenpairs_agree_on_a_grid_of_sites(k: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A square grid has pairs of equal eigenvalues, of which Lanczos iterations may see only one."""
    side = np.arange(20.0) - 9.5
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    matrix = kernel_matrix(thin_plate_kernel(2, 2), grid)
    partial = leading_eigenpairs(matrix, k)
    monkeypatch.setattr(low_rank, "_DENSE_UP_TO", 10_000)
    complete = leading_eigenpairs(matrix, k)
    np.testing.assert_allclose(np.sort(np.abs(partial.values)), np.sort(np.abs(complete.values)), rtol=1e-9)
    assert np.all(np.diff(partial.values) <= 0)
    residual = matrix @ partial.vectors - partial.vectors * partial.values
    assert np.abs(residual).max() < 1e-12 * np.abs(partial.values).max()
    assert np.all(partial.vectors[np.argmax(np.abs(partial.vectors).round(6), axis=0), np.arange(k)] > 0)


def test_an_eigenpair_that_was_missed_is_noticed() -> None:
    matrix = np.diag(np.arange(400.0, 0, -1))
    start = np.ones(400)
    kept = np.array([0, 1, 3])  # not 2
    assert low_rank._missed_one(matrix.dot, 400.0 - kept, np.eye(400)[:, kept], start)
    assert not low_rank._missed_one(matrix.dot, 400.0 - np.arange(3), np.eye(400)[:, :3], start)


def test_monomials_run_with_the_first_exponent_fastest() -> None:
    assert monomial_exponents(2, 3).tolist() == [[0, 0], [1, 0], [2, 0], [0, 1], [1, 1], [0, 2]]
    assert monomial_exponents(1, 3).tolist() == [[0], [1], [2]]
    assert monomial_exponents(3, 2).tolist() == [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
    values = monomials(np.array([[2.0, 3.0]]), monomial_exponents(2, 3))
    assert values.tolist() == [[1, 2, 4, 3, 6, 9]]


@given(d=st.integers(1, 5), degree=st.integers(1, 4))
def test_the_count_of_monomials(d: int, degree: int) -> None:
    assert len(monomial_exponents(d, degree)) == count_monomials(d, degree)


def test_lidstone_polynomials() -> None:
    """Lidstone (1930): L_1 = (t^3 - t) / 6 and L_2 = (3 t^5 - 10 t^3 + 7 t) / 360."""
    np.testing.assert_allclose(lidstone_polynomial(1).coef, [0, -1 / 6, 0, 1 / 6], atol=1e-16)
    np.testing.assert_allclose(lidstone_polynomial(2).coef, np.array([0, 7, 0, -10, 0, 3]) / 360, atol=1e-16)


@pytest.mark.parametrize("m", [1, 2, 3, 4])
def test_piecewise_polynomials_are_the_sums_of_powers(m: int) -> None:
    rng = np.random.default_rng(m)
    sites = rng.uniform(-2, 3, 25)
    null = np.linalg.qr(np.vander(sites, m), mode="complete")[0][:, m:]
    weights = null @ rng.normal(size=(25 - m, 4))
    kernel = PowerKernel(0.7, 2 * m - 1)
    x = np.concatenate([rng.uniform(-4, 5, 300), sites, np.nextafter(sites, 9)])[:, None]
    direct = RadialFunctions(kernel, sites[:, None], weights)(x)
    np.testing.assert_allclose(
        line_functions(kernel, sites, weights)(x), direct, atol=1e-12 * np.abs(direct).max() * 10**m
    )


def test_kernels_at_published_values() -> None:
    r = np.array([0.5, 2.0])
    # Green and Silverman (1994), section 7.4: r^2 log r / (8 pi) in the plane; on a line |r|^3 / 12.
    np.testing.assert_allclose(thin_plate_kernel(2, 2)(r**2), r**2 * np.log(r) / (8 * math.pi), rtol=1e-14)
    np.testing.assert_allclose(thin_plate_kernel(1, 2)(r**2), r**3 / 12, rtol=1e-14)
    np.testing.assert_allclose(thin_plate_kernel(3, 2)(r**2), -r / (8 * math.pi), rtol=1e-14)
    assert [duchon_kernel(p).scale for p in (1, 2, 3, 4)] == [-1, 1, 1, -1]
    np.testing.assert_allclose(CorrelationKernel(1, 1.0, 1.0)(r**2), [1 - 0.75 + 0.0625, 0])
    np.testing.assert_allclose(CorrelationKernel(2, 2.0, 1.0)(r**2), np.exp(-r / 2))
    np.testing.assert_allclose(CorrelationKernel(3, 1.0, 1.0)(r**2), (1 + r) * np.exp(-r))
    assert thin_plate_kernel(2, 2)(np.zeros(1))[0] == pytest.approx(0, abs=1e-200)


@pytest.mark.parametrize("m", [0, 1, 2, 3, 4])
def test_kernels_on_the_sphere_integrate_to_zero(m: int) -> None:
    """Wahba (1981): the constant is not penalised, so every kernel is orthogonal to it; d(area) = 2 pi dc."""
    nodes, weights = np.polynomial.legendre.leggauss(400)
    kernel = SphereKernel(m)(2 - 2 * nodes)
    assert abs(weights @ kernel) < 1e-5 * np.abs(kernel).max()
