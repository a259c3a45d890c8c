"""Derivatives of half deviances, saturated likelihoods and inverse links, by finite differences."""

from __future__ import annotations

import numpy as np
import pytest

from smoothstan.families.gam_families import GAM_FAMILIES
from smoothstan.families.links import LINKS
from smoothstan.gam.likelihood import Observations

ETA = np.array([-1.2, -0.4, 0.1, 0.6, 1.4])
POSITIVE = np.array([0.3, 0.7, 1.1, 1.8, 2.5])
WEIGHTS = np.array([1.0, 2.0, 0.5, 3.0, 1.5])
SHAPES = {"negbinomial": [0.7], "student": [0.9, -0.2], "beta": [1.3]}
COUNTS = np.array([0.0, 1.0, 3.0, 2.0, 7.0])
RESPONSES = {
    "gaussian": ETA + 0.3,
    "student": ETA + np.array([0.3, -0.5, 2.0, 0.1, -3.0]),
    "poisson": COUNTS,
    "negbinomial": COUNTS,
    "quasipoisson": COUNTS + 0.5,
    "binomial": np.array([0.0, 0.5, 1.0, 1 / 3, 0.4]),
    "quasibinomial": np.array([0.0, 0.5, 1.0, 1 / 3, 0.4]),
    "bernoulli": np.array([0.0, 1.0, 1.0, 0.0, 1.0]),
    "beta": np.array([0.1, 0.5, 0.9, 0.3, 0.45]),
    "gamma": POSITIVE + 0.2,
    "inverse.gaussian": POSITIVE + 0.2,
}
STEP = 1e-4


def difference(function, at, direction):
    """Fourth-order central difference."""
    h = STEP * direction
    return (8 * (function(at + h) - function(at - h)) - function(at + 2 * h) + function(at - 2 * h)) / (12 * STEP)


def close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=2e-8, atol=2e-8 * max(1.0, float(np.max(np.abs(expected)))))


@pytest.mark.parametrize("name", sorted(LINKS))
def test_inverse_link_derivatives(name):
    link = LINKS[name]
    functions = [link.inverse, *[lambda e, k=k: link.inverse_derivatives(e)[k] for k in range(4)]]
    eta = POSITIVE if name in ("inverse", "sqrt", "1/mu^2") else ETA
    for k in range(4):
        close(functions[k + 1](eta), difference(functions[k], eta, 1.0))


CASES = [(name, link) for name in sorted(GAM_FAMILIES) for link in GAM_FAMILIES[name].links]


def observations(name, link):
    family = GAM_FAMILIES[name]()
    eta = ETA
    if link in ("inverse", "sqrt", "1/mu^2") or (link == "identity" and family.lower == 0.0):
        eta = POSITIVE
    if link == "identity" and family.upper == 1.0:
        eta = np.array([0.1, 0.3, 0.5, 0.7, 0.95])
    if link == "log" and family.upper == 1.0:
        eta = -POSITIVE
    y = RESPONSES[name]
    return Observations(y, WEIGHTS, np.zeros(5), family, LINKS[link]), eta, np.array(SHAPES.get(name, []))


@pytest.mark.parametrize(("name", "link"), CASES)
def test_predictor_derivatives(name, link):
    data, eta, theta = observations(name, link)

    def half(e):
        return data.family.half_deviance(data.y, data.mean(e), data.weights, theta)

    def part(k):
        return lambda e: (*data.slopes(e, data.mean(e), theta)[:2], data.derivatives(e, data.mean(e), theta).third)[k]

    first, second, _ = data.slopes(eta, data.mean(eta), theta)
    higher = data.derivatives(eta, data.mean(eta), theta)
    close(first, difference(half, eta, 1.0))
    close(second, difference(part(0), eta, 1.0))
    close(higher.third, difference(part(1), eta, 1.0))
    close(higher.fourth, difference(part(2), eta, 1.0))


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_shape_derivatives(name):
    family = GAM_FAMILIES[name]
    data, eta, theta = observations(name, family.links[0])
    mu = data.mean(eta)
    assert len(family.shape_names) == theta.size == family().initial_shape(data.y, data.weights).size
    derivatives = data.family.shape_derivatives(data.y, mu, data.weights, theta)
    for j in range(theta.size):
        unit = np.eye(theta.size)[j]
        close(
            derivatives.first[j, 0],
            difference(lambda t: data.family.half_deviance(data.y, mu, data.weights, t), theta, unit),
        )
        for order in range(3):
            close(
                derivatives.first[j, order + 1],
                difference(
                    lambda t, o=order: data.family.mean_derivatives(data.y, mu, data.weights, t)[o], theta, unit
                ),
            )
        for i in range(theta.size):
            close(
                derivatives.second[i, j],
                difference(
                    lambda t, i=i: data.family.shape_derivatives(data.y, mu, data.weights, t).first[i, :3], theta, unit
                ),
            )


