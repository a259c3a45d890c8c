"""Small fits of every family, for the tests of predictions."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from conftest import reference_frame

import smoothstan as ss

QUICK = {"chains": 2, "iter_warmup": 150, "iter_sampling": 100, "seed": 3, "backend": "stanli", "show_progress": False}
BRIEF = QUICK | {"iter_warmup": 40}
"""The answers are about the draws, whatever they are."""

TERMS = "x + s(z, bs='cr', k=5) + (1 + x | g) + (1 | site)"
MODELS: dict[str, dict[str, Any]] = {
    "gaussian": {"formula": ss.bf(f"y ~ {TERMS}", "sigma ~ h + (1 | g)")},
    "student": {"formula": ss.bf(f"y ~ {TERMS}", "sigma ~ h", "nu ~ h"), "family": "student"},
    "bernoulli": {"formula": f"bin ~ {TERMS}", "family": "bernoulli"},
    "binomial": {"formula": f"hits | trials(trials) ~ {TERMS}", "family": "binomial"},
    "poisson": {"formula": f"count | weights(w) ~ {TERMS} + offset(off)", "family": "poisson"},
}
_GROUPED = "x + (1 | g)"
_FURTHER: dict[str, tuple[str, ...]] = {
    "skew_normal": (f"y | se(w, sigma = TRUE) ~ {_GROUPED}", "alpha ~ h"),
    "asym_laplace": (f"y | cens(side) ~ {_GROUPED}", "sigma ~ h"),
    "lognormal": (f"pos | trunc(ub = 40) ~ {_GROUPED}", "sigma ~ h"),
    "shifted_lognormal": (f"rt | trunc(lb = 0.1) ~ {_GROUPED}", "sigma ~ h"),
    "gamma": (f"pos | weights(w) ~ {_GROUPED}", "shape ~ h"),
    "weibull": (f"pos | cens(side) ~ {_GROUPED}",),
    "exponential": (f"pos | cens(side, y2 = end) + trunc(lb = 0.01) ~ {_GROUPED}",),
    "inverse.gaussian": (f"pos | trunc(lb = 0.05) ~ {_GROUPED}",),
    "beta": (f"prop ~ {_GROUPED}", "phi ~ h"),
    "negbinomial": (f"count | rate(w) ~ {_GROUPED}", "shape ~ h"),
    "geometric": (f"count | rate(w) + weights(w) ~ {_GROUPED}",),
    "beta_binomial": (f"hits | trials(trials) ~ {_GROUPED}", "phi ~ h"),
    "zero_inflated_poisson": (f"zeros ~ {_GROUPED}", "zi ~ h"),
    "zero_inflated_negbinomial": (f"zeros ~ {_GROUPED}", "zi ~ h", "shape ~ h"),
    "zero_inflated_binomial": (f"hits | trials(trials) + weights(w) ~ {_GROUPED}",),
    "zero_inflated_beta": (f"some ~ {_GROUPED}", "zi ~ h", "phi ~ h"),
    "zero_one_inflated_beta": (f"ends ~ {_GROUPED}", "zoi ~ h", "coi ~ h", "phi ~ h"),
    "hurdle_poisson": (f"zeros ~ {_GROUPED}", "hu ~ h"),
    "hurdle_negbinomial": (f"zeros ~ {_GROUPED}", "hu ~ h", "shape ~ h"),
    "hurdle_gamma": (f"gaps ~ {_GROUPED}", "hu ~ h"),
    "hurdle_lognormal": (f"gaps ~ {_GROUPED}", "hu ~ h", "sigma ~ h"),
}
FIRST = tuple(MODELS)
MODELS |= {name: {"formula": ss.bf(*formula), "family": name} for name, formula in _FURTHER.items()}
# The inverse of the default link, 1/mu^2, does not exist where the linear predictor is negative.
MODELS["inverse.gaussian"]["family"] = ss.family("inverse.gaussian", "log")
PRIORS = [ss.prior("normal(0, 0.5)", "sd"), ss.prior("normal(0, 1)", "b")]
OF_SMOOTHS = ss.prior("normal(0, 1)", "sds")


@cache
def family_frame() -> pd.DataFrame:
    """Return the reference data with responses of every support, and what is added to them."""
    rows = reference_frame("family_data")
    third = np.arange(len(rows)) % 3 == 0
    return rows.assign(
        end=rows["pos"] + rows["w"],
        side=np.where(third, "right", np.where(np.arange(len(rows)) % 5 == 1, "left", "none")),
        zeros=rows["count"].mask(third, 0), gaps=rows["pos"].mask(third, 0.0), some=rows["prop"].mask(third, 0.0),
        ends=rows["prop"].mask(third, rows["bin"].astype(float)),
    )  # fmt: skip


@cache
def fit_of(family: str) -> ss.Posterior:
    """Return a fit of the family's model; its few draws need not converge."""
    further = family in _FURTHER
    priors = PRIORS if further else [*PRIORS, OF_SMOOTHS]
    return ss.brm(data=family_frame(), prior=priors, **MODELS[family], **(BRIEF if further else QUICK))
