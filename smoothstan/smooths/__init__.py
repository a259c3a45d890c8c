"""Smooth bases: pure numerical mathematics, one file per basis, listed here."""

from smoothstan.errors import FormulaError
from smoothstan.registry import Registry
from smoothstan.smooths import (
    adaptive,
    cubic_regression,
    cyclic_cubic,
    cyclic_p_spline,
    derivative_spline,
    p_spline,
)
from smoothstan.smooths.basis import Covariate as Covariate
from smoothstan.smooths.basis import Covariates as Covariates
from smoothstan.smooths.basis import GroupedBasis as GroupedBasis
from smoothstan.smooths.basis import Place as Place
from smoothstan.smooths.basis import PlacedBasis as PlacedBasis
from smoothstan.smooths.basis import Request as Request

BASES: Registry[Place] = Registry(
    "basis",
    {
        "ad": adaptive.place,
        "bs": derivative_spline.place,
        "cc": cyclic_cubic.place,
        "cp": cyclic_p_spline.place,
        "cr": cubic_regression.place,
        "cs": cubic_regression.place_shrunk,
        "ps": p_spline.place,
    },
    FormulaError,
)

PLANNED = frozenset({"so"})
"""Bases of mgcv that are known but not built."""
