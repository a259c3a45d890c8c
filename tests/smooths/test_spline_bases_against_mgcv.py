"""Bases cr, cs, cc, ps, cp, bs and ad before any constraint, against mgcv's numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from conftest import read_reference
from numpy.typing import NDArray
from smooths.reference_cases import data, load

from smoothstan.smooths import BASES, PlacedBasis, Request

Array = NDArray[np.float64]

STORED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "ad_1d_cr": ("ad", "times", {"k": (15,), "m": (3,), "xt": {"bs": "cr"}}),
    "ad_1d_k20_m4": ("ad", "times", {"k": (20,), "m": (4,)}),
    "bs_4knots": ("bs", "x2", {"k": (12,), "m": (3, 2)}),
    "bs_default": ("bs", "times", {}),
    "bs_m31": ("bs", "x2", {"k": (11,), "m": (3, 1)}),
    "bs_multi_m321": ("bs", "x2", {"k": (11,), "m": (3, 2, 1)}),
    "cc_default": ("cc", "t", {}),
    "cc_endpoints": ("cc", "t", {"k": (8,)}),
    "cc_fullknots": ("cc", "day", {"k": (6,)}),
    "cp_default": ("cp", "day", {}),
    "cp_m21": ("cp", "t", {"k": (9,), "m": (2, 1)}),
    "cr_default": ("cr", "times", {}),
    "cr_ties_k5": ("cr", "log_uranium", {"k": (5,)}),
    "cr_userknots": ("cr", "x2", {"k": (6,)}),
    "cs_default": ("cs", "x1", {"k": (8,)}),
    "ps_default": ("ps", "times", {}),
    "ps_limits": ("ps", "x2", {"k": (9,)}),
    "ps_m31": ("ps", "x2", {"k": (12,), "m": (3, 1)}),
}

RECORDED = read_reference("mgcv/b_splines.json")


def close(actual: Array, expected: Any, tolerance: float = 1e-8) -> None:
    """Compare relative to the largest number; 15 digits are stored."""
    reference = np.asarray(expected, dtype=float)
    assert actual.shape == reference.shape
    np.testing.assert_allclose(actual, reference, rtol=0, atol=tolerance * np.abs(reference).max())


def placed(name: str) -> tuple[dict[str, Any], PlacedBasis, Array]:
    basis, covariate, options = STORED[name]
    case = load("smooth", name)
    x = data(case["dataset"])[covariate]
    knots = ((case["knots_arg"] or {}).get(covariate),)
    return case["raw"], BASES[basis]((x,), Request((covariate,), knots=knots, **options)), x


@pytest.mark.parametrize("name", STORED)
def test_stored_design(name: str) -> None:
    raw, basis, x = placed(name)
    design = basis.design((x,))
    rows = raw["X"]["rows_stored"]
    close(design[:rows], raw["X"]["values"])
    np.testing.assert_allclose(np.sum(design**2, axis=0), raw["X"]["colsumsq"], rtol=1e-8)


@pytest.mark.parametrize("name", [name for name in STORED if name != "cs_default"])
def test_stored_penalties(name: str) -> None:
    raw, basis, _ = placed(name)
    assert basis.null_space_dimension == raw["null_space_dim"]
    ranks = raw["rank"] if isinstance(raw["rank"], list) else [raw["rank"]]
    assert list(basis.ranks) == ranks
    assert len(basis.penalties) == len(raw["S"])
    for ours, theirs in zip(basis.penalties, raw["S"], strict=True):
        close(ours, theirs)


def test_stored_shrinkage_has_the_same_eigenvalues() -> None:
    raw, basis, _ = placed("cs_default")
    ours, theirs = (np.linalg.eigvalsh(s) for s in (basis.penalties[0], np.asarray(raw["S"][0])))
    close(ours, theirs)
    np.testing.assert_allclose(ours[:3] / ours[2], [0.01, 0.1, 1], rtol=1e-8)


def identity(case: dict[str, Any]) -> str:
    knots = "-knots" if any(k is not None for k in case["knots"]) else ""
    parts = (case["bs"], f"k{case['k']}", f"m{case['m']}", (case["xt"] or {}).get("bs", ""), *case["variables"])
    return "-".join(map(str, parts)) + knots


@pytest.mark.parametrize("case", RECORDED["cases"], ids=identity)
def test_recorded_basis(case: dict[str, Any]) -> None:
    names = tuple(case["variables"])
    x, new = (tuple(np.asarray(RECORDED[part][v], dtype=float) for v in names) for part in ("data", "new"))
    request = Request(names, tuple(case["k"]), tuple(case["m"]), case["xt"] or {}, tuple(case["knots"]))
    basis = BASES[case["bs"]](x, request)
    # Rounding is amplified by the cubes of small gaps between knots only in cr and cc.
    close(basis.design(x)[:8], case["X"], 1e-12)
    close(basis.design(new), case["X_new"], 1e-12)
    close(np.sum([np.sqrt(j + 1) * s for j, s in enumerate(basis.penalties)], axis=0), case["S"], 1e-12)
    # A ridge around the circle has full rank; mgcv says one less.
    ridge = case["bs"] == "cp" and case["m"][-1:] == [0]
    assert list(basis.ranks) == [rank + ridge for rank in case["ranks"]]
