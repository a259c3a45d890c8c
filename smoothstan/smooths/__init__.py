"""Smooth bases: pure numerical mathematics, one file per basis, listed here."""

from smoothstan.errors import FormulaError
from smoothstan.registry import Registry
from smoothstan.smooths import (
    cubic_regression,
    factor_smooth,
    markov_field,
    random_effect,
    sum_to_zero_factor,
)
from smoothstan.smooths.basis import Covariate as Covariate
from smoothstan.smooths.basis import Covariates as Covariates
from smoothstan.smooths.basis import GroupedBasis as GroupedBasis
from smoothstan.smooths.basis import Place as Place
from smoothstan.smooths.basis import PlacedBasis as PlacedBasis
from smoothstan.smooths.basis import Request as Request

_OF_NUMBERS: dict[str, Place] = {
    "cr": cubic_regression.place,
}
"""Bases of numeric covariates: ``fs`` and ``sz`` build on them."""

BASES: Registry[Place] = Registry(
    "basis",
    {
        **_OF_NUMBERS,
        "re": random_effect.place,
        "mrf": markov_field.place,
        "fs": factor_smooth.make_place(_OF_NUMBERS),
        "sz": sum_to_zero_factor.make_place(_OF_NUMBERS),
    },
    FormulaError,
)

PLANNED = frozenset({"so"})
"""Bases of mgcv that are known but not built."""
