"""Tensor product smooths for tests: requests from recorded arguments of ``te``, ``ti`` and ``t2``."""

from __future__ import annotations

from typing import Any

import numpy as np

from smoothstan.smooths import BASES, TENSORS, Covariates, PlacedBasis, TensorRequest
from smoothstan.table import Factor


def recorded_columns(stored: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of ``mgcv/tensor.json``."""
    return {name: _column(column) for name, column in stored.items()}


def _column(column: dict[str, Any]) -> Any:
    if "levels" not in column:
        return np.asarray(column["values"], dtype=float)
    codes = [column["levels"].index(value) for value in column["values"]]
    return Factor(np.asarray(codes, dtype=np.int64), tuple(column["levels"]))


def place(kind: str, covariates: Covariates, names: tuple[str, ...] = ("x", "z", "v"), **asked: Any) -> PlacedBasis:
    """Place a tensor product with the given arguments of ``TensorRequest``."""
    request = TensorRequest(names=names[: len(covariates)], **asked)
    return TENSORS[kind](covariates, request, BASES)


def arguments(case: dict[str, Any]) -> dict[str, Any]:
    """Return recorded arguments as those of ``TensorRequest``."""
    asked = {name: _per_margin(value) for name, value in case["args"].items()}
    if "xt" in asked:
        asked["xt"] = tuple(settings or {} for settings in asked["xt"])
    for flag in ("np", "full"):
        if flag in asked:
            (asked[flag],) = asked[flag]
    knots = case["knots"] or {}
    return {**asked, "knots": tuple(knots.get(name) for name in case["vars"])}


def _per_margin(value: Any) -> tuple[Any, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(tuple(one) if isinstance(one, list) else one for one in values)
