"""mgcv's numbers for re, fs, sz and mrf on other data: ``tests/reference/mgcv/record_grouped.R``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import read_reference
from smooths.reference_cases import columns

from smoothstan.smooths import BASES, PlacedBasis, Request

STORED = read_reference("mgcv/grouped_smooths.json")
DATA, NEW, DISTRICTS = columns(STORED["data"]), columns(STORED["new"]), columns(STORED["districts"])
_MAPS = STORED["maps"]
_PRECISION = pd.DataFrame(_MAPS["precision"]["values"], _MAPS["precision"]["names"], _MAPS["precision"]["names"])
_OWN, _FLAT = np.asarray(_MAPS["own"]), np.asarray(_MAPS["flat"])
POLYS = {name: np.asarray(rows, dtype=float) for name, rows in _MAPS["polys"].items()}
NEIGHBOURS: dict[str, list[str]] = _MAPS["nb"]

_REQUESTS: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "re_two_factors": (("f", "g"), {}),
    "re_slope_between": (("f", "x", "h"), {}),
    "re_three_factors_two_numbers": (("g", "h", "x", "f", "w"), {}),
    "re_one_number": (("x",), {}),
    "re_two_numbers": (("x", "w"), {}),
    "re_precision": (("f",), {"xt": {"S": [_OWN], "rank": 4}}),
    "re_two_precisions": (("f", "x"), {"xt": {"S": [_OWN, _FLAT]}}),
    "fs_cr_k7": (("x", "f"), {"xt": {"bs": "cr"}, "k": (7,)}),
    "fs_cr_factor_first": (("h", "z"), {"xt": {"bs": "cr"}, "k": (4,)}),
    "fs_cr_ties_knots": (("tied", "g"), {"xt": {"bs": "cr"}, "k": (5,), "knots": ([0, 0.7, 2, 3.5, 4],)}),
    "fs_cr_default_k": (("w", "g"), {"xt": {"bs": "cr"}}),
    "fs_tp_k6": (("x", "f"), {"k": (6,)}),
    "fs_tp_2d": (("x", "w", "g"), {"k": (9,)}),
    "fs_tp_2d_m3": (("x", "w", "g"), {"k": (12,), "m": (3,)}),
    "fs_ps_m21": (("x", "f"), {"xt": {"bs": "ps"}, "k": (8,), "m": (2, 1)}),
    "sz_cr_one": (("x", "f"), {"xt": {"bs": "cr"}, "k": (5,)}),
    "sz_cr_factor_first": (("g", "z"), {"xt": {"bs": "cr"}, "k": (4,)}),
    "sz_cr_two": (("x", "h", "g"), {"xt": {"bs": "cr"}, "k": (4,)}),
    "sz_cr_two_linked": (("h", "x", "g"), {"xt": {"bs": "cr"}, "k": (4,), "linked": True}),
    "sz_tp_linked": (("x", "h"), {"k": (5,), "linked": True}),
    "mrf_nb": (("area",), {"xt": {"nb": NEIGHBOURS}}),
    "mrf_nb_positions": (("area",), {"xt": {"nb": _MAPS["positions"]}}),
    "mrf_islands": (("area",), {"xt": {"nb": _MAPS["islands"]}}),
    "mrf_knots": (("area",), {"xt": {"nb": _MAPS["wide"]}, "knots": (list(_MAPS["wide"]),)}),
    "mrf_precision": (("area",), {"xt": {"penalty": _PRECISION}}),
    "mrf_k4": (("area",), {"xt": {"nb": NEIGHBOURS}, "k": (4,)}),
    "mrf_k4_knots": (("area",), {"xt": {"nb": _MAPS["wide"]}, "k": (4,), "knots": (list(_MAPS["wide"]),)}),
    "mrf_k3_precision": (("area",), {"xt": {"penalty": _PRECISION}, "k": (3,)}),
    "mrf_polys": (("district",), {"xt": {"polys": POLYS}}),
}


@dataclass(frozen=True)
class Case:
    """One smooth of mgcv and ours at the same data."""

    id: str
    stored: dict[str, Any]
    names: tuple[str, ...]
    basis: PlacedBasis

    def at(self, rows: dict[str, Any]) -> np.ndarray:
        """Return our design at some rows."""
        return self.basis.design(tuple(rows[name] for name in self.names))


def case(name: str) -> Case:
    """Return one case; skips where the basis it builds on is not there."""
    bs = name.split("_")[0]
    names, settings = _REQUESTS[name]
    base = settings.get("xt", {}).get("bs", "tp") if bs in ("fs", "sz") else bs
    if base not in BASES:
        pytest.skip(f"{base} is not there")
    rows = DISTRICTS if names == ("district",) else DATA
    if "knots" in settings and bs != "mrf":
        settings = {**settings, "knots": tuple(np.asarray(k, dtype=float) for k in settings["knots"])}
    placed = BASES[bs](tuple(rows[n] for n in names), Request(names, **settings))
    (stored,) = [c for c in STORED["cases"] if c["id"] == name]
    return Case(name, stored, names, placed)


def cases(prefix: str) -> list[str]:
    """Return the names of the cases of one basis."""
    return [name for name in _REQUESTS if name.startswith(prefix)]


def close(actual: Any, expected: Any, tolerance: float = 1e-8) -> None:
    """Compare relative to the largest number of the reference."""
    reference = np.asarray(expected, dtype=float)
    assert np.shape(actual) == reference.shape
    np.testing.assert_allclose(actual, reference, rtol=0, atol=tolerance * np.abs(reference).max())


def aligned(actual: np.ndarray, reference: Any) -> np.ndarray:
    """Return our columns with the signs of the reference's."""
    return actual * np.where(np.sum(actual * np.asarray(reference), axis=0) < 0, -1.0, 1.0)
