"""The models whose programs are kept word for word, and on which the engines are compared."""

from __future__ import annotations

from typing import Any

import pandas as pd

import smoothstan as ss
from smoothstan.codegen import StanProgram, write_program
from smoothstan.posterior import FitRequest

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
    "categorical_glm": {"formula": "f ~ x + s(z, bs='cr', k=5)", "family": "categorical"},
    "categorical_groups": {"formula": ["f ~ x + (1 | g)", "mua ~ z"], "family": ss.family("categorical", refcat="c+d")},
    "categorical_weights": {"formula": "f | weights(w) ~ x", "family": ss.family("categorical", refcat="NA")},
    "cumulative": {"formula": "o ~ x + (1 | g)", "family": "cumulative"},
    "cumulative_groups": {
        "formula": ["int | thres(gr = h) + weights(w) ~ x", "disc ~ z"],
        "family": ss.family("cumulative", "probit", threshold="equidistant"),
    },
    "category_specific": {"formula": "o ~ z + cs(x)", "family": "sratio"},
    "adjacent_categories": {"formula": "o ~ x", "family": ss.family("acat", threshold="sum_to_zero")},
    "smooth_by_factor": {"formula": "y ~ h + s(z, by=h, k=5)"},
    "smooths_by_group": {"formula": "y ~ s(g, bs='re') + s(x, g, bs='re') + s(z, g, bs='fs', k=4)"},
    "smooth_by_group_and_factor": {"formula": "y ~ h + s(sub, by=h, bs='re') + s(z, g, by=h, bs='fs', k=4)"},
    "two_penalties": {"formula": "y ~ te(x, z, k=3)"},
    "many_penalties": {"formula": "y ~ s(z, bs='ad', k=8, m=3)"},
    "unpenalised_smooth": {"formula": "y ~ s(z, k=4, fx=TRUE) + s(x, k=4)"},
    "linked_smooths": {"formula": "y ~ s(x, k=5, id=1) + s(z, k=5, id=1)"},
    "tensor_t2": {"formula": "y ~ t2(x, z, k=3)"},
    "smooth_by_group_of_sigma": {"formula": ["y ~ s(z, k=5)", "sigma ~ s(z, g, bs='fs', k=4) + s(g, bs='re')"]},
    "poisson_smooths": {"formula": "count ~ te(x, z, k=3) + s(z, g, bs='fs', k=4)", "family": "poisson"},
    "priors": {
        "formula": "y ~ x + z + (1 + x | g)",
        "prior": [
            ss.prior("normal(0, 1)", "b", lb=0), ss.prior("normal(0, 2)", "b", coef="x"),
            ss.prior("exponential(1)", "sd"), ss.prior("lkj(2)", "cor"), ss.prior("gamma(2, 1)", "sigma", lb=0.5),
        ],
        "sample_prior": "yes",
    },
    "horseshoe": {"formula": "y ~ x + z", "prior": ss.prior("horseshoe(1)"), "sample_prior": "yes"},
    "r2d2_of_several_classes": {
        "formula": ["y ~ x + s(z, bs='cr', k=5) + (1 | g)", "sigma ~ x"],
        "prior": [
            ss.prior("R2D2(main=TRUE)"), ss.prior("R2D2()", "sds"), ss.prior("R2D2()", "sd"),
            ss.prior("horseshoe()", dpar="sigma"),
        ],
    },
    "constants": {
        "formula": "y ~ x + z + (1 + x | g)",
        "prior": [
            ss.prior("constant(1)", coef="x"), ss.prior("constant(2)", "sd", group="g", coef="x"),
            ss.prior("constant(0)", "Intercept"), ss.prior("constant(1.5)", "sigma"),
        ],
    },
}  # fmt: skip


def program_of(frame: pd.DataFrame, model: dict[str, Any]) -> StanProgram:
    request = FitRequest.of(model["formula"], model.get("family", "gaussian"), model.get("prior", ()))
    design, priors = request.bind(frame)
    return write_program(design, priors, version="GOLDEN", sample_prior=model.get("sample_prior", "no"))
