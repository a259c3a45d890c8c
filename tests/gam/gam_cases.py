"""The stored fits of mgcv with mgcv's own model matrices: ``tests/reference/mgcv/gam_matrices``."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from smoothstan.families.exponential import PenalisedBinomial, PenalisedGamma, PenalisedGaussian, PenalisedPoisson
from smoothstan.families.links import LINKS
from smoothstan.families.negbinomial import PenalisedNegbinomial
from smoothstan.gam.problem import PenaltyBlock, Problem

REFERENCE = Path(__file__).parents[1] / "reference"
MATRICES = REFERENCE / "mgcv" / "gam_matrices"
FITS = REFERENCE / "smooths" / "gam"
NAMES = sorted(path.name.removesuffix(".json.gz") for path in MATRICES.glob("*.json.gz"))
_FAMILIES = {
    "gaussian": (PenalisedGaussian, "identity"),
    "poisson": (PenalisedPoisson, "log"),
    "binomial": (PenalisedBinomial, "logit"),
    "Gamma": (PenalisedGamma, "log"),
    "nb": (PenalisedNegbinomial, "log"),
}
_T2_NAMES = ("t2(x,z)rr", "t2(x,z)nr", "t2(x,z)rn")


@cache
def reference(name: str) -> dict[str, Any]:
    return dict(json.loads((FITS / f"{name}.json").read_text()))


@cache
def matrices(name: str) -> dict[str, Any]:
    with gzip.open(MATRICES / f"{name}.json.gz", "rt") as stream:
        return dict(json.load(stream))


@cache
def problem(name: str, method: str | None = None, fixed: tuple[float, ...] | None = None) -> Problem:
    """Return a stored case; ``fixed`` gives all smoothing parameters."""
    stored, case = matrices(name), reference(name)
    family, link = _FAMILIES[case["family_call"].split("(")[0]]
    if case["fit"]["link"] in LINKS:
        link = case["fit"]["link"]
    given = {"g_sim1_fixedsp": (2.0, 0.1, 0.01), "g_sim1_somesp": (2.0, None, None)}.get(name)
    blocks, at, free = [], 0, 0
    for smooth in stored["smooths"]:
        count = len(smooth["scales"])
        penalties = tuple(np.asarray(stored["S"][at + j], dtype=float) for j in range(count))
        sp = tuple(given[at : at + count]) if given else (None,) * count
        if fixed is not None:
            values = iter(fixed[0:1] * count if name == "g_by_id" else fixed[free : free + count])
            sp = tuple(next(values) if one is None else one for one in sp)
        free += 0 if given and given[at] is not None else count
        blocks.append(
            PenaltyBlock(
                smooth["first"],
                smooth["last"],
                penalties,
                tuple(stored["rank"][at : at + count]),
                tuple(float(s) for s in smooth["scales"]),
                smooth["label"],
                smooth["null_space_dimension"],
                random_effect=smooth["random"],
                fixed_sp=sp,
                links=("1",) if name == "g_by_id" else None,
                names=_T2_NAMES if smooth["label"].startswith("t2") else None,
                tested_as_random=False if smooth["label"].startswith("t2") else None,
            )
        )
        at += count
    if name.startswith("g_t2") and fixed is None:
        # Its constraint leaves the columns uncentred; centred ones only move the intercept, as mgcv's predictions do.
        # (ML, but not REML, depends on it: the scores at fixed smoothing parameters are for the uncentred columns.)
        x = np.asarray(stored["X"], dtype=float)
        stored = {**stored, "X": np.hstack([x[:, :1], x[:, 1:] - x[:, 1:].mean(axis=0)])}
    vector = {key: np.asarray(stored[key], dtype=float) for key in ("X", "y", "weights", "offset")}
    return Problem(
        vector["X"],
        vector["y"],
        vector["weights"],
        vector["offset"],
        tuple(blocks),
        family(),
        LINKS[link],
        method or ("GCV" if case["method"].startswith("GCV") else case["method"]),
    )
