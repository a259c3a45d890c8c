"""Expected and new responses, among all values of the family or within the bounds of truncation."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from smoothstan.arrays import BoolArray, FloatArray, IntArray
from smoothstan.families.family import Family, Parameters, Response
from smoothstan.families.observation import log_mass_within, truncation_bounds

_ATTEMPTS = 64
_DOUBLINGS = 1024
_HALVINGS = 120
"""More than the doubles between a bound and the largest step that the doublings end with."""


def expected_response(family: Family, response: Response, parameters: Parameters) -> FloatArray:
    """Return the expected response, (draws, rows); of a truncated one the mean within its bounds.

    It is missing where the bounds have a probability of 0 in double precision.
    """
    if response.lb is None and response.ub is None:
        return family.mean(parameters, response)
    low, high = truncation_bounds(family, response)
    known = dict(parameters)
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        mean = family.truncated_mean(low, high, known, response)
    smallest, largest = (low + 1, np.floor(high)) if family.discrete else (low, high)
    return np.clip(mean, smallest, largest)


def draw_responses(family: Family, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
    """Draw new responses, (draws, rows); those of a truncated response lie within its bounds.

    What falls outside is drawn again up to 64 times; for the rest the distribution function is inverted. Where the
    bounds have a probability of 0 in double precision the result is missing.
    """
    drawn = family.draw(rng, parameters, response)
    if response.lb is None and response.ub is None:
        return drawn
    low, high = truncation_bounds(family, response)
    for _ in range(_ATTEMPTS):
        outside = np.argwhere(~((drawn > low) & (drawn <= high)))
        if not len(outside):
            return drawn
        drawn[tuple(outside.T)] = family.draw(rng, *_elements(parameters, response, outside, drawn.shape))[0]
    outside = np.argwhere(~((drawn > low) & (drawn <= high)))
    if len(outside):
        u = rng.random((1, len(outside)))
        drawn[tuple(outside.T)] = _inverse(family, u, *_elements(parameters, response, outside, drawn.shape))[0]
    return drawn


def _elements(
    parameters: Parameters, response: Response, at: IntArray, shape: tuple[int, ...]
) -> tuple[dict[str, FloatArray], Response]:
    """Return the parameters, (1, elements), and the response at the (elements, 2) places of (draws, rows)."""
    draws, rows = at.T
    chosen = {name: np.broadcast_to(v, shape)[draws, rows][None] for name, v in parameters.items()}
    given = {f.name: getattr(response, f.name) for f in fields(response)[1:]}
    taken = {name: v[rows] for name, v in given.items() if v is not None and len(v) == shape[1]}
    return chosen, replace(response, **taken)


def _inverse(family: Family, u: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
    """Return the smallest y with P(low < Y <= y) >= u P(low < Y <= high), (1, elements)."""
    low, high = (np.array(np.broadcast_to(bound, u.shape)) for bound in truncation_bounds(family, response))
    wanted = np.log(u) + log_mass_within(family, response, parameters)
    possible = np.isfinite(wanted)
    low, high = np.where(possible, low, 0.0), np.where(possible, high, 0.0)

    def reached(y: FloatArray) -> BoolArray:
        return np.asarray(family.log_between(low[0], y[0], parameters, response) >= wanted)

    # A smallest value that has a probability of its own would only be approached.
    lowest = family.support[0]
    open_below = np.isneginf(low) & np.isfinite(lowest)
    smallest = possible & open_below & reached(np.where(open_below, lowest, high))
    step = np.maximum(np.abs(np.where(np.isfinite(low), low, high)), 1.0)
    endless_up, endless_down = np.isinf(high), np.isinf(low)
    top = np.where(endless_up, low + step, high)
    bottom = np.where(endless_down, high - step, low)
    for _ in range(_DOUBLINGS):
        short, long = endless_up & ~reached(top), endless_down & reached(bottom)
        if not (short | long).any():
            break
        step *= np.where(short | long, 2.0, 1.0)
        top, bottom = np.where(short, low + step, top), np.where(long, high - step, bottom)
    for _ in range(_HALVINGS):
        middle = bottom + (top - bottom) / 2
        middle = np.floor(middle) if family.discrete else middle
        enough = reached(middle)
        top, bottom = np.where(enough, middle, top), np.where(enough, bottom, middle)
    return np.where(possible, np.where(smallest, lowest, top), np.nan)
