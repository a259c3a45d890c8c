"""Cubic regression splines against mgcv's numbers and against their definition."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from conftest import read_reference
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.interpolate import CubicSpline

from smoothstan import smooth_con
from smoothstan.smooths import BASES, MixedSmooth, PlacedBasis, Request, Rows, construct_smooth, mixed_smooth

CASES = read_reference("mgcv/cubic_regression.json")
TOLERANCE = {"rtol": 1e-8, "atol": 1e-9}  # 15 digits recorded, cancellation in the second derivatives


def placed(k: int, x: np.ndarray, knots: np.ndarray | None = None) -> PlacedBasis:
    return BASES["cr"]((x,), Request(("x",), (k,), knots=() if knots is None else (knots,)))


def mixed(basis: PlacedBasis, x: np.ndarray) -> MixedSmooth:
    rows = Rows((x,))
    return mixed_smooth(construct_smooth(basis, rows), rows)


def split(basis: PlacedBasis, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    columns = mixed(basis, x).columns(Rows((x,)))
    return columns.fixed, columns.random[0]


def place(case: dict[str, Any]) -> tuple[PlacedBasis, np.ndarray]:
    x = np.asarray(case["x"], dtype=float)
    return placed(case["k"], x, np.asarray(case["knots"], dtype=float) if case["knots_given"] else None), x


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
class TestAgainstMgcv:
    def test_knots(self, case: dict[str, Any]) -> None:
        np.testing.assert_allclose(place(case)[0].knots, case["knots"], **TOLERANCE)

    def test_basis_and_penalty(self, case: dict[str, Any]) -> None:
        basis, x = place(case)
        scale = np.abs(case["S"]).max()
        np.testing.assert_allclose(basis.design((x,))[:8], case["X"], **TOLERANCE)
        np.testing.assert_allclose(basis.penalties[0] / scale, np.asarray(case["S"]) / scale, **TOLERANCE)
        np.testing.assert_allclose(construct_smooth(basis, Rows((x,))).scales[0], case["S_scale"], rtol=1e-10)

    def test_extrapolation(self, case: dict[str, Any]) -> None:
        basis, _ = place(case)
        new = np.asarray(case["new"], dtype=float)
        recorded = np.asarray(case["X_new"])
        # mgcv's PredictMat of the unconstrained smooth is the raw basis.
        np.testing.assert_allclose(basis.design((new,)), recorded, rtol=1e-7, atol=1e-8 * np.abs(recorded).max())

    def test_mixed_model_form(self, case: dict[str, Any]) -> None:
        basis, x = place(case)
        fixed, random = split(basis, x)
        kernel, line = (random @ random.T)[:8, :8], (fixed @ fixed.T)[:8, :8]
        np.testing.assert_allclose(kernel, case["ZZt"], rtol=1e-6, atol=1e-8 * np.abs(case["ZZt"]).max())
        np.testing.assert_allclose(line, case["XfXft"], rtol=1e-6, atol=1e-8 * np.abs(case["XfXft"]).max())

    def test_mixed_model_form_at_new_data(self, case: dict[str, Any]) -> None:
        basis, x = place(case)
        smooth = mixed(basis, x)
        new = np.asarray(case["new"], dtype=float)
        at_new, at_old = (smooth.columns(Rows((c,))).random[0] for c in (new, x))
        kernel = at_new @ at_old[:8].T
        np.testing.assert_allclose(kernel, case["Znew_Zt"], rtol=1e-6, atol=1e-8 * np.abs(case["Znew_Zt"]).max())


covariates = st.lists(st.integers(-60, 60), min_size=12, max_size=60, unique=True).map(
    lambda values: np.asarray(values, dtype=float) / 7
)


@settings(max_examples=40, deadline=None)
@given(x=covariates, k=st.integers(3, 12))
def test_laws_of_the_basis(x: np.ndarray, k: int) -> None:
    basis = placed(k, x)
    design, (penalty,) = basis.design((x,)), basis.penalties
    np.testing.assert_array_equal(penalty, penalty.T)
    eigenvalues = np.linalg.eigvalsh(penalty / np.abs(penalty).max())
    assert eigenvalues.min() > -1e-12
    # Gaps between knots differ by a factor of 100 at most, their cubes by 1e6.
    assert np.sum(eigenvalues > 1e-11) == k - basis.null_space_dimension
    # Constants and straight lines are reproduced and not penalised.
    np.testing.assert_allclose(design.sum(axis=1), 1, atol=1e-10)
    np.testing.assert_allclose(design @ basis.knots, x, atol=1e-8)
    np.testing.assert_allclose(penalty @ basis.knots / np.abs(penalty).max() / np.abs(basis.knots).max(), 0, atol=1e-9)
    order = np.argsort(x)
    np.testing.assert_array_equal(basis.design((x[order],)), design[order])


@settings(max_examples=40, deadline=None)
@given(x=covariates, k=st.integers(3, 8), shift=st.floats(-50, 50), factor=st.floats(0.1, 20))
def test_mixed_form_does_not_depend_on_the_units(x: np.ndarray, k: int, shift: float, factor: float) -> None:
    moved = x * factor + shift
    fixed, random = split(placed(k, x), x)
    fixed_moved, random_moved = split(placed(k, moved), moved)
    kernel, kernel_moved = random @ random.T, random_moved @ random_moved.T
    np.testing.assert_allclose(kernel_moved, kernel, rtol=1e-5, atol=1e-6 * np.abs(kernel).max())
    np.testing.assert_allclose(fixed_moved, fixed, rtol=1e-5, atol=1e-6 * np.abs(fixed).max())


@settings(max_examples=40, deadline=None)
@given(x=covariates, k=st.integers(3, 10))
def test_laws_of_the_mixed_form(x: np.ndarray, k: int) -> None:
    fixed, random = split(placed(k, x), x)
    assert fixed.shape[1] == 1
    assert random.shape[1] == k - 2
    # Sum to zero, and together with a constant they span the space of the spline.
    np.testing.assert_allclose(np.c_[fixed, random].sum(axis=0) / np.abs(random).max() / len(x), 0, atol=1e-10)
    # The fixed column is a straight line that rises.
    slope = np.polyfit(x, fixed[:, 0], 1)
    assert slope[0] > 0
    np.testing.assert_allclose(np.polyval(slope, x), fixed[:, 0], atol=1e-6 * np.abs(fixed).max())
    np.testing.assert_allclose(np.sum(fixed**2), np.mean(np.sum(random**2, axis=0)), rtol=1e-8)


def test_the_basis_is_the_natural_spline_through_the_knot_values() -> None:
    rng = np.random.default_rng(1)
    x = np.sort(rng.uniform(0, 10, 50))
    basis = placed(8, x)
    values = rng.normal(size=8)
    spline = CubicSpline(basis.knots, values, bc_type="natural")
    np.testing.assert_allclose(basis.design((x,)) @ values, spline(x), atol=1e-12)
    roughness = sum(
        quad(lambda t: spline(t, 2) ** 2, a, b)[0] for a, b in zip(basis.knots, basis.knots[1:], strict=False)
    )
    np.testing.assert_allclose(values @ basis.penalties[0] @ values, roughness, rtol=1e-10)


def test_extrapolation_is_linear() -> None:
    basis = placed(6, np.linspace(0, 1, 30))
    values = np.random.default_rng(2).normal(size=6)
    for start in (-3.0, 1.0):
        line = basis.design((start + np.arange(3.0),)) @ values
        np.testing.assert_allclose(line[2] - line[1], line[1] - line[0], rtol=1e-10)


def test_the_seed_post_prints_these_columns(mcycle) -> None:
    """First row of mgcv's model matrix for s(times, bs="cr", k=20), as printed in the post."""
    (smooth,) = smooth_con("s(times, bs='cr', k=20)", mcycle, absorb_cons=True)
    np.testing.assert_allclose(smooth.design[0, :4], [-0.143, -0.165, -0.154, -0.311], atol=5e-4)
