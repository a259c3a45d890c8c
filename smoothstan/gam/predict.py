"""Predictions term by term."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.gam.design import GamDesign
from smoothstan.gam.penalised_fit import PenalisedFit

if TYPE_CHECKING:
    import pandas as pd


def predict_terms(
    design: GamDesign,
    fit: PenalisedFit,
    matrix: FloatArray,
    covariance: FloatArray,
    left_out: list[tuple[int, int]],
    *,
    overall: bool,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the contribution of every term to the linear predictor, and its standard errors.

    Args:
        design: the model.
        fit: its fit.
        matrix: (n, p) model matrix at the rows.
        covariance: (p, p) covariance of the coefficients.
        left_out: columns of terms that are not wanted.
        overall: include the uncertainty of the overall mean in terms that are centred.

    Returns:
        Two tables with a column per term; the first says in ``attrs["constant"]`` what the intercept adds.
    """
    import pandas as pd

    places = list(design.parametric.term_columns)
    smooths = {term.label: (term.block.start, term.block.stop) for term in design.terms}
    places += [(label, *place) for label, place in smooths.items()]
    centred = {term.label for term in design.terms if term.smooth.smooth.constraint is not None}
    means = fit.problem.matrix.transpose_times(np.ones(design.table.n)) / design.table.n
    values: dict[str, FloatArray] = {}
    errors: dict[str, FloatArray] = {}
    for label, start, stop in places:
        if (start, stop) in left_out:
            continue
        columns = matrix[:, start:stop]
        values[label] = columns @ fit.coefficients[start:stop]
        if overall and label in centred:
            full = np.tile(means, (len(matrix), 1))
            full[:, start:stop] = columns
            variance = np.einsum("ij,jk,ik->i", full, covariance, full, optimize=True)
        else:
            variance = np.einsum("ij,jk,ik->i", columns, covariance[start:stop, start:stop], columns, optimize=True)
        errors[label] = np.sqrt(np.maximum(variance, 0.0))
    table = pd.DataFrame(values, index=range(len(matrix)))
    table.attrs["constant"] = float(fit.coefficients[0]) if design.parametric.intercept else 0.0
    return table, pd.DataFrame(errors, index=range(len(matrix)))
