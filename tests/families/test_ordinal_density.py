"""Ordinal families: the program and ``log_density`` against the definitions, for every link and form of a model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ordinal_reference import FAMILIES, probabilities

import smoothstan as ss
from smoothstan.codegen import write_program
from smoothstan.design import Design
from smoothstan.engines.stanli import _model
from smoothstan.families import log_likelihood
from smoothstan.families.ordinal import ORDINAL_LINKS, THRESHOLDS
from smoothstan.posterior import FitRequest

N = 40
# Sums of 40 logarithms, each good to a few units in the last place, but for differences of probabilities near one.
RTOL = 1e-10
STEP = 1e-5


def table() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    data = pd.DataFrame({
        "x": rng.normal(1, 1, N), "z": rng.uniform(-1, 1, N), "w": rng.uniform(0.3, 2, N),
        "h": np.resize(["a", "b b", "c"], N), "y": 1 + rng.integers(0, 4, N),
    })  # fmt: skip
    data["n"] = data["h"].map({"a": 2, "b b": 5, "c": 1})
    data["few"] = np.minimum(data["y"], data["n"] + 1)
    return data


TABLE = table()
FORMS: dict[str, Any] = {
    "alone": "y ~ 1",
    "column": "y ~ x",
    "weights": "y | weights(w) ~ x",
    "more thresholds": "y | thres(6) ~ x + offset(z)",
    "groups": "few | thres(n, gr = h) ~ x",
    "groups, weights": "few | thres(n, gr = h) + weights(w) ~ x",
    "held disc": ss.bf("y ~ x", disc=1.7),
    "predicted disc": ss.bf("y ~ x", "disc ~ z"),
    "groups, predicted disc": ss.bf("few | thres(gr = h) + weights(w) ~ x", "disc ~ z"),
    "specific": "y ~ z + cs(x)",
    "specific, predicted disc": ss.bf("y | weights(w) ~ cs(x + z)", "disc ~ z"),
}
MODELS = [
    *((family, link, form, "flexible") for family in FAMILIES for form in FORMS for link in ("logit", "cloglog")),
    *((family, link, "column", "flexible") for family in FAMILIES for link in ORDINAL_LINKS),
    *((family, "probit", form, "flexible") for family in FAMILIES for form in ("groups", "specific")),
    *((family, "logit", form, kind) for family in FAMILIES for form in ("column", "groups") for kind in THRESHOLDS[1:]),
]


@dataclass(frozen=True)
class Point:
    """Values of a model's parameters: by Stan name, and what the definitions need of them."""

    values: dict[str, Any]
    thresholds: np.ndarray
    mu: np.ndarray
    disc: np.ndarray


def point(design: Design, kind: str, rng: np.random.Generator) -> Point:
    """Return values near the origin, with thresholds that increase and are about one apart."""
    data, n = design.stan_data(), design.n
    values: dict[str, Any] = {}
    counts = np.atleast_1d(data["nthres"])
    sets = []
    for i, count in enumerate(counts, start=1):
        p = f"_{i}" if "ngrthres" in data else ""
        if kind == "equidistant":
            first, delta = rng.uniform(-1.5, -0.5), rng.uniform(0.5, 1)
            values |= {f"first_Intercept{p}": first, f"delta{p}": delta}
            sets.append(first + delta * np.arange(count))
        else:
            own = np.cumsum(rng.uniform(0.4, 1.2, count)) - 1.5
            values[f"Intercept{p}"] = own
            sets.append(own - own.mean() if kind == "sum_to_zero" else own)
    mu, disc = np.zeros(n), np.ones(n)
    if data["K"]:
        values["b"] = rng.uniform(-0.5, 0.5, data["K"])
        x = data["X"]
        mu += (x - x.mean(axis=0) if "Kc" in data else x) @ values["b"]
    mu += data.get("offsets", 0.0)
    if "K_disc" in data:
        values |= {"Intercept_disc": rng.uniform(-0.3, 0.3), "b_disc": rng.uniform(-0.3, 0.3, 1)}
        z = data["X_disc"][:, 1:]
        disc = np.exp(values["Intercept_disc"] + (z - z.mean(axis=0)) @ values["b_disc"])
    disc = disc * data.get("disc", 1.0)
    rows = np.zeros(n, dtype=int)
    if "ngrthres" in data:
        rows = np.searchsorted(np.cumsum(counts), data["Jthres"][:, 1])
    thresholds = np.full((n, counts.max()), np.nan)
    for i, row in enumerate(rows):
        thresholds[i, : counts[row]] = sets[row]
    if "Kcs" in data:
        values["bcs"] = rng.uniform(-0.1, 0.1, (data["Kcs"], counts[0]))
        thresholds = thresholds - data["Xcs"] @ values["bcs"]
    return Point(values, thresholds, mu, disc)


def by_definition(family: str, link: str, here: Point, design: Design) -> np.ndarray:
    """Return the weighted log probability of every response."""
    found = []
    for n, y in enumerate(design.observed.y):
        own = here.thresholds[n][~np.isnan(here.thresholds[n])]
        chances = probabilities(family, link, own, here.mu[n], here.disc[n])
        assert sum(chances) == pytest.approx(1, abs=1e-12)
        found.append(np.log(chances[int(y) - 1]))
    weights = design.observed.weights
    return np.asarray(found) * (1.0 if weights is None else weights)


def parameters(here: Point) -> dict[str, np.ndarray]:
    """Return what the family reads: (draws, rows) and (draws, rows, thresholds)."""
    thresholds = np.where(np.isnan(here.thresholds), np.inf, here.thresholds)
    return {"mu": here.mu[None], "disc": here.disc[None], "thresholds": thresholds[None]}


@pytest.mark.filterwarnings("ignore:.*thresholds of family cumulative cross:smoothstan.errors.DataWarning")
@pytest.mark.parametrize(("name", "link", "form", "kind"), MODELS)
def test_likelihood_and_its_gradient(name: str, link: str, form: str, kind: str) -> None:
    family = ss.family(name, link, threshold=kind)
    design, priors = FitRequest.of(FORMS[form], family).bind(TABLE)
    program = write_program(design, priors, version="test")
    model, silent = _model(program), _model(replace(program, data=program.data | {"prior_only": 1}))
    here = point(design, kind, np.random.default_rng(11))
    at = np.asarray(model.unconstrain({k: np.asarray(v).tolist() for k, v in here.values.items()}))
    found, gradient = (a - b for a, b in zip(model.log_prob_grad(at), silent.log_prob_grad(at), strict=True))
    expected = by_definition(name, link, here, design)
    np.testing.assert_allclose(log_likelihood(family, design.observed, parameters(here))[0], expected, rtol=1e-9)
    assert found == pytest.approx(expected.sum(), rel=RTOL)

    def likelihood(q: np.ndarray) -> float:
        return float(model.log_prob_grad(q)[0] - silent.log_prob_grad(q)[0])

    numeric = [(likelihood(at + h) - likelihood(at - h)) / (2 * STEP) for h in np.eye(len(at)) * STEP]
    # Central differences err by step^2 f''' / 6, about 1e-9, and by rounding, 1e-16 |lp| / step.
    np.testing.assert_allclose(gradient, numeric, rtol=1e-6, atol=1e-7 * max(1.0, abs(found)))
