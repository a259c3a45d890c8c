"""Draws from priors that several groupings of one group share: one draw under brms's name ``prior_sd_<group>``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import smoothstan as ss
from smoothstan.codegen import StanProgram, write_program
from smoothstan.design import build_design
from smoothstan.errors import PriorWarning
from smoothstan.formula import parse_formula
from smoothstan.priors import resolve_priors


def rows() -> dict[str, Any]:
    rng = np.random.default_rng(1)
    group = np.repeat(np.arange(8), 6)
    x = rng.normal(size=48)
    return {"x": x, "g": [f"g{i}" for i in group], "y": 40 * (x + rng.normal(size=8)[group] + rng.normal(size=48))}


def program(formula: Any, priors: Any = ()) -> StanProgram:
    design = build_design(parse_formula(formula), rows(), ss.family("gaussian"))
    return write_program(design, resolve_priors(design.prior_slots(), priors), version="test", sample_prior="yes")


def drawn(formula: Any, priors: Any = ()) -> list[str]:
    return [v.name for v in program(formula, priors).variables if v.name.startswith("prior_")]


def test_two_groupings_with_one_prior_share_a_draw() -> None:
    assert drawn("y ~ (1 | g) + (0 + x | g)") == ["prior_Intercept", "prior_sd_g", "prior_sigma"]


def test_a_prior_of_a_coefficient_has_a_name_of_its_own() -> None:
    """As brms renames prior_sd_2__1."""
    own = ss.prior("normal(0, 1)", "sd", coef="x", group="g")
    names = drawn("y ~ (1 | g) + (0 + x | g)", own)
    assert names == ["prior_Intercept", "prior_sd_g", "prior_sd_g__x", "prior_sigma"]


def test_different_priors_under_one_name_are_not_drawn() -> None:
    with pytest.warns(PriorWarning, match="different priors share the name prior_sd_g"):
        names = drawn(["y ~ (1 | g)", "sigma ~ (1 | g)"], ss.prior("exponential(3)", "sd", dpar="sigma"))
    assert names == ["prior_Intercept", "prior_Intercept_sigma"]


def test_a_fit_has_the_shared_draw() -> None:
    fit = ss.brm(
        "y ~ (1 | g) + (0 + x | g)", rows(), sample_prior="yes", prior=ss.prior("exponential(0.1)", "sd"), seed=1,
        chains=2, iter_warmup=200, iter_sampling=300, backend="stanli", show_progress=False,
    )  # fmt: skip
    draws = fit.prior_draws()["sd_g"]
    # The mean of 600 independent draws, each with mean and standard deviation 10.
    assert abs(draws.mean() - 10) < 5 * 10 / np.sqrt(600)
