"""The columns that the coefficients of a model multiply."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothstan.design import Design
from smoothstan.errors import OptionError
from smoothstan.table import Table

if TYPE_CHECKING:
    import pandas as pd


def design_frame(design: Design, table: Table, dpar: str) -> pd.DataFrame:
    """Return the columns of the linear predictor of ``dpar`` under the posterior names of their coefficients.

    Raises:
        OptionError: if ``dpar`` has no linear predictor.
    """
    import pandas as pd

    if dpar not in design.predicted:
        raise OptionError(f"{dpar!r} has no linear predictor (predicted: {', '.join(design.predicted)})")
    named = [pair for term in design.terms for pair in term.model_columns(dpar, table)]
    values = np.column_stack([column for _, column in named]) if named else np.empty((table.n, 0))
    return pd.DataFrame(values, columns=[name for name, _ in named])
