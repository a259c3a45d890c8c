"""The models whose programs are kept word for word, and on which the engines are compared."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from conftest import reference_frame

import smoothstan as ss
from smoothstan.codegen import StanProgram, write_program
from smoothstan.posterior import FitRequest

RELATED = (0.5 * np.eye(12) + 0.5, [f"g{i}" for i in range(1, 13)])
"""A covariance of the levels of g in the table of groups, and their names."""

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
    "monotonic": {"formula": "y ~ mo(o) * x + mo(int)"},
    "monotonic_by_group": {
        "formula": ["count ~ mo(int, id='a') + (1 + mo(int, id='a') | g)", "shape ~ mo(o):x"], "family": "negbinomial",
    },
    "group_by_factor": {"formula": "y ~ x + (1 + x | gr(g, by = sex))", "data": "group_data"},
    "group_by_factor_uncorrelated": {"formula": "y ~ (1 + x || gr(g, by = sex))", "data": "group_data"},
    "group_covariance": {"formula": "y ~ x + (1 + x | gr(g, cov = A))", "data": "group_data", "data2": {"A": RELATED}},
    "group_student": {
        "formula": ["y ~ x + (1 + x | gr(g, dist = 'student'))", "sigma ~ (1 | gr(g, dist = 'student'))"],
        "data": "group_data",
    },
    "group_of_every_kind": {
        "formula": "count ~ (1 + x | gr(g, by = sex, cov = A, dist = 'student'))", "family": "poisson",
        "data": "group_data", "data2": {"A": RELATED},
    },
    "group_centred": {
        "formula": "y ~ x + (1 + x | gr(g, center = True)) + (1 | gr(site, center = True))", "data": "group_data",
    },
    "group_by_factor_centred": {
        "formula": "y ~ x + (1 + x | gr(g, by = sex, center = True))", "data": "group_data",
    },
    "members": {
        "formula": "y ~ x + (1 + mmc(v1, v2) | mm(g, g2, weights = cbind(w1, w2))) + (1 | site)", "data": "group_data",
    },
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


def data_of(frame: pd.DataFrame, model: dict[str, Any]) -> pd.DataFrame:
    """Return the rows of a model, by default ``frame``."""
    return reference_frame(model["data"]) if "data" in model else frame


def program_of(frame: pd.DataFrame, model: dict[str, Any]) -> StanProgram:
    request = FitRequest.of(
        model["formula"], model.get("family", "gaussian"), model.get("prior", ()), data2=model.get("data2")
    )
    design, priors = request.bind(data_of(frame, model))
    return write_program(design, priors, version="GOLDEN", sample_prior=model.get("sample_prior", "no"))
