"""Every stored smooth of mgcv: design, penalties, prediction, invariants and mixed-model form.

Tolerances are those of ``tests/reference/smooths/README.md``, relative to the largest number of the object.
Cases whose basis mgcv leaves to rounding are compared by what does not depend on it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from smooths.reference_cases import load, map_of_columbus, names, table

from smoothstan import SmoothCon, smooth2random, smooth_con
from smoothstan.smooths import BASES, TENSORS, GroupedBasis
from smoothstan.smooths.tensor_t2 import PlacedT2

Array = NDArray[np.float64]

LOOSE = ("gp", "ds", "sos")
"""mgcv finds the eigenvectors of these to 1e-8 only."""

NOT_UNIQUE = {
    "cs_default": "the two directions without penalty are an arbitrary rotation in mgcv",
    "fs_cr": "the null space of the base has two dimensions, its directions are arbitrary in mgcv",
    "fs_tp_default": "the null space of the base has two dimensions, its directions are arbitrary in mgcv",
}

CASES = names("smooth")


def tolerance(name: str, *, exact: float = 1e-8) -> float:
    return 1e-6 if name.startswith(LOOSE) else exact


def built(name: str) -> tuple[dict[str, Any], list[SmoothCon]]:
    case = load("smooth", name)
    if (kind := case["term"].split("(")[0]) != "s" and kind not in TENSORS:
        pytest.skip(f"{kind} is not there")
    data = table(load("data", case["dataset"])["columns"])
    smooths = smooth_con(
        case["term"], data, knots=case["knots_arg"], data2=map_of_columbus(), absorb_cons=True,
        null_space_penalty=case["null_space_penalty"],
    )  # fmt: skip
    return case, smooths


def close(actual: Array, expected: Any, tolerance: float) -> None:
    reference = np.asarray(expected, dtype=float)
    assert actual.shape == reference.shape
    np.testing.assert_allclose(actual, reference, rtol=0, atol=tolerance * np.abs(reference).max())


def stored_rows(stored: dict[str, Any]) -> Array:
    return np.asarray(stored["values"], dtype=float)


def signs(case: dict[str, Any], smooth: SmoothCon, reference: Array) -> Array:
    """Return the sign of every column of the reference relative to ours; ones where the basis is exact."""
    design = smooth.design
    if not case["uniqueness"].startswith("column_sign") and not isinstance(smooth.bound.smooth.basis, PlacedT2):
        return np.ones(design.shape[1])
    found = np.where(np.sum(design[: len(reference)] * reference, axis=0) < 0, -1.0, 1.0)
    if isinstance(smooth.bound.smooth.basis, GroupedBasis):
        # All groups share their columns; the stored rows do not show every group.
        found = np.tile(found[: smooth.bound.smooth.basis.n_inner], smooth.bound.smooth.basis.n_groups)
    return found


def is_rotated(case: dict[str, Any]) -> bool:
    return case["uniqueness"].startswith("rotation")


UNIQUE = [name for name in CASES if name not in NOT_UNIQUE and not is_rotated(load("smooth", name))]


@pytest.mark.parametrize("name", UNIQUE)
def test_design_penalties_and_prediction(name: str) -> None:
    case, smooths = built(name)
    new = table(case["newdata"])
    assert len(smooths) == case["n_smooths"]
    for smooth, stored in zip(smooths, case["smooths"], strict=False):
        assert smooth.label == stored["label"]
        assert list(smooth.ranks) == _many(stored["rank"])[: len(smooth.ranks)]
        reference = stored_rows(stored["X"])
        flip = signs(case, smooth, reference)
        close(smooth.design[: len(reference)] * flip, reference, tolerance(name))
        close(np.sum(smooth.design**2, axis=0), stored["X"]["colsumsq"], 10 * tolerance(name))
        np.testing.assert_allclose(smooth.penalty_scales, _many(stored["S_scale"]), rtol=tolerance(name))
        for ours, theirs in zip(smooth.penalties, _penalties(stored), strict=False):
            corner = np.asarray(theirs)
            size = len(corner)
            close((ours * flip * flip[:, None])[:size, :size], corner, tolerance(name))
        if not stored.get("pred_uses_prediction_constraint"):
            close(smooth.predict_matrix(new) * flip, stored["Xpred"], tolerance(name, exact=1e-7))


def _many(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def _penalties(stored: dict[str, Any]) -> list[Any]:
    return list(stored.get("S") or stored.get("S_first") or [])


@pytest.mark.parametrize("name", [n for n in CASES if n not in NOT_UNIQUE])
def test_fit_at_a_fixed_penalty(name: str) -> None:
    """The hat matrix for stored smoothing parameters of the unscaled penalties does not depend on the basis."""
    case, smooths = built(name)
    new = table(case["newdata"])
    for smooth, stored in zip(smooths, case["smooths"], strict=False):
        invariants = stored["invariants"]
        lambdas = _many(invariants["lambda_for_unscaled_S"]) if smooth.penalties else []
        design = np.column_stack([np.ones(len(smooth.design)), smooth.design])
        penalty = np.zeros((design.shape[1], design.shape[1]))
        for weight, s, scale in zip(lambdas, smooth.penalties, smooth.penalty_scales, strict=True):
            penalty[1:, 1:] += weight * scale * s
        inverse = np.linalg.pinv(design.T @ design + penalty)
        hat = design @ inverse @ design.T
        close(hat[:10, :10], invariants["hat10"], tolerance(name))
        np.testing.assert_allclose(np.trace(hat), invariants["edf"], rtol=tolerance(name))
        if not stored.get("pred_uses_prediction_constraint"):
            at_new = np.column_stack([np.ones(new.n), smooth.predict_matrix(new)])
            close((at_new @ inverse @ design.T)[:, :5], invariants["pred7x5"], tolerance(name, exact=1e-7))


@pytest.mark.parametrize("name", CASES)
def test_mixed_model_form(name: str) -> None:
    case = load("smooth", name)
    data = table(load("data", case["dataset"])["columns"])
    if (kind := case["term"].split("(")[0]) != "s" and kind not in TENSORS:
        pytest.skip(f"{kind} is not there")
    smooths = smooth_con(
        case["term"], data, knots=case["knots_arg"], data2=map_of_columbus(), absorb_cons=True, diagonal_penalty=True
    )
    for smooth, stored in zip(smooths, case["smooths"], strict=False):
        form = stored.get("re")
        if form is None or "error" in form:
            continue
        random = smooth2random(smooth)
        if form["fixed"]:
            assert not random.random
            continue
        assert [z.shape[1] for z in random.random] == _many(form["knots"])
        assert random.fixed.shape[1] == form["Ks"]
        blocks = range(len(random.random)) if name not in NOT_UNIQUE else ()
        for j in blocks:
            z = random.random[j]
            close((z @ z.T)[:10, :10], form["ZZt10"][j], tolerance(name))
        if name == "cs_default":
            continue
        close(_projector(random.fixed, random.fixed)[:10, :10], form["proj_1Xf_10"], tolerance(name))
        new = table(case["newdata"])
        if form.get("predict_error") is None:
            fixed, at_new = random.predict_matrices(new)
            for j in blocks:
                close(at_new[j] @ random.random[j][:5].T, form["ZnewZt7x5"][j], tolerance(name, exact=1e-7))
            close(_projector(fixed, random.fixed)[:, :5], form["projnew_1Xf_7x5"], tolerance(name, exact=1e-7))


def _projector(rows: Array, fixed: Array) -> Array:
    """Return the rows' prediction weights of a regression on a constant and the fixed columns."""
    full = np.column_stack([np.ones(len(fixed)), fixed])
    return np.column_stack([np.ones(len(rows)), rows]) @ np.linalg.pinv(full)


@pytest.mark.parametrize("name", CASES)
def test_prediction_at_the_data_is_the_design(name: str) -> None:
    case, smooths = built(name)
    data = table(load("data", case["dataset"])["columns"])
    for smooth in smooths:
        np.testing.assert_array_equal(smooth.predict_matrix(data), smooth.design)
        assert np.linalg.matrix_rank(smooth.design) <= smooth.design.shape[1]


def test_all_bases_have_a_case() -> None:
    covered = {name.split("_")[0] for name in CASES}
    assert set(BASES) - covered == set()
