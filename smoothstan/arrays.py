"""Names for the arrays that pass between the stages.

The shape letters are the same everywhere: n rows, k basis columns, r penalty rank, g groups,
d covariates, s draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]
StanData: TypeAlias = dict[str, Any]
"""Stan variable name -> int, float or numpy array, as Stan's ``data`` block declares it."""

NOT_STORED: Mapping[str, bool] = MappingProxyType({"stored": False})
"""Metadata of a dataclass field that only saves time; a file does not keep it, and it is None after reading."""


class Contiguous:
    """A mixin for dataclasses whose arrays are laid out row by row.

    Products of matrices depend on the layout in their last bit; arrays that are read back from a file
    have this one, so predictions are the same before and after.
    """

    def __post_init__(self) -> None:
        """Lay out all arrays, also those in tuples."""
        for name, value in list(vars(self).items()):
            if isinstance(value, np.ndarray):
                object.__setattr__(self, name, np.ascontiguousarray(value))
            elif isinstance(value, tuple) and any(isinstance(item, np.ndarray) for item in value):
                laid_out = tuple(np.ascontiguousarray(i) if isinstance(i, np.ndarray) else i for i in value)
                object.__setattr__(self, name, laid_out)
