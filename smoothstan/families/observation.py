"""What is observed of a response: all of it, or that it lies in an interval; among all values, or within bounds."""

from __future__ import annotations

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.family import Family, Parameters, Response


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
    return np.where(cens == 2, family.log_between(response.y, end, parameters, response), value)


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
    return family.log_between(*truncation_bounds(family, response), parameters, response)
