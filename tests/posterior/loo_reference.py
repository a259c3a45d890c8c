"""Log-likelihood matrices that R and Python make from one generator; see ``tests/reference/loo/record.R``."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray

_FILE = Path(__file__).parents[1] / "reference" / "loo" / "loo.json"
CASES = ("ordinary", "heavy", "antithetic", "short", "one_chain", "tiny", "tinier")


@cache
def recorded() -> dict[str, Any]:
    """Return R's numbers."""
    return json.loads(_FILE.read_text())


def numbers(stored: Any) -> FloatArray:
    """Return a stored vector or matrix; R's Inf is written as text."""
    return np.asarray([[float(v) for v in row] if isinstance(row, list) else float(row) for row in stored])


def column(stored: list[dict[str, float]], name: str) -> FloatArray:
    """Return a column of a stored data frame."""
    return np.asarray([float(row[name]) for row in stored])


def uniforms(n: int, seed: int) -> FloatArray:
    """Return Lewis, Goodman & Miller's uniform numbers."""
    found = np.empty(n)
    for i in range(n):
        seed = (16807 * seed) % 2147483647
        found[i] = seed / 2147483647
    return found


def normals(n: int, seed: int) -> FloatArray:
    """Return standard normal numbers by Box & Muller's method."""
    u = uniforms(2 * n, seed)
    return np.sqrt(-2 * np.log(u[::2])) * np.cos(2 * np.pi * u[1::2])


@cache
def log_lik(name: str) -> FloatArray:
    """Return the log likelihood of a case, (rows, chains, draws)."""
    case = recorded()[name]["case"]
    rows, shape = case["rows"], (case["rows"], case["chains"], case["draws"])
    e = normals(int(np.prod(shape)), case["seed"]).reshape(shape)
    for t in range(1, case["draws"]):
        e[..., t] = case["rho"] * e[..., t - 1] + np.sqrt(1 - case["rho"] ** 2) * e[..., t]
    scale = case["spread"] * np.arange(1, rows + 1) / rows
    made = -0.5 * e**2 * scale[:, None, None] - 0.9
    assert abs(made.sum() - recorded()[name]["sum"]) < 1e-9 * abs(made.sum())
    return made
