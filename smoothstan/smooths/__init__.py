"""Smooth bases: pure numerical mathematics, one file per basis, listed here."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from smoothstan.errors import FormulaError
from smoothstan.registry import Registry
from smoothstan.smooths import (
    adaptive,
    cubic_regression,
    cyclic_cubic,
    cyclic_p_spline,
    derivative_spline,
    duchon,
    factor_smooth,
    gaussian_process,
    markov_field,
    p_spline,
    random_effect,
    sphere,
    sum_to_zero_factor,
    tensor,
    tensor_t2,
    thin_plate,
)
from smoothstan.smooths.basis import Covariate as Covariate
from smoothstan.smooths.basis import Covariates as Covariates
from smoothstan.smooths.basis import GroupedBasis as GroupedBasis
from smoothstan.smooths.basis import Place as Place
from smoothstan.smooths.basis import PlacedBasis as PlacedBasis
from smoothstan.smooths.basis import Request as Request
from smoothstan.smooths.basis import Unsuitable as Unsuitable
from smoothstan.smooths.columns import GroupedColumns as GroupedColumns
from smoothstan.smooths.columns import SmoothColumns as SmoothColumns
from smoothstan.smooths.columns import dense as dense
from smoothstan.smooths.columns import times as times
from smoothstan.smooths.construct import ConstructedSmooth as ConstructedSmooth
from smoothstan.smooths.construct import construct_smooth as construct_smooth
from smoothstan.smooths.joint import JointPrecision as JointPrecision
from smoothstan.smooths.mixed_model import MixedSmooth as MixedSmooth
from smoothstan.smooths.mixed_model import mixed_smooth as mixed_smooth
from smoothstan.smooths.penalty import disjoint_diagonals as disjoint_diagonals
from smoothstan.smooths.penalty import separate_diagonals as separate_diagonals
from smoothstan.smooths.rows import Rows as Rows
from smoothstan.smooths.select import null_space_penalty as null_space_penalty
from smoothstan.smooths.tensor_request import TensorRequest as TensorRequest

_OF_NUMBERS: dict[str, Place] = {
    "ad": adaptive.place,
    "bs": derivative_spline.place,
    "cc": cyclic_cubic.place,
    "cp": cyclic_p_spline.place,
    "cr": cubic_regression.place,
    "cs": cubic_regression.place_shrunk,
    "ds": duchon.place,
    "gp": gaussian_process.place,
    "ps": p_spline.place,
    "sos": sphere.place,
    "tp": thin_plate.place,
    "ts": thin_plate.place_shrunk,
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

CATEGORICAL = frozenset({"re", "fs", "sz", "mrf"})
"""Bases that take factors; a logical covariate is a factor to them."""

PLANNED = frozenset({"so"})
"""Bases of mgcv that are known but not built."""

PlaceTensor: TypeAlias = Callable[[Covariates, TensorRequest, Mapping[str, Place]], PlacedBasis]
"""Place a tensor product smooth at the covariates, given the bases that its margins can have."""

TENSORS: Registry[PlaceTensor] = Registry(
    "tensor product smooth",
    {
        "te": tensor.place_te,
        "ti": tensor.place_ti,
        "t2": tensor_t2.place_t2,
    },
    FormulaError,
)
