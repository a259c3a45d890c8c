"""Kernels of smooths whose columns are not unique equal brms's: t2, fs, two covariates, numeric by.

What is unique: the kernels Zs Zs' and the space that the fixed columns span, and modulo that space the kernels.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from conftest import read_reference, reference_frame

import smoothstan as ss
from smoothstan.arrays import FloatArray

CASES = read_reference("brms/smooth_cases.json")["cases"]
FS = [case for case in CASES if "'fs'" in case["formula"][0] and "m = 1" not in case["formula"][0]]
UNIQUE = [case for case in CASES if case not in FS]
# 15 significant digits were recorded; products of eigenvectors are good to 1e-8 of the largest element.
TOLERANCE = 1e-8
pytestmark = pytest.mark.filterwarnings("ignore:.* rows have missing values:smoothstan.errors.DataWarning")


def label(case: dict[str, Any]) -> str:
    return str(case["formula"][0])


def ours(case: dict[str, Any]) -> dict[str, Any]:
    return ss.standata(case["formula"], reference_frame("smooth_data"), family=case["family"])


def matrices(case: dict[str, Any], prefix: str) -> dict[str, FloatArray]:
    """Return brms's matrices of that prefix."""
    return {
        name: np.asarray(block["values"], dtype=float).reshape(block["dim"])
        for name, block in case["standata"].items()
        if name.startswith(prefix)
    }


def all_rows(data: dict[str, Any], name: str) -> FloatArray:
    """Return a block as brms has it: dense, with the zeros of other levels."""
    key = name[2:].rsplit("_", 1)[0]
    found = np.asarray(data[name], dtype=float)
    if f"Js{key}" in data:  # one row per observation and the level that it belongs to
        level, weights = np.asarray(data[f"Js{key}"]), found.reshape(data["N"], -1)
        return np.hstack([weights * (level == g + 1)[:, None] for g in range(int(data[f"ngs{key}"]))])
    if f"rows{key}" in data:
        full = np.zeros((data["N"], found.shape[1]))
        full[np.asarray(data[f"rows{key}"]) - 1] = found
        return full
    return found


def kernel(z: FloatArray) -> FloatArray:
    return np.asarray(z @ z.T, dtype=float)


def span(fixed: FloatArray) -> FloatArray:
    """Return the projection on a constant and the fixed columns."""
    q = np.linalg.qr(np.column_stack([np.ones(len(fixed)), fixed / np.abs(fixed).max(axis=0)]))[0]
    return kernel(q)


def close(actual: FloatArray, expected: FloatArray) -> None:
    np.testing.assert_allclose(actual, expected, rtol=0, atol=TOLERANCE * np.abs(expected).max())


@pytest.mark.parametrize("case", UNIQUE, ids=label)
def test_kernels_and_spans(case: dict[str, Any]) -> None:
    data = ours(case)
    recorded = {name: block for name, block in case["standata"].items() if name.startswith(("Xs", "Zs", "nb", "knots"))}
    assert recorded.keys() == {name for name in data if name.startswith(("Xs", "Zs", "nb", "knots"))}
    fixed = matrices(case, "Xs").get("Xs", np.zeros((data["N"], 0)))
    assert np.shape(data.get("Xs", fixed)) == fixed.shape
    left = np.eye(data["N"])
    if fixed.shape[1]:
        close(span(np.asarray(data["Xs"])), span(fixed))
        left = left - span(fixed)
    for name, theirs in matrices(case, "Zs").items():
        z = all_rows(data, name)
        assert z.shape == theirs.shape
        close(kernel(z), kernel(theirs))
        close(kernel(left @ z), kernel(left @ theirs))


@pytest.mark.parametrize("case", FS, ids=label)
def test_fs_up_to_the_axes_of_its_null_space(case: dict[str, Any]) -> None:
    """mgcv's axes depend on rounding: other orders of the rows give kernels that differ by a factor, up to 13 %.

    All blocks are divided by the largest row sum of the magnitudes of all columns, which depends on the axes.  Up to
    that factor the kernel of the first block, and of the null space as a whole, do not.
    """
    data = ours(case)
    theirs = matrices(case, "Zs")
    blocks = {name: all_rows(data, name) for name in theirs}
    for found in (blocks, theirs):
        assert np.abs(np.hstack(list(found.values()))).sum(axis=1).max() == pytest.approx(1, rel=TOLERANCE)
    for names in (["Zs_1_1"], ["Zs_1_2", "Zs_1_3"]):
        here, there = (np.hstack([found[n] for n in names]) for found in (blocks, theirs))
        size, reference = (np.linalg.norm(found["Zs_1_1"]) for found in (blocks, theirs))
        close(kernel(here / size), kernel(there / reference))
