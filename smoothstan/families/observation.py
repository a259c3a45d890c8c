"""What is observed of a response: all of it, or that it lies in an interval; among all values, or within bounds."""

from __future__ import annotations

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.family import Family, Parameters, Response
from smoothstan.families.log_scale import log_difference


def log_likelihood(family: Family, response: Response, parameters: Parameters) -> FloatArray:
    """Return the weighted log likelihood of every observation, (draws, rows).

    A censored observation counts by the probability of its interval; an interval holds its upper end, not its lower
    one.  Truncation divides by the probability of the bounds, which are both included.
    """
    value = family.log_density(response, parameters)
    if response.cens is not None:
        value = _censored(value, response.cens, family, response, parameters)
    if response.lb is not None or response.ub is not None:
        value = value - log_mass_within(family, response, parameters)
    return value if response.weights is None else value * response.weights


def _censored(
    value: FloatArray, cens: FloatArray, family: Family, response: Response, parameters: Parameters
) -> FloatArray:
    below, above = (f(response.y, parameters, response) for f in (family.log_cdf, family.log_ccdf))
    value = np.where(cens == -1, below, np.where(cens == 1, above, value))
    if response.rcens is None:
        return value
    end = np.where(cens == 2, response.rcens, response.y + 1)
    return np.where(cens == 2, log_between(family, response.y, end, parameters, response), value)


def lower_edge(family: Family, bound: FloatArray) -> FloatArray:
    """Return the largest value that is not above a lower bound that is itself included."""
    return np.ceil(bound) - 1 if family.discrete else bound


def truncation_bounds(family: Family, response: Response) -> tuple[FloatArray, FloatArray]:
    """Return (low, high), each (rows,), such that truncation keeps low < Y <= high; infinite beyond the support."""
    n = len(response.lb if response.lb is not None else response.ub)  # type: ignore[arg-type]
    lowest, highest = family.support
    low, high = np.full(n, -np.inf), np.full(n, np.inf)
    if response.lb is not None:
        low = np.where(response.lb > lowest, lower_edge(family, response.lb), low)
    if response.ub is not None:
        end = np.floor(response.ub) if family.discrete else response.ub
        high = np.where(response.ub < highest, end, high)
    return low, high


def log_mass_within(family: Family, response: Response, parameters: Parameters) -> FloatArray:
    """Return the log probability of the bounds of truncation, (draws, rows)."""
    return log_between(family, *truncation_bounds(family, response), parameters, response)


def log_between(
    family: Family, low: FloatArray, high: FloatArray, parameters: Parameters, response: Response
) -> FloatArray:
    """Return log P(low < Y <= high), from the tail in which it loses no digits."""
    lowest, highest = family.support
    empty = (high < lowest) | (low >= highest)
    low = np.where(low < lowest if family.discrete else low <= lowest, -np.inf, low)
    high = np.where(high >= highest, np.inf, high)
    # Distribution functions need not take numbers beyond the support; what overflows on the way has the right limit.
    inside = 0.0 if family.discrete else 0.5
    bottom, top = (np.where(np.isfinite(bound) & ~empty, bound, inside) for bound in (low, high))
    with np.errstate(over="ignore", divide="ignore"):
        lower = np.where(low == -np.inf, -np.inf, family.log_cdf(bottom, parameters, response))
        upper = np.where(high == np.inf, 0.0, family.log_cdf(top, parameters, response))
        lower_tail = np.where(low == -np.inf, 0.0, family.log_ccdf(bottom, parameters, response))
        upper_tail = np.where(high == np.inf, -np.inf, family.log_ccdf(top, parameters, response))
    from_below = lower < np.log(0.5)
    inside_mass = np.where(from_below, log_difference(upper, lower), log_difference(lower_tail, upper_tail))
    return np.where(empty, -np.inf, inside_mass)