@pytest.mark.parametrize("name", sorted(GAM_FAMILIES))
def test_saturated_likelihood(name):
    data, _, theta = observations(name, GAM_FAMILIES[name].links[0])
    family, y, w, phi = data.family, data.y, data.weights, 0.7
    at = family.saturated(y, w, phi, theta)
    if not family.scale_known:
        log_phi = np.array([np.log(phi)])
        close(
            at.scale_gradient,
            difference(lambda t: family.saturated(y, w, float(np.exp(t[0])), theta).value, log_phi, np.ones(1)),
        )
        close(
            at.scale_hessian,
            difference(
                lambda t: family.saturated(y, w, float(np.exp(t[0])), theta).scale_gradient, log_phi, np.ones(1)
            ),
        )
    for j in range(theta.size):
        unit = np.eye(theta.size)[j]
        close(at.shape_gradient[j], difference(lambda t: family.saturated(y, w, phi, t).value, theta, unit))
        close(at.shape_hessian[:, j], difference(lambda t: family.saturated(y, w, phi, t).shape_gradient, theta, unit))


@pytest.mark.parametrize("name", sorted(GAM_FAMILIES))
def test_information_is_the_expected_curvature_where_it_can_be_summed(name):
    """Checked where y = mu: there the curvature of an exponential family is its expectation."""
    family = GAM_FAMILIES[name]()
    theta = np.array(SHAPES.get(name, []))
    mu = np.array([0.3, 0.5, 0.7])
    weights = np.ones(3)
    if name == "student":
        from scipy import integrate, stats

        nu, sigma = np.exp(theta[0]) + 3, np.exp(theta[1])

        def curvature(y):
            second = family.mean_derivatives(np.array([y]), np.zeros(1), np.ones(1), theta)[1][0]
            return second * stats.t.pdf(y / sigma, nu) / sigma

        expected = integrate.quad(curvature, -np.inf, np.inf)[0]
        assert family.information(np.zeros(1), np.ones(1), theta)[0] == pytest.approx(expected, rel=1e-8)
        return
    y = mu
    close(family.information(mu, weights, theta), family.mean_derivatives(y, mu, weights, theta)[1])


def scipy_log_density(name, y, mu, theta, phi):
    from scipy import stats

    return {
        "gaussian": lambda: stats.norm.logpdf(y, mu, np.sqrt(phi)),
        "poisson": lambda: stats.poisson.logpmf(y, mu),
        "bernoulli": lambda: stats.bernoulli.logpmf(y, mu),
        "gamma": lambda: stats.gamma.logpdf(y, 1 / phi, scale=mu * phi),
        "inverse.gaussian": lambda: stats.invgauss.logpdf(y, mu * phi, scale=1 / phi),
        "negbinomial": lambda: stats.nbinom.logpmf(y, np.exp(theta[0]), 1 / (1 + mu * np.exp(-theta[0]))),
        "beta": lambda: stats.beta.logpdf(y, mu * np.exp(theta[0]), (1 - mu) * np.exp(theta[0])),
        "student": lambda: stats.t.logpdf(y, np.exp(theta[0]) + 3, mu, np.exp(theta[1])),
    }[name]()


@pytest.mark.parametrize(
    "name", ["gaussian", "poisson", "bernoulli", "gamma", "inverse.gaussian", "negbinomial", "beta", "student"]
)
def test_log_likelihood_is_scipys(name):
    data, eta, theta = observations(name, GAM_FAMILIES[name].links[0])
    phi = 1.0 if data.family.scale_known else 0.6
    mu = data.mean(eta)
    expected = float(np.sum(scipy_log_density(name, data.y, mu, theta, phi)))
    assert data.family.log_likelihood(data.y, mu, np.ones(5), theta, phi) == pytest.approx(expected, rel=1e-12)


def test_beta_deviance_vanishes_at_saturation_only():
    family, y, theta = GAM_FAMILIES["beta"](), RESPONSES["beta"], np.array(SHAPES["beta"])
    best = family.deviance_at_saturation(y, WEIGHTS, theta)
    for mu in (0.2, 0.5, 0.8):
        assert np.all(family.half_deviance(y, np.full(5, mu), WEIGHTS, theta) >= best)
