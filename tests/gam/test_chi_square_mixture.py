"""Tail probabilities against closed forms and against Imhof's integral."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from smoothstan.gam.chi_square_mixture import mixture_tail


@pytest.mark.parametrize("df", [0.5, 1, 2, 3, 7.3, 50, 400])
@pytest.mark.parametrize("p", [0.999, 0.5, 0.05, 1e-3, 1e-8, 1e-20, 1e-100])
@pytest.mark.parametrize("weight", [1.0, 2.5, 1e-7])
def test_one_chi_square(df, p, weight):
    x = stats.chi2.isf(p, df)
    expected = stats.chi2.sf(x, df)
    assert mixture_tail(np.array([weight]), np.array([df]), weight * x) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("rest", [3, 17, 100, 1000, 1e5])
@pytest.mark.parametrize("p", [0.999, 0.3, 1e-3, 1e-8])
@pytest.mark.parametrize("df", [1, 4, 60])
def test_ratio_is_f(df, rest, p):
    f = stats.f.isf(p, df, rest)
    expected = stats.f.sf(f, df, rest)
    found = mixture_tail(np.array([1.0, -f * df / rest]), np.array([df, rest]))
    assert found == pytest.approx(expected, rel=1e-7, abs=1e-12)


def test_distinct_pairs_have_a_closed_form():
    """Weights each with two degrees of freedom: a mixture of exponentials (Imhof 1961, equation 2.4)."""
    w, x = np.array([6.0, 3.0, 1.0]), 20.0
    share = [np.prod([a / (a - b) for b in w if b != a]) for a in w]
    expected = sum(s * np.exp(-x / (2 * a)) for s, a in zip(share, w, strict=True))
    assert mixture_tail(w, np.full(3, 2.0), x) == pytest.approx(expected, rel=1e-10)


def imhof(weights, degrees, x):
    def integrand(u):
        angle = 0.5 * np.sum(degrees * np.arctan(weights * u)) - 0.5 * x * u
        return np.sin(angle) / (u * np.prod((1 + (weights * u) ** 2) ** (degrees / 4)))

    return 0.5 + integrate.quad(integrand, 0, 2000, limit=20000)[0] / np.pi


@pytest.mark.parametrize("seed", range(8))
def test_imhof(seed):
    rng = np.random.default_rng(seed)
    weights, degrees, x = rng.normal(size=4), rng.integers(1, 4, 4).astype(float), 2 * rng.normal()
    assert mixture_tail(weights, degrees, x) == pytest.approx(imhof(weights, degrees, x), abs=1e-7)


def test_borders():
    one = np.ones(1)
    assert mixture_tail(one, one, 0.0) == 1.0
    assert mixture_tail(-one, one, 0.0) == 0.0
    assert mixture_tail(one, one, np.inf) == 0.0
    assert np.isnan(mixture_tail(one, one, np.nan))
    assert mixture_tail(np.array([1.0, 1e-14]), np.ones(2), 3.84) == pytest.approx(stats.chi2.sf(3.84, 1), rel=1e-9)
