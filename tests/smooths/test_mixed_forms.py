"""Smooths as fixed and random effects where what is penalised needs care, against mgcv's and brms's numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import smoothstan as ss
from smoothstan.arrays import FloatArray

STORED = json.loads((Path(__file__).parents[1] / "reference" / "mgcv" / "mixed_forms.json").read_text())
DATA = {name: np.asarray(column["values"]) for name, column in STORED["data"].items()}
NEW = {name: np.asarray(column["values"]) for name, column in STORED["new"].items()}


def close(actual: FloatArray, expected: Any, tolerance: float) -> None:
    reference = np.asarray(expected, dtype=float)
    np.testing.assert_allclose(actual, reference, rtol=0, atol=tolerance * np.abs(reference).max())


@pytest.mark.parametrize("case", STORED["cases"], ids=lambda case: case["term"])
def test_fixed_columns_have_the_length_of_the_random_ones_unless_the_penalty_is_a_ridge(case: dict[str, Any]) -> None:
    # mgcv finds the eigenvectors of gp to 1e-8 only.
    tolerance = 1e-6 if "gp" in case["term"] else 1e-8
    smooths = ss.smooth_con(case["term"], DATA, absorb_cons=True, diagonal_penalty=True)
    for smooth, stored in zip(smooths, case["smooths"], strict=True):
        random = ss.smooth2random(smooth)
        (z,), (z_new,) = random.random, random.predict_matrices(NEW)[1]
        assert smooth.label == stored["label"]
        close((z @ z.T)[:8, :8], stored["kernel"], tolerance)
        close(z_new @ z_new.T, stored["kernel_new"], tolerance)
        if random.fixed.shape[1] == 1:
            # Two fixed columns may be rotated; that of one has only its sign free.
            close(np.sum(random.fixed**2, axis=0), stored["fixed_squares"], tolerance)


def test_a_logical_by_has_a_smooth_for_each_value_as_in_brms() -> None:
    formula, stored = "y ~ s(x, by = flag, k = 5, bs = 'cr')", STORED["logical"]
    made = ss.standata(formula, DATA)
    coefficients = [row.slot.coef for row in ss.default_prior(formula, DATA).rows if row.slot.class_ == "b"]
    assert coefficients[1:] == stored["names"]
    close(np.sum(made["Xs"] ** 2, axis=0), stored["squares"], 1e-8)
    for i in (1, 2):
        z = np.zeros((len(DATA["y"]), 3))
        z[made[f"rows_{i}"] - 1] = made[f"Zs_{i}_1"]
        close((z @ z.T)[:8, :8], stored["kernels"][f"Zs_{i}_1"], 1e-8)


def test_the_constraint_of_a_factor_smooth_is_dropped_under_a_numeric_by_and_its_null_space_is_known() -> None:
    table = {**DATA, "f": np.asarray(["u", "v", "v", "w"] * 10)}
    (smooth,) = ss.smooth_con("s(x, f, bs = 'sz', by = z, k = 5)", table, absorb_cons=True)
    total = np.sum(smooth.penalties, axis=0)
    values = np.linalg.eigvalsh(total)
    assert smooth.null_space_dimension == np.sum(values < 1e-10 * values[-1]) == 3 * 2
    random = ss.smooth2random(smooth)
    assert random.random[0].shape[1] == 3 * 3
    assert np.isfinite(random.random[0]).all()


@pytest.mark.parametrize("unit", [1e-9, 1e-3, 1e4, 1e9])
@pytest.mark.parametrize("term", ["s(x, bs = 'gp', k = 7, by = z)", "s(x, bs = 'ds', k = 7, by = z)"])
def test_units_do_not_change_what_a_numeric_by_leaves_without_penalty(term: str, unit: float) -> None:
    def fixed(scale: float) -> FloatArray:
        columns = ss.standata(f"y ~ {term}", {**DATA, "x": DATA["x"] * scale})["Xs"]
        basis = np.linalg.qr(columns / np.linalg.norm(columns, axis=0))[0]
        return np.asarray(basis @ basis.T)

    np.testing.assert_allclose(fixed(unit), fixed(1.0), atol=1e-9)
