"""The models whose programs are kept word for word, and on which the engines are compared."""

from __future__ import annotations

from typing import Any

import pandas as pd

import smoothstan as ss
from smoothstan.api import _bind
from smoothstan.codegen import StanProgram, write_program

MODELS: dict[str, dict[str, Any]] = {
    "intercept_only": {"formula": "y ~ 1"},
    "covariates": {"formula": "y ~ x * f"},
    "no_intercept": {"formula": "y ~ 0 + Intercept + x"},
    "smooth": {"formula": "y ~ s(z, bs='cr', k=5)"},
    "smooths_and_group": {"formula": "y ~ x + s(z, bs='cr', k=5) + s(w, bs='cr', k=4) + (1 | g)"},
    "correlated_slopes": {"formula": "y ~ x + (1 + x | g)"},
    "uncorrelated_slopes": {"formula": "y ~ x + (1 + x || g)"},
    "nested_groups": {"formula": "y ~ 1 + (1 | g/sub)"},
    "offset_and_weights": {"formula": "y | weights(w) ~ x + offset(log(z))"},
    "distributional": {"formula": ["y ~ x + (1 | ID | g)", "sigma ~ s(z, bs='cr', k=4) + (1 | ID | g)"]},
    "student": {"formula": "y ~ x", "family": "student"},
    "student_nu_held": {"formula": ss.bf("y ~ x", nu=4), "family": "student"},
    "bernoulli_glm": {"formula": "bin ~ x + (1 | g)", "family": "bernoulli"},
    "bernoulli_probit": {"formula": "bin ~ x", "family": ss.family("bernoulli", "probit")},
    "binomial": {"formula": "hits | trials(trials) ~ x", "family": "binomial"},
    "poisson_glm": {"formula": "count ~ s(z, bs='cr', k=5) + offset(off)", "family": "poisson"},
    "poisson_intercept": {"formula": "count ~ 1", "family": "poisson"},
    "priors": {
        "formula": "y ~ x + z + (1 + x | g)",
        "prior": [
            ss.prior("normal(0, 1)", "b", lb=0), ss.prior("normal(0, 2)", "b", coef="x"),
            ss.prior("exponential(1)", "sd"), ss.prior("lkj(2)", "cor"), ss.prior("gamma(2, 1)", "sigma", lb=0.5),
        ],
        "sample_prior": "yes",
    },
}  # fmt: skip


def program_of(frame: pd.DataFrame, model: dict[str, Any]) -> StanProgram:
    design, priors = _bind(model["formula"], frame, model.get("family", "gaussian"), model.get("prior", ()))
    return write_program(design, priors, version="GOLDEN", sample_prior=model.get("sample_prior", "no"))
