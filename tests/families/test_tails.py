"""Distribution functions hundreds of standard deviations out, in numpy and in the Stan programs, beside R's."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import read_reference
from scipy import integrate

from smoothstan.codegen import write_program
from smoothstan.engines.stanli import _model
from smoothstan.families import FAMILIES, Response
from smoothstan.posterior import FitRequest

TAILS = read_reference("families/tails.json")
# R's functions, ours and Stan's are each good to about 13 digits of the logarithm; the smallest numbers are 1 - P.
RTOL, ATOL = 1e-10, 1e-14


def parameters_of(name: str) -> dict[str, np.ndarray]:
    return {p.name: np.full((1, 1), float(TAILS[name][p.name])) for p in FAMILIES[name].parameters}


def response_of(name: str) -> Response:
    y = np.asarray(TAILS[name]["y"], dtype=float)
    return Response("y", y, trials=np.full(len(y), float(TAILS[name].get("trials", 0))))


@pytest.mark.parametrize("name", TAILS)
def test_python_equals_r(name: str) -> None:
    family, response = FAMILIES[name].create({}), response_of(name)
    for function in (family.log_cdf, family.log_ccdf):
        found = function(response.y, parameters_of(name), response)[0]
        np.testing.assert_allclose(found, TAILS[name][function.__name__], rtol=RTOL, atol=ATOL)


@pytest.mark.parametrize("tail", ["left", "right"])
@pytest.mark.parametrize("name", TAILS)
def test_stan_equals_r(name: str, tail: str) -> None:
    family, response = FAMILIES[name].create({}), response_of(name)
    y = response.y.astype(int) if family.discrete else response.y
    data = pd.DataFrame({"y": y, "n": np.asarray(response.trials, dtype=int), "c": tail})
    trials = "trials(n) + " if "trials" in family.required_additions else ""
    program = write_program(*FitRequest.of(f"y | {trials}cens(c) ~ 1", family).bind(data), version="test")
    model, silent = (_model(replace(program, data=program.data | {"prior_only": only})) for only in (0, 1))
    values: dict[str, Any] = {k: float(v[0, 0]) for k, v in parameters_of(name).items()}
    values["Intercept"] = float(family.link("mu").link(np.asarray(values.pop("mu"))))
    at = np.asarray(model.unconstrain(values))
    (value, gradient), (prior, _) = model.log_prob_grad(at), silent.log_prob_grad(at)
    expected = TAILS[name]["log_cdf" if tail == "left" else "log_ccdf"]
    assert value - prior == pytest.approx(sum(expected), rel=RTOL)
    assert np.all(np.isfinite(gradient))


@pytest.mark.parametrize(
    ("name", "values", "y", "width"),
    [
        ("skew_normal", {"mu": 0.0, "sigma": 1.0, "alpha": 5.0}, -4.0, 4.0),
        ("skew_normal", {"mu": 0.0, "sigma": 1.0, "alpha": -0.5}, -25.0, 4.0),
        ("inverse.gaussian", {"mu": 1.4, "shape": 3.0}, 0.002, 0.002),
    ],
)
def test_lower_tail_is_the_integral_of_the_density(name: str, values: dict[str, float], y: float, width: float) -> None:
    family = FAMILIES[name].create({})
    given = {k: np.full((1, 1), v) for k, v in values.items()}

    def log_density(at: float) -> float:
        return float(family.log_density(Response("y", np.array([at])), given)[0, 0])

    top = log_density(y)
    places = y - width * np.array([1.0, 0.1, 0.01, 0.0])
    pieces = itertools.pairwise(places)
    area = sum(integrate.quad(lambda v: np.exp(log_density(v) - top), a, b, epsrel=1e-12)[0] for a, b in pieces)
    found = family.log_cdf(np.array([y]), given, Response("y", np.array([y])))[0, 0]
    # The quadrature and the rest of the tail that it leaves out, below e-30 of the area.
    assert found == pytest.approx(top + np.log(area), abs=1e-9)


def test_beta_binomial_sums_its_mass() -> None:
    family, k = FAMILIES["beta_binomial"].create({}), np.arange(400.0)
    given = {"mu": np.full((1, 1), 0.9), "phi": np.full((1, 1), 500.0)}
    response = Response("y", k, trials=np.full(400, 400.0))
    log_mass = family.log_density(response, given)[0]
    last = family.log_density(Response("y", np.array([400.0]), trials=np.array([400.0])), given)[0]
    below = np.logaddexp.accumulate(log_mass)
    above = np.logaddexp.accumulate(np.append(log_mass, last)[::-1])[::-1][1:]
    # Sums of up to 400 terms, each good to a few units in the fifteenth digit of lgamma(500).
    np.testing.assert_allclose(family.log_cdf(k, given, response)[0], below, rtol=1e-10, atol=1e-11)
    np.testing.assert_allclose(family.log_ccdf(k, given, response)[0], above, rtol=1e-10, atol=1e-11)
