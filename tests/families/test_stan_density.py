"""The likelihood of the Stan program is the family's log density: for every family, link and form of the program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.api import _bind
from smoothstan.codegen import write_program
from smoothstan.engines.stanli import _model
from smoothstan.families import FAMILIES, Family, Response, log_likelihood

N = 24
# Sums of 24 log densities by Stan's and scipy's special functions, each good to a few units in the last place.
RTOL = 1e-9
STEP = 1e-4


@dataclass(frozen=True)
class Form:
    """A family with its links, the parameters that are predicted, and the additions to the response."""

    family: Family
    predicted: tuple[str, ...]
    additions: tuple[str, ...] = ()

    def __str__(self) -> str:
        links = "-".join(self.family.link(dpar).name for dpar in self.predicted)
        return f"{self.family.name}-{links}{'-'.join(('', *self.additions))}"

    @property
    def formula(self) -> Any:
        additions = [*(["trials(n)"] if "trials" in self.family.required_additions else []), *self.additions]
        left = "y | " + " + ".join(additions) if additions else "y"
        return ss.bf(f"{left} ~ x", *(f"{dpar} ~ x" for dpar in self.predicted[1:]))


WEIGHTS = "weights(w)"
OBSERVATIONS = {
    "cens": (
        ("cens(c)",), ("cens(c, u)",), ("cens(c, y2 = u)", WEIGHTS), ("cens(d)", "trunc(lb = low)"),
    ),
    "trunc": (
        ("trunc(lb = low)",), ("trunc(ub = high)",), ("trunc(low, high)",), ("trunc(low, high)", WEIGHTS),
        ("trunc(lb = low)", WEIGHTS), ("trunc(ub = high)", WEIGHTS), ("trunc(low, high)", "cens(c, u)", WEIGHTS),
    ),
    "se": (("se(w)",), ("se(w, sigma = TRUE)",), ("se(w, sigma = TRUE)", WEIGHTS), ("se(w)", "cens(c)")),
    "rate": (("rate(w)",), ("rate(w)", WEIGHTS), ("rate(w)", "cens(c, u)")),
}  # fmt: skip


def forms() -> Iterator[Form]:
    for kind in FAMILIES.values():
        if kind.ordered:  # these have a file of their own
            continue
        family = kind.create({})
        for link in kind.parameters[0].links:
            yield Form(kind.create({"mu": link}), ("mu",))
            if "rate" in kind.optional_additions:
                yield Form(kind.create({"mu": link}), ("mu",), ("rate(w)",))
        yield Form(family, ("mu",), (WEIGHTS,))
        names = tuple(p.name for p in kind.parameters)
        if len(names) > 1:
            yield from (Form(family, names, additions) for additions in ((), (WEIGHTS,)))
        for parameter in kind.parameters[1:]:
            for link in parameter.links[1:]:
                yield Form(kind.create({parameter.name: link}), ("mu", parameter.name))
        for addition in kind.optional_additions:
            for additions in OBSERVATIONS.get(addition, ()):
                yield Form(family, ("mu",), additions)
                if len(names) > 1 and addition != "se":
                    yield Form(family, names, additions)


FORMS = {str(form): form for form in forms()}


def natural(name: str, family: Family) -> float:
    """A value in the middle of a parameter's range."""
    bounded = {"quantile": 0.3, "nu": 4.0, "ndt": 0.02, "alpha": 1.5, "zi": 0.2, "hu": 0.3, "zoi": 0.4, "coi": 0.6}
    if name == "mu":
        return 0.4 if family.log_scale or "logit" in family.parameters[0].links else 2.5
    return bounded.get(name, 1.4)


def table(form: Form) -> tuple[pd.DataFrame, np.ndarray]:
    """Draw a response that the family can have."""
    rng = np.random.default_rng(5)
    family, x = form.family, rng.uniform(-1, 1, size=N)
    data = {"x": x, "w": rng.uniform(0.2, 2, size=N), "n": rng.integers(5, 12, size=N)}
    values = {p.name: np.full((1, N), natural(p.name, family)) for p in family.parameters}
    additions = Response("y", np.zeros(N), trials=np.asarray(data["n"], dtype=float))
    y = family.draw(rng, values, additions)[0]
    if family.binary:
        y[:2] = 0, 1
    if family.name == "zero_one_inflated_beta":
        y[:4] = 0, 1, 1, 0
    data |= {"y": y.astype(int) if family.discrete else y, "c": np.resize([0, -1, 1, 2, 0], N)}
    data |= {"d": np.resize(["none", "right", "left"], N)}
    if not any("u" in addition for addition in form.additions):
        data["c"] = np.where(data["c"] == 2, 0, data["c"])
    step = 1 if family.discrete else 0.02 if family.parameters[0].links[0] == "logit" else 0.4
    low = np.maximum(y - rng.integers(0, 3, size=N) * step, 0.0) if y.min() >= 0 else y - 0.5
    return pd.DataFrame(data | {"u": y + step, "low": low, "high": y + 2 * step}), x


@pytest.mark.parametrize("name", FORMS)
def test_likelihood_and_its_gradient(name: str) -> None:
    form = FORMS[name]
    data, x = table(form)
    design, priors = _bind(form.formula, data, form.family, ())
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
