"""B-splines against SciPy and against their laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import BSpline

from smoothstan.smooths.b_splines import (
    b_spline_design,
    derivative_design,
    evenly_spaced_knots,
    extrapolated_design,
    inner_range,
)

degrees = st.integers(0, 5)
seeds = st.integers(0, 10_000)


def random_knots(seed: int, degree: int, *, clamped: bool) -> np.ndarray:
    """Uneven knots; with ends that coincide ``degree + 1`` times if clamped."""
    knots = np.cumsum(np.random.default_rng(seed).uniform(0.1, 1, 8 + 2 * degree))
    if clamped:
        knots[:degree], knots[len(knots) - degree :] = knots[degree], knots[-degree - 1]
    return knots


def points(seed: int, knots: np.ndarray, degree: int) -> np.ndarray:
    lower, upper = inner_range(knots, degree)
    inside = np.random.default_rng(seed).uniform(lower, upper, 30)
    return np.concatenate([inside, [lower, upper], knots[degree : len(knots) - degree]])


@settings(max_examples=60, deadline=None)
@given(seed=seeds, degree=degrees, clamped=st.booleans())
def test_values_are_scipys(seed: int, degree: int, clamped: bool) -> None:
    knots = random_knots(seed, degree, clamped=clamped)
    x = points(seed, knots, degree)
    expected = BSpline.design_matrix(x, knots, degree).toarray()
    np.testing.assert_allclose(b_spline_design(knots, degree, x), expected, atol=1e-14)


@settings(max_examples=60, deadline=None)
@given(seed=seeds, degree=st.integers(1, 5), clamped=st.booleans(), data=st.data())
def test_derivatives_are_scipys(seed: int, degree: int, clamped: bool, data: st.DataObject) -> None:
    order = data.draw(st.integers(0, degree))
    knots = random_knots(seed, degree, clamped=clamped)
    x = np.random.default_rng(seed).uniform(*inner_range(knots, degree), 30)
    k = len(knots) - degree - 1
    expected = np.column_stack([BSpline(knots, unit, degree).derivative(order)(x) for unit in np.eye(k)])
    derivative = derivative_design(knots, degree, order, x)
    np.testing.assert_allclose(derivative, expected, atol=1e-11 * np.abs(expected).max())


@settings(max_examples=60, deadline=None)
@given(seed=seeds, degree=degrees, clamped=st.booleans())
def test_rows_sum_to_one_everywhere_and_have_few_entries(seed: int, degree: int, clamped: bool) -> None:
    knots = random_knots(seed, degree, clamped=clamped)
    lower, upper = inner_range(knots, degree)
    x = np.random.default_rng(seed).uniform(lower - 3, upper + 3, 50)
    design = extrapolated_design(knots, degree, x)
    np.testing.assert_allclose(design.sum(axis=1), 1, atol=1e-11)
    inside = (x >= lower) & (x <= upper)
    assert np.all(design[inside] >= 0)
    assert np.all(np.count_nonzero(design, axis=1) <= degree + 1)


@settings(max_examples=30, deadline=None)
@given(seed=seeds, degree=degrees)
def test_a_row_does_not_depend_on_the_other_rows(seed: int, degree: int) -> None:
    knots = random_knots(seed, degree, clamped=False)
    rng = np.random.default_rng(seed)
    x = rng.uniform(knots[0], knots[-1], 40)
    order = rng.permutation(40)
    design = extrapolated_design(knots, degree, x)
    np.testing.assert_array_equal(extrapolated_design(knots, degree, x[order]), design[order])
    np.testing.assert_array_equal(extrapolated_design(knots, degree, x[7:8]), design[7:8])


def test_many_rows_are_evaluated_in_pieces_alike() -> None:
    knots = evenly_spaced_knots((0, 1), 3, 9)
    x = np.random.default_rng(0).uniform(0, 1, 100_001)
    design = b_spline_design(knots, 3, x)
    np.testing.assert_array_equal(design[-40_000:], b_spline_design(knots, 3, x[-40_000:]))


@pytest.mark.parametrize("degree", [2, 3, 4])
def test_straight_lines_go_on_beyond_the_ends(degree: int) -> None:
    knots = evenly_spaced_knots((0, 1), degree, 9)
    coefficients = np.random.default_rng(degree).normal(size=9)
    lower, upper = inner_range(knots, degree)
    spline = BSpline(knots, coefficients, degree)
    for end, direction in ((lower, -1), (upper, 1)):
        x = end + direction * np.array([0.0, 0.5, 4.0])
        expected = spline(end) + (x - end) * spline.derivative()(end)
        np.testing.assert_allclose(extrapolated_design(knots, degree, x) @ coefficients, expected, atol=1e-11)


def test_degree_one_goes_on_flat_above_only() -> None:
    """A property of mgcv's numbers that is kept (SPEC A.4)."""
    knots = evenly_spaced_knots((0, 1), 1, 6)
    lower, upper = inner_range(knots, 1)
    at_top, beyond = extrapolated_design(knots, 1, np.array([upper, upper + 2]))
    np.testing.assert_array_equal(beyond, at_top)
    at_bottom, below = extrapolated_design(knots, 1, np.array([lower, lower - 2]))
    assert np.abs(below - at_bottom).max() > 1


def test_degree_zero_is_flat_beyond_both_ends() -> None:
    knots = np.array([0.0, 1, 2, 3])
    np.testing.assert_array_equal(
        extrapolated_design(knots, 0, np.array([-1.0, 0, 1, 3, 9])), np.eye(3)[[0, 0, 1, 2, 2]]
    )


def test_evenly_spaced_knots_leave_a_margin_of_a_thousandth() -> None:
    knots = evenly_spaced_knots((2.0, 4.0), 3, 10)
    np.testing.assert_allclose(inner_range(knots, 3), (1.998, 4.002), rtol=1e-14)
    np.testing.assert_allclose(np.diff(knots), 2.004 / 7, rtol=1e-12)
    assert len(knots) == 14
