"""Draws as unconstrained points: the way there and back, for every kind of term, against the program itself."""

from __future__ import annotations

import warnings
from functools import cache

import numpy as np
import pytest
from conftest import reference_frame
from golden_models import MODELS, data_of
from unusual_smooths import UNUSUAL, unusual_data

import smoothstan as ss
from smoothstan.codegen import parameter_space
from smoothstan.engines.stanli import _model, _unconstrain
from smoothstan.errors import OptionError
from smoothstan.posterior.comparison.unconstrained import (
    UnconstrainedPosterior,
    program_values,
    unconstrained_posterior,
)

# The draws do not hold the scales of levels with Student-t effects.
FITTED = [
    name for name, model in MODELS.items()
    if model.get("sample_prior") != "only" and "dist = 'student'" not in str(model["formula"])
]  # fmt: skip
LINKED = {
    "linked smooths": "y ~ s(x, id=1, k=5) + s(z, id=1, k=5)",
    "linked tensor products": "y ~ te(x, z, id=1, k=3) + te(v, w, id=1, k=3)",
    "linked by factor": "y ~ f + s(x, by=f, id=2, k=5)",
    "three overlapping penalties": "y ~ te(x, z, v, k=3)",
    "fixed smooth": "y ~ s(x, k=5, fx=TRUE) + s(z, k=4)",
    "two groupings of one group": ["y ~ x + (1 + x | g) + (0 + z | g)", "sigma ~ (1 + z | g)"],
    "no intercept": "y ~ 0 + x + f + (0 + f || g)",
}


@cache
def unconstrained(name: str) -> UnconstrainedPosterior:
    """A fit of a few draws: nothing here asks for convergence, only for points that move."""
    options = {"chains": 1, "iter_warmup": 30, "iter_sampling": 8, "seed": 3, "backend": "stanli",
               "show_progress": False}  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.errors.SmoothstanWarning)
        if name in MODELS:
            model = MODELS[name]
            chosen = {key: model[key] for key in ("family", "prior", "sample_prior", "data2") if key in model}
            fit = ss.brm(model["formula"], data_of(reference_frame(), model), **chosen, **options)
        else:
            formula, more = UNUSUAL.get(name, (LINKED.get(name), {}))
            fit = ss.brm(formula, unusual_data(), **more, **options)
    return unconstrained_posterior(fit)


@pytest.mark.parametrize("name", [*FITTED, *UNUSUAL, *LINKED])
def test_points_stand_for_the_draws(name):
    here = unconstrained(name)
    found = here.draws(here.points)
    terms = {v.name for term in here.fit.design.terms for v in term.variables}
    assert set(found) == terms
    for variable, values in found.items():
        drawn = here.fit.flat[variable]
        scale = np.abs(drawn).max()
        np.testing.assert_allclose(values, drawn, rtol=1e-7, atol=1e-7 * scale, err_msg=variable)


@pytest.mark.parametrize("name", [*FITTED, *UNUSUAL, *LINKED])
def test_points_and_density_are_those_of_the_program(name):
    here = unconstrained(name)
    # Effects that are scaled by almost nothing lose digits on the way back.
    np.testing.assert_allclose(here.log_density(here.points), here.fit.flat["lp__"], rtol=1e-6, atol=1e-6)
    one = {key: value[0] for key, value in program_values(here.fit).items()}
    theirs = _unconstrain(_model(here.program), one)
    np.testing.assert_allclose(here.points[0], theirs, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("row", [0, 17])
def test_log_likelihood_at_the_draws(row):
    here = unconstrained("two groupings of one group")
    expected = here.fit.log_lik().values.reshape(here.fit.ndraws, -1)[:, row]
    np.testing.assert_allclose(here.log_lik(row, here.points), expected, rtol=1e-8)


CODE = """data {
  int<lower=0> N;
}
parameters {
  real<lower=-1, upper=3> two;
  vector<upper=2>[3] above;
  real<lower=0.5> below;  // with a comment; and a semicolon
  matrix[2, 3] m;
  cholesky_factor_corr[4] L;
  simplex[5] share;
  simplex[1] whole;
}
model {
}
"""


def test_every_transform_goes_both_ways_and_is_that_of_stan():
    rng = np.random.default_rng(1)
    shapes = {"two": (), "above": (3,), "below": (), "m": (2, 3), "L": (4, 4), "share": (5,), "whole": (1,)}
    space = parameter_space(CODE, {name: np.empty((5, *shape)) for name, shape in shapes.items()})
    assert space.size == 1 + 3 + 1 + 6 + 6 + 4
    points = rng.normal(size=(5, space.size))
    values = space.constrain(points)
    assert {name: v.shape[1:] for name, v in values.items()} == shapes
    np.testing.assert_allclose(space.unconstrain(values), points, rtol=1e-9, atol=1e-9)
    correlations = values["L"] @ values["L"].swapaxes(1, 2)
    np.testing.assert_allclose(np.diagonal(correlations, axis1=1, axis2=2), 1, atol=1e-12)
    import stanli

    model = stanli.Model(stan_code=CODE, data={"N": 0})
    for i in range(5):
        one = {key: v[i].tolist() for key, v in values.items()}
        np.testing.assert_allclose(model.unconstrain(one), points[i], rtol=1e-9, atol=1e-9)


def test_unknown_parameters_are_refused_by_name():
    code = "parameters {\n  corr_matrix[3] share;\n}\n"
    with pytest.raises(OptionError, match=r"share \(corr_matrix\)"):
        parameter_space(code, {"share": np.ones((2, 3, 3))})
