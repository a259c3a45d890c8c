"""Whether the bases of a penalised fit are large enough, smooth by smooth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.gam.design import GamDesign, GamTerm
from smoothstan.gam.diagnostics import basis_check
from smoothstan.gam.penalised_fit import PenalisedFit
from smoothstan.smooths import GroupedBasis, Rows
from smoothstan.smooths.tensor import PlacedTensor
from smoothstan.smooths.tensor_t2 import PlacedT2
from smoothstan.table import Factor

if TYPE_CHECKING:
    import pandas as pd

_MOST_ROWS = 5000


def basis_table(design: GamDesign, fit: PenalisedFit, seed: int | None) -> pd.DataFrame:
    """Return k', edf, k-index and p-value of every smooth; NaN where a covariate is a factor."""
    import pandas as pd

    rng = np.random.default_rng(seed)
    residuals = fit.residuals("deviance")
    edf = fit.block_sums(fit.edf)
    rows = []
    chosen = rng.choice(design.table.n, _MOST_ROWS, replace=False) if design.table.n > _MOST_ROWS else slice(None)
    for term, degrees in zip(design.terms, edf, strict=True):
        covariates = _covariates(term, design, fit)
        if covariates is None:
            rows.append((float(term.block.size), float(degrees), np.nan, np.nan))
            continue
        found = basis_check(residuals[chosen], covariates[chosen], rng)
        rows.append((float(term.block.size), float(degrees), found.index, found.p_value))
    labels = [term.label for term in design.terms]
    return pd.DataFrame(rows, columns=["k'", "edf", "k-index", "p-value"], index=labels)


def _covariates(term: GamTerm, design: GamDesign, fit: PenalisedFit) -> FloatArray | None:
    """Return the (n, d) covariates on comparable scales; None if one is a factor or a matrix.

    Of a smooth for every level of a factor the numbers count alone.
    """
    basis = term.smooth.smooth.basis
    values = [covariate.at(design.table) for covariate in term.smooth.covariates]
    numbers = [v for v in values if not isinstance(v, Factor) and v.ndim == 1]
    by_level = isinstance(basis, GroupedBasis) and not basis.random_effect
    if not numbers or (len(numbers) < len(values) and not by_level):
        return None
    x = np.column_stack(numbers)
    return x * _slopes(term, fit, x) if isinstance(basis, (PlacedTensor, PlacedT2)) else x


def _slopes(term: GamTerm, fit: PenalisedFit, x: FloatArray) -> FloatArray:
    """Return how much the smooth changes along each covariate, so that distances count in its units."""
    ranges = np.ptp(x, axis=0)
    coefficients = fit.coefficients[term.block.columns]
    slopes = np.ones(x.shape[1])
    base = term.at(Rows(tuple(x.T))) @ coefficients
    for j in range(x.shape[1]):
        moved = x.copy()
        moved[:, j] += ranges[j] / 1000
        change = (term.at(Rows(tuple(moved.T))) @ coefficients - base) / (ranges[j] / 1000)
        slopes[j] = np.mean(np.abs(change))
    return slopes
