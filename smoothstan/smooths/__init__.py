"""Smooth bases: pure numerical mathematics, one file per basis, listed here."""

from smoothstan.errors import FormulaError
from smoothstan.registry import Registry
from smoothstan.smooths.basis import Basis as Basis
from smoothstan.smooths.basis import PlacedBasis as PlacedBasis
from smoothstan.smooths.cubic_regression import CubicRegression as CubicRegression
from smoothstan.smooths.cubic_regression import PlacedCubicRegression as PlacedCubicRegression
from smoothstan.smooths.mixed_model import MixedSmooth as MixedSmooth
from smoothstan.smooths.mixed_model import mixed_smooth as mixed_smooth

BASES: Registry[type[Basis]] = Registry("basis", {basis.name: basis for basis in (CubicRegression,)}, FormulaError)

PLANNED = frozenset({"tp", "ts", "cs", "cc", "ps", "cp", "bs", "ad", "re", "fs", "sz", "mrf", "gp", "ds", "sos", "so"})
"""Bases of mgcv that are known but not built yet."""
