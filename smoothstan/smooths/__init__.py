"""Smooth bases: pure numerical mathematics, one file per basis, listed here."""

from smoothstan.errors import FormulaError
from smoothstan.registry import Registry
from smoothstan.smooths import cubic_regression
from smoothstan.smooths.basis import Covariate as Covariate
from smoothstan.smooths.basis import Covariates as Covariates
from smoothstan.smooths.basis import GroupedBasis as GroupedBasis
from smoothstan.smooths.basis import Place as Place
from smoothstan.smooths.basis import PlacedBasis as PlacedBasis
from smoothstan.smooths.basis import Request as Request

BASES: Registry[Place] = Registry(
    "basis",
    {
        "cr": cubic_regression.place,
    },
    FormulaError,
)

PLANNED = frozenset({"so"})
"""Bases of mgcv that are known but not built."""
