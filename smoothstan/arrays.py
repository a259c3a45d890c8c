"""Names for the arrays that pass between the stages.

The shape letters are the same everywhere: n rows, k basis columns, r penalty rank, g groups,
d covariates, s draws.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]
StanData: TypeAlias = dict[str, Any]
"""Stan variable name -> int, float or numpy array, as Stan's ``data`` block declares it."""
