"""Gradient and Hessian of every criterion by finite differences, for every family with a link that is not canonical."""

from __future__ import annotations

from dataclasses import replace

import gam_cases
import numpy as np
import pytest

from smoothstan.families.gam_families import GAM_FAMILIES
from smoothstan.families.links import LINKS
from smoothstan.gam.criterion import Criterion
from smoothstan.gam.model_matrix import Rotated
from smoothstan.gam.optimise import evaluate
from smoothstan.gam.penalised_fit import observations
from smoothstan.gam.penalised_least_squares import least_squares
from smoothstan.gam.penalty_system import penalty_system
from smoothstan.gam.pirls import Pirls

LINK = {"gaussian": "log", "binomial": "probit", "bernoulli": "cloglog", "poisson": "sqrt", "gamma": "inverse"}


def response(name, mean):
    rng = np.random.default_rng(4)
    n = mean.size
    p = mean / (1 + mean)
    return {
        "gaussian": lambda: mean + 2 + 0.3 * rng.normal(size=n),
        "student": lambda: np.log(mean) + 0.4 * rng.standard_t(4, size=n),
        "poisson": lambda: rng.poisson(mean),
        "quasipoisson": lambda: rng.negative_binomial(2, 2 / (2 + mean)),
        "negbinomial": lambda: rng.negative_binomial(2, 2 / (2 + mean)),
        "binomial": lambda: rng.random(n) < p,
        "quasibinomial": lambda: rng.random(n) < p,
        "bernoulli": lambda: rng.random(n) < p,
        "beta": lambda: np.clip(rng.beta(8 * p, 8 * (1 - p)), 0.01, 0.99),
        "gamma": lambda: rng.gamma(3, mean / 3),
        "inverse.gaussian": lambda: rng.wald(mean, 3.0),
    }[name]()


def criterion(name, method, base="g_te"):
    problem = gam_cases.problem(base)
    mean = np.exp(1.5 * (problem.y - problem.y.mean()) / problem.y.std() / 2)
    weights = np.random.default_rng(1).uniform(0.5, 2.0, problem.y.size)
    family = GAM_FAMILIES[name]
    problem = replace(
        problem,
        y=np.asarray(response(name, mean), dtype=float),
        weights=weights,
        family=family(),
        link=LINKS[LINK.get(name, family.links[0])],
        method=method,
    )
    system = penalty_system(problem.matrix.columns, problem.blocks)
    data = observations(problem)
    finder = Pirls(data, Rotated(problem.matrix, system.rotation), system)
    return Criterion(data, finder, system, method, 1.0 if family.scale_known else None)


def check_derivatives(objective, psi, step=2e-4):
    here = evaluate(objective, psi, None)
    exact = objective.derivatives(here.mode, here.phi)

    def at(shift):
        point = evaluate(objective, psi + shift, here.mode.coefficients)
        return point, objective.derivatives(point.mode, point.phi)

    for j in range(psi.size):
        unit = step * np.eye(psi.size)[j]
        (a, da), (b, db), (c, dc), (d, dd) = at(unit), at(-unit), at(2 * unit), at(-2 * unit)
        slope = (8 * (a.value - b.value) - c.value + d.value) / (12 * step)
        assert exact.gradient[j] == pytest.approx(slope, rel=1e-7, abs=1e-7 * (1 + abs(here.value)))
        curvature = (8 * (da.gradient - db.gradient) - dc.gradient + dd.gradient) / (12 * step)
        scale = max(1.0, float(np.max(np.abs(exact.hessian))))
        np.testing.assert_allclose(exact.hessian[j] / scale, curvature / scale, rtol=0, atol=2e-8)


@pytest.mark.parametrize("method", ["REML", "ML", "GCV"])
@pytest.mark.parametrize("name", sorted(GAM_FAMILIES))
def test_derivatives_of_a_family(name, method):
    if method == "GCV" and GAM_FAMILIES[name].shape_names:
        pytest.skip("shape parameters are estimated by REML or ML")
    objective = criterion(name, method)
    theta = objective.data.family.initial_shape(objective.data.y, objective.data.weights)
    psi = np.concatenate([theta, [0.3, -1.2], [-0.4] if objective.has_scale else []])
    check_derivatives(objective, psi)


@pytest.mark.parametrize("method", ["REML", "ML", "GCV"])
@pytest.mark.parametrize("name", ["g_te", "g_mcycle_ad", "g_by_id", "g_sleep_re2", "g_sim1_select", "g_radon_re"])
def test_derivatives_of_least_squares(name, method):
    problem = gam_cases.problem(name, method)
    system = penalty_system(problem.matrix.columns, problem.blocks)
    data, matrix = observations(problem), Rotated(problem.matrix, system.rotation)
    finder = least_squares(data, matrix, system, matrix.cross_product(problem.weights))
    objective = Criterion(data, finder, system, method, None)
    psi = np.concatenate([np.linspace(-1, 1, system.free), [0.2] if objective.has_scale else []])
    check_derivatives(objective, psi)
