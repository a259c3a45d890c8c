"""Centred effects are sampled about the intercept: sums of both are what the sampler sees."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.codegen import parameter_space, write_program
from smoothstan.engines.stanli import _model
from smoothstan.posterior import FitRequest

LEVELS = 4


def data() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    n = 24
    g, h = np.resize(list("abcd"), n), rng.permutation(np.resize(list("pqr"), n))
    return pd.DataFrame(
        {"y": rng.normal(size=n), "x": rng.normal(size=n), "g": g, "h": h, "o": np.resize([1, 2, 3], n)}
    )


def effects_declared(formula: object, family: str = "gaussian", prior: object = ()) -> list[str]:
    lines = ss.stancode(formula, data(), family=family, prior=prior).splitlines()
    return [
        line.partition(";")[0].strip() for line in lines if line.startswith("  matrix") and "// effects, one" in line
    ]


@pytest.mark.parametrize(("effects", "columns"), [("1", 1), ("1 + x", 2)])
def test_unconstrained_effects_are_sums_with_the_intercept(effects: str, columns: int) -> None:
    design, priors = FitRequest.of(f"y ~ x + ({effects} || gr(g, center=True))").bind(data())
    model = _model(write_program(design, priors, version="test"))
    r = np.arange(1.0, 1 + LEVELS * columns).reshape(LEVELS, columns)
    values = {"Intercept": 0.25, "b": [0.5], "sd_1": np.ones(columns).tolist(), "sigma": 1.0}
    at = np.asarray(model.unconstrain(values | {"r_1": r.ravel(order="F").tolist()}))
    expected = r.copy()
    expected[:, 0] += 0.25
    # One addition in double precision.
    found = np.sort(at)[-len(expected.ravel()) :]
    np.testing.assert_allclose(found, np.sort(expected.ravel()), rtol=1e-15)


def test_only_the_first_effects_take_up_the_intercept() -> None:
    assert effects_declared("y ~ x + (1 | gr(g, center=True)) + (1 | gr(h, center=True))") == [
        "matrix<offset=-Intercept>[N_1, M_1] r_1",
        "matrix[N_2, M_2] r_2",
    ]


def test_parameters_have_intercepts_of_their_own() -> None:
    formula = ss.bf("y ~ x + (1 | ID | gr(g, center=True))", "sigma ~ x + (1 | ID | gr(g, center=True))")
    assert effects_declared(formula) == ["matrix<offset=rep_matrix([-Intercept, -Intercept_sigma], N_1)>[N_1, M_1] r_1"]


@pytest.mark.parametrize(
    ("formula", "family", "prior"),
    [
        ("y ~ 0 + x + (1 | gr(g, center=True))", "gaussian", ()),
        ("y ~ x + (0 + x | gr(g, center=True))", "gaussian", ()),
        ("o ~ x + (1 | gr(g, center=True))", "cumulative", ()),
        ("y ~ x + (1 | gr(g, center=True))", "gaussian", ss.prior("constant(0)", class_="Intercept")),
    ],
    ids=["no intercept", "slopes", "thresholds", "held intercept"],
)
def test_without_a_sampled_intercept_effects_stand_by_themselves(formula: str, family: str, prior: object) -> None:
    assert effects_declared(formula, family, prior) == ["matrix[N_1, M_1] r_1"]


@pytest.mark.parametrize("effects", ["1", "1 + x"])
def test_points_are_those_of_stan_and_back(effects: str) -> None:
    design, priors = FitRequest.of(f"y ~ x + ({effects} || gr(g, center=True))").bind(data())
    program = write_program(design, priors, version="test")
    rng, columns = np.random.default_rng(1), len(design.groups[0].coefficients)
    values = {
        "Intercept": rng.normal(size=2), "b": rng.normal(size=(2, 1)), "sd_1": rng.uniform(1, 2, (2, columns)),
        "r_1": rng.normal(size=(2, LEVELS, columns)), "sigma": rng.uniform(1, 2, 2),
    }  # fmt: skip
    space = parameter_space(program.code, values)
    points = space.unconstrain(values)
    flat = {name: np.asarray(value[1]).ravel(order="F").tolist() for name, value in values.items()}
    # Sums and logarithms in double precision.
    np.testing.assert_allclose(points[1], _model(program).unconstrain(flat), rtol=1e-14)
    for name, value in space.constrain(points).items():
        np.testing.assert_allclose(value, values[name], rtol=1e-12)
