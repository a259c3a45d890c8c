"""The likelihood of the Stan program is the family's log density: for every family, link and form of the program."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from density_forms import FORMS, N, natural, table

from smoothstan.codegen import write_program
from smoothstan.engines.stanli import _model
from smoothstan.families import log_likelihood
from smoothstan.posterior import FitRequest

# Sums of 24 log densities by Stan's and scipy's special functions, each good to a few units in the last place.
RTOL = 1e-9
STEP = 1e-4


@pytest.mark.parametrize("name", FORMS)
def test_likelihood_and_its_gradient(name: str) -> None:
    form = FORMS[name]
    data, x = table(form)
    design, priors = FitRequest.of(form.formula, form.family).bind(data)
    program = write_program(design, priors, version="test")
    model = _model(program)
    silent = _model(replace(program, data=program.data | {"prior_only": 1}))
    rng = np.random.default_rng(11)
    for _ in range(3):
        values: dict[str, Any] = {}
        natural_values: dict[str, np.ndarray] = {}
        for parameter in form.family.parameters:
            middle = natural(parameter.name, form.family) * rng.uniform(0.9, 1.1)
            if parameter.name in form.predicted:
                suffix = "" if parameter.name == "mu" else f"_{parameter.name}"
                link = form.family.link(parameter.name)
                intercept, slope = float(link.link(np.asarray(middle))), float(rng.uniform(-0.02, 0.02))
                values |= {f"Intercept{suffix}": intercept, f"b{suffix}": [slope]}
                natural_values[parameter.name] = link.inverse(intercept + slope * (x - x.mean()))[None]
            elif parameter.name == "sigma" and "se(w)" in form.additions:
                natural_values["sigma"] = np.zeros((1, 1))
            else:
                values[parameter.name] = middle
                natural_values[parameter.name] = np.full((1, 1), middle)
        at = np.asarray(model.unconstrain(values))
        found, gradient = (a - b for a, b in zip(model.log_prob_grad(at), silent.log_prob_grad(at), strict=True))
        known = {k: design.with_known_part(k, v, design.table) for k, v in natural_values.items()}
        expected = float(np.sum(log_likelihood(form.family, design.observed, known)))
        assert found == pytest.approx(expected, rel=RTOL, abs=RTOL * N)

        def likelihood(point: np.ndarray) -> float:
            return model.log_prob_grad(point)[0] - silent.log_prob_grad(point)[0]

        steps = np.eye(len(at)) * STEP
        numeric = [(likelihood(at + h) - likelihood(at - h)) / (2 * STEP) for h in steps]
        # Central differences err by step^2 f''' / 6 and by rounding, 1e-16 |lp| / step.
        np.testing.assert_allclose(gradient, numeric, rtol=2e-5, atol=1e-6 * max(1.0, abs(found)))
