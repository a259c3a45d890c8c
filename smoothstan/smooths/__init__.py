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
from smoothstan.smooths.rows import Rows as Rows
from smoothstan.smooths.select import null_space_penalty as null_space_penalty

BASES: Registry[Place] = Registry(
    "basis",
    {
        "cr": cubic_regression.place,
    },
    FormulaError,
)

CATEGORICAL = frozenset({"re", "fs", "sz", "mrf"})
"""Bases that take factors; a logical covariate is a factor to them."""

PLANNED = frozenset({"so"})
"""Bases of mgcv that are known but not built."""

# placeholder until the tensor branch is merged
from dataclasses import dataclass  # noqa: E402
from typing import Any  # noqa: E402


@dataclass(frozen=True)
class TensorRequest:
    names: tuple[str, ...]
    d: Any = ()
    k: Any = ()
    bs: Any = ()
    m: Any = ()
    fx: Any = ()
    xt: Any = ()
    knots: Any = ()
    np: bool = True
    mc: Any = ()
    full: bool = False
    ord: Any = ()


TENSORS: dict[str, Any] = {}
