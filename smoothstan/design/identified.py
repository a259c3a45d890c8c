"""Whether the data and the priors together determine every population-level coefficient."""

from __future__ import annotations

import numpy as np

from smoothstan.design.design import Design
from smoothstan.errors import DataError
from smoothstan.priors import PriorTable
from smoothstan.terms import LinearTerm, prior_dpar


def refuse_constant_columns(design: Design, priors: PriorTable) -> None:
    """Raise DataError for a column that is constant beside an intercept and has a flat prior."""
    for term in design.terms:
        if not isinstance(term, LinearTerm) or not term.columns_centred:
            continue
        columns = term.matrix.at(design.table)[:, int(term.centred) :]
        for name, spread in zip(term.coefficients, np.ptp(columns, axis=0), strict=True):
            if spread == 0 and priors.resolve("b", name, "", prior_dpar(term.dpar)).distribution is None:
                raise DataError(
                    f"the population-level column {name!r} has the same value in every row, so that it cannot be "
                    "told apart from the intercept; leave it out, or give it a proper prior"
                )
