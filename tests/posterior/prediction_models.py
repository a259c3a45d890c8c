"""Small fits of every family, for the tests of predictions."""

from __future__ import annotations

from functools import cache
from typing import Any

from conftest import reference_frame

import smoothstan as ss

QUICK = {"chains": 2, "iter_warmup": 150, "iter_sampling": 100, "seed": 3, "backend": "stanli", "show_progress": False}
TERMS = "x + s(z, bs='cr', k=5) + (1 + x | g) + (1 | site)"
MODELS: dict[str, dict[str, Any]] = {
    "gaussian": {"formula": ss.bf(f"y ~ {TERMS}", "sigma ~ h + (1 | g)")},
    "student": {"formula": ss.bf(f"y ~ {TERMS}", "sigma ~ h", "nu ~ h"), "family": "student"},
    "bernoulli": {"formula": f"bin ~ {TERMS}", "family": "bernoulli"},
    "binomial": {"formula": f"hits | trials(trials) ~ {TERMS}", "family": "binomial"},
    "poisson": {"formula": f"count | weights(w) ~ {TERMS} + offset(off)", "family": "poisson"},
}
PRIORS = [ss.prior("normal(0, 0.5)", "sd"), ss.prior("normal(0, 1)", "sds"), ss.prior("normal(0, 1)", "b")]


@cache
def fit_of(family: str) -> ss.Posterior:
    """Return a fit of the family's model; its few draws need not converge."""
    return ss.brm(data=reference_frame(), prior=PRIORS, **MODELS[family], **QUICK)
