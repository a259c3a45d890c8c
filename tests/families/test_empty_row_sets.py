"""Hurdle and zero-inflated models of responses that are all zero, or never, and of rows that are all censored."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from smoothstan.codegen import write_program
from smoothstan.engines.stanli import _model
from smoothstan.families import FAMILIES, log_likelihood
from smoothstan.posterior import FitRequest

N, INTERCEPT = 6, 0.3
VALUES = {"zi": 0.2, "hu": 0.3, "shape": 1.4, "phi": 1.4, "sigma": 1.1, "zoi": 0.4, "coi": 0.6}
KINDS = sorted(name for name in FAMILIES if name.startswith(("hurdle_", "zero_")))
RESPONSES = {"zeros": np.zeros(N), "none": np.linspace(0.2, 0.8, N), "censored": np.resize([0.0, 0.4], N)}


@pytest.mark.parametrize("weights", ["", "weights(w)"])
@pytest.mark.parametrize("rows", RESPONSES)
@pytest.mark.parametrize("name", KINDS)
def test_density(name: str, rows: str, weights: str) -> None:
    family = FAMILIES[name].create({})
    if rows == "censored" and not family.cdf:
        return
    y = np.ceil(RESPONSES[rows] * 3).astype(int) if family.discrete else RESPONSES[rows]
    data = pd.DataFrame({"y": y, "n": 5, "w": np.linspace(0.5, 2, N), "c": "right"})
    censored = "cens(c)" if rows == "censored" else ""
    additions = [a for a in (*(f"{r}(n)" for r in family.required_additions), weights, censored) if a]
    formula = f"y | {' + '.join(additions)} ~ 1" if additions else "y ~ 1"
    design, priors = FitRequest.of(formula, family).bind(data)
    program = write_program(design, priors, version="test")
    model, silent = (_model(replace(program, data=program.data | {"prior_only": only})) for only in (0, 1))
    given = {p.name: VALUES[p.name] for p in family.parameters[1:]}
    at = np.asarray(model.unconstrain({"Intercept": INTERCEPT, **given}))
    (value, gradient), (prior, _) = model.log_prob_grad(at), silent.log_prob_grad(at)
    mu = family.link("mu").inverse(np.full((1, 1), INTERCEPT))
    known = {"mu": mu, **{k: np.full((1, 1), v) for k, v in given.items()}}
    expected = float(log_likelihood(family, design.observed, known).sum())
    # Sums of six log densities by Stan's and scipy's special functions.
    assert value - prior == pytest.approx(expected, rel=1e-10, abs=1e-12)
    assert np.all(np.isfinite(gradient))
