"""Whether ranks are uniform, and how often this says no of a sampler that is right."""

from __future__ import annotations

import numpy as np
from scipy import stats

BINS = 10
# Of a model, over all its quantities by Bonferroni's correction; so all models together raise a
# false alarm about once in a hundred choices of the seeds.
FALSE_ALARM = 0.001


def uniformity(ranks: np.ndarray, draws: int) -> float:
    """Return the p-value of uniform ranks: the smaller of chi-square and ECDF tests, times two.

    The ECDF test is Kolmogorov's, on ranks that are spread evenly within their cell so that they are
    continuous; chi-square sees a U or an arch, which Kolmogorov's statistic hardly does.

    Args:
        ranks: how many of the draws lie below the truth, (simulations,).
        draws: draws that a truth is ranked among; ``draws + 1`` is a multiple of ``BINS``.
    """
    counts = np.bincount(ranks * BINS // (draws + 1), minlength=BINS)
    spread = np.random.default_rng(7).uniform(size=len(ranks))
    ecdf = stats.kstest((ranks + spread) / (draws + 1), "uniform").pvalue
    return float(min(1.0, 2 * min(stats.chisquare(counts).pvalue, ecdf)))
