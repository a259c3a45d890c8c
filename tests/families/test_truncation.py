"""Truncated responses: their means against sums and integrals of the density, their draws against its shape."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from test_laws import ATOMS, SKEW_LOCATION, SUPPORTS, TRIALS, parameters

from smoothstan.arrays import FloatArray
from smoothstan.families import FAMILIES, Family, Response, draw_responses, expected_response, log_likelihood

KINDS = sorted(name for name, kind in FAMILIES.items() if kind.cdf)
BOUNDS = {
    "count": ((1, 4), (None, 3), (2, None), (0, 2), (3, 3)),
    "unit": ((0.2, 0.7), (None, 0.3), (0.6, None), (-1.0, 0.5)),
    "positive": ((0.3, 1.5), (None, 0.6), (1.2, None), (-1.0, 0.9), (3.0, 3.5)),
    "real": ((-0.5, 1.0), (None, -0.6), (1.4, None), (4.0, 4.5)),
}


def bounds_of(name: str) -> tuple[tuple[float | None, float | None], ...]:
    if FAMILIES[name].discrete:
        return BOUNDS["count"]
    return BOUNDS["unit" if SUPPORTS.get(name) == (0.0, 1.0) else "positive" if name in SUPPORTS else "real"]


CASES = [(name, low, high) for name in KINDS for low, high in bounds_of(name)]


def within(low: float | None, high: float | None, n: int = 1) -> Response:
    given = {key: np.full(n, float(v)) for key, v in (("lb", low), ("ub", high)) if v is not None}
    return Response("y", np.zeros(n), trials=np.full(n, TRIALS), **given)


def density_of(family: Family, low: float | None, high: float | None) -> Callable[[FloatArray], FloatArray]:
    def density(y: FloatArray) -> FloatArray:
        here = replace(within(low, high, len(y)), y=y)
        return np.exp(log_likelihood(family, here, parameters(type(family)))[0])

    return density


def moments(family: Family, low: float | None, high: float | None) -> tuple[float, float]:
    """Return the total probability and the mean within the bounds, by brute force."""
    density = density_of(family, low, high)
    if family.discrete:
        values = np.arange(low or 0.0, (60 if high is None else high) + 1.0)
        chances = density(values)
        return chances.sum(), float(values @ chances)
    edges = SUPPORTS.get(family.name, (-3000.0, 3000.0))
    edges = (edges[0], 1e6 if edges[1] > 1 else 1.0)
    start, end = max(edges[0], -np.inf if low is None else low), min(edges[1], np.inf if high is None else high)
    kinks = (
        -400.0,
        -50.0,
        -15.0,
        -5.0,
        0.001,
        0.05,
        0.2,
        0.4,
        SKEW_LOCATION,
        0.95,
        0.999,
        2.0,
        5.0,
        15.0,
        50.0,
        400.0,
        3e3,
        3e4,
    )
    places = [start, *sorted(p for p in kinks if start < p < end), end]
    nodes, weights = np.polynomial.legendre.leggauss(200)
    y = np.concatenate([(a + b) / 2 + (b - a) / 2 * nodes for a, b in itertools.pairwise(places)])
    chances = np.concatenate([(b - a) / 2 * weights for a, b in itertools.pairwise(places)]) * density(y)
    atoms = np.array(
        [a for a in ATOMS.get(family.name, ()) if (low is None or a >= low) and (high is None or a <= high)]
    )
    masses = density(atoms)
    return float(chances.sum() + masses.sum()), float(chances @ y + masses @ atoms)


@pytest.mark.parametrize(("name", "low", "high"), CASES)
def test_mean_is_the_integral(name: str, low: float | None, high: float | None) -> None:
    family = FAMILIES[name].create({})
    total, mean = moments(family, low, high)
    # What the integral leaves out: t(5) beyond 3000 has 1e-16 of the mass and 1e-12 of the mean.
    assert total == pytest.approx(1, abs=1e-8)
    found = expected_response(family, within(low, high), parameters(FAMILIES[name]))
    assert found[0, 0] == pytest.approx(mean, rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("name", KINDS)
def test_bounds_outside_the_support_change_nothing(name: str) -> None:
    family, given = FAMILIES[name].create({}), parameters(FAMILIES[name])
    free = family.mean(given, within(None, None))
    for response in (within(-np.inf, np.inf), within(-np.inf, None), within(None, np.inf)):
        np.testing.assert_allclose(expected_response(family, response, given), free, rtol=1e-12)


@pytest.mark.parametrize(("name", "low", "high"), CASES)
def test_draws_follow_the_density(name: str, low: float | None, high: float | None) -> None:
    """Some by drawing again, some by inversion: bounds with little probability are among the cases."""
    family, n = FAMILIES[name].create({}), 400
    given = {key: np.broadcast_to(v, (n, 1)) for key, v in parameters(FAMILIES[name]).items()}
    response = within(low, high)
    y = draw_responses(family, np.random.default_rng(3), given, response)[:, 0]
    assert np.all(y >= (-np.inf if low is None else low))
    assert np.all(y <= (np.inf if high is None else high))
    if low == high:
        return
    density = density_of(family, low, high)
    if family.discrete:
        values = np.arange(y.max() + 1)
        chances = np.where(values >= (low or 0), density(values), 0.0)
        observed = np.array([np.sum(y == v) for v in values], dtype=float)
        kept = chances * n > 5
        expected = np.append(chances[kept], max(1 - chances[kept].sum(), 1e-9)) * n
        found = np.append(observed[kept], observed[~kept].sum())
        inside = expected > 1e-3
        assert stats.chisquare(found[inside], expected[inside] / expected[inside].sum() * n).pvalue > 1e-3
        return
    inside = within(low, high, n)
    bottom, top = np.full(n, -np.inf if low is None else low), np.full(n, np.inf if high is None else high)
    given = parameters(FAMILIES[name])
    log_total = family.log_between(bottom, top, given, inside)
    u = np.exp(family.log_between(bottom, y, given, inside) - log_total).ravel()
    atom = np.isin(y, ATOMS.get(name, ()))
    u[atom] *= np.random.default_rng(4).random(int(atom.sum()))  # all that a jump from 0 passes over is equally likely
    assert stats.kstest(u, "uniform").pvalue > 1e-3


def test_far_tails() -> None:
    """Bounds that a normal number exceeds with probability 1e-198: the mean excess is 1 / 30, nearly."""
    family = FAMILIES["gaussian"].create({})
    given = {"mu": np.zeros((500, 1)), "sigma": np.ones((500, 1))}
    exact = 30.03326000  # phi(30) / (1 - Phi(30)), by its continued fraction
    hazard = 30.0
    for k in range(60, 0, -1):
        hazard = 30 + k / hazard
    assert exact == pytest.approx(hazard, rel=1e-6)
    response = within(30.0, None)
    np.testing.assert_allclose(expected_response(family, response, given), hazard, rtol=1e-11)
    y = draw_responses(family, np.random.default_rng(1), given, response)
    assert y.min() >= 30
    assert abs(y.mean() - hazard) < 5 * y.std() / np.sqrt(y.size)
    mirrored = within(None, -30.0)
    np.testing.assert_allclose(expected_response(family, mirrored, given), -hazard, rtol=1e-11)
    assert draw_responses(family, np.random.default_rng(1), given, mirrored).max() <= -30


def test_bounds_without_probability_give_missing_values() -> None:
    family = FAMILIES["poisson"].create({})
    given = {"mu": np.array([[1e-3], [5.0]])}
    response = within(None, -1)
    assert np.isnan(draw_responses(family, np.random.default_rng(1), given, response)).all()
    assert np.isnan(expected_response(family, response, given)).all()


def test_bounds_of_which_only_the_logarithm_of_the_probability_is_a_number() -> None:
    family = FAMILIES["poisson"].create({})
    given = {"mu": np.array([[1e-3]])}
    response = within(400, None)
    assert draw_responses(family, np.random.default_rng(1), given, response)[0, 0] == 400
    assert expected_response(family, response, given)[0, 0] == pytest.approx(400 + 1e-3 / 401, rel=1e-9)


@pytest.mark.parametrize("name", ["hurdle_gamma", "hurdle_lognormal", "zero_inflated_beta"])
def test_bounds_of_which_zero_has_nearly_all_the_probability(name: str) -> None:
    """Drawing again fails: the zeros come from the inverse of a distribution function that jumps."""
    family, given = FAMILIES[name].create({}), parameters(FAMILIES[name])
    given = {**given, ("hu" if "hu" in given else "zi"): np.full((1, 1), 1e-9)}
    response = within(None, 1e-9)
    np.testing.assert_array_equal(draw_responses(family, np.random.default_rng(1), given, response), 0.0)
    assert 0 <= expected_response(family, response, given)[0, 0] < 1e-9


def test_interval_in_the_far_tail_of_the_family_beside_the_zeros() -> None:
    """The probability of the zeros must not swallow what lies between bounds above them."""
    family = FAMILIES["zero_inflated_poisson"].create({})
    given = {"mu": np.full((1, 1), 200.0), "zi": np.full((1, 1), 0.3)}
    found = family.log_between(np.array([20.0]), np.array([30.0]), given, within(None, None))
    expected = np.log(0.7) + np.logaddexp.reduce(stats.poisson.logpmf(np.arange(21, 31), 200.0))
    assert found[0, 0] == pytest.approx(expected, rel=1e-12)


def test_every_row_has_its_bounds() -> None:
    family, rng = FAMILIES["poisson"].create({}), np.random.default_rng(2)
    response = Response("y", np.zeros(3), lb=np.array([0.0, 3, -np.inf]), ub=np.array([np.inf, 5, 2]))
    given = {"mu": np.full((2000, 3), 3.0)}
    y = draw_responses(family, rng, given, response)
    assert set(y[:, 1]) == {3, 4, 5}
    assert set(y[:, 2]) == {0, 1, 2}
    mean = expected_response(family, response, given)
    assert mean[0, 0] == pytest.approx(3)
    np.testing.assert_array_less(np.abs(y.mean(0) - mean[0]), 5 * y.std(0) / np.sqrt(2000))
