"""Links that allow only positive linear predictors: chains start where every row has one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.gam import positive_starts
from smoothstan.posterior import FitRequest


def simulated() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    x = rng.uniform(-1, 1, size=(150, 4))
    y = rng.wald((2 + x @ [0.9, -0.6, 0, 0]) ** -0.5, 3.0)
    return pd.DataFrame(x, columns=list("abcd")).assign(y=y, g=np.resize(list("uvwxy"), 150), count=rng.poisson(3, 150))


@pytest.fixture(scope="module")
def fit() -> ss.Posterior:
    return ss.brm(
        "y ~ a + b + c + d", simulated(), family="inverse.gaussian", chains=2, iter_warmup=200, iter_sampling=200,
        seed=1, backend="stanli", show_progress=False,
    )  # fmt: skip


@pytest.mark.filterwarnings("ignore:.*transitions after warm-up diverged:smoothstan.errors.SamplingWarning")
def test_default_link_recovers(fit: ss.Posterior) -> None:
    """Random starts fail: half of them have a negative intercept, the rest a negative predictor in some row."""
    found = fit.fixef()
    distance = np.abs(found["Estimate"] - [2.0, 0.9, -0.6, 0, 0]) / found["Est.Error"]
    assert distance.max() < 3


@pytest.mark.parametrize(
    ("formula", "family"),
    [
        ("y ~ a + b + (1 + c | g)", "inverse.gaussian"), ("y ~ 0 + g + a", ss.family("gamma", "inverse")),
        ("y ~ s(a, k=5) + b", ss.family("gamma", "identity")), ("count ~ a + b", ss.family("poisson", "identity")),
    ],
)  # fmt: skip
def test_predictor_is_positive(formula: str, family: str | ss.Family) -> None:
    design, priors = FitRequest.of(formula, family).bind(simulated())
    for start in positive_starts(design, priors, 4, 1) or pytest.fail("none"):
        level = start.get("Intercept", 0.0)
        assert level > 0 or np.all(start["b"][:5] > 0)
        effects = [np.abs(np.ravel(v)).max() for k, v in start.items() if k.startswith(("zs", "z_", "bs"))]
        assert max(effects, default=0.0) < 0.1 * max(level, np.max(np.abs(start.get("b", [0.0]))))


@pytest.mark.parametrize("family", ["gaussian", "gamma", "lognormal", "bernoulli"])
def test_other_links_start_at_random(family: str) -> None:
    data = simulated().assign(bernoulli=np.resize([0, 1], 150))
    response = "bernoulli" if family == "bernoulli" else "y"
    assert positive_starts(*FitRequest.of(f"{response} ~ a", family).bind(data), 4, 1) is None


def test_negative_predictors_of_new_data_are_not_passed_over_in_silence(fit: ss.Posterior) -> None:
    with pytest.warns(RuntimeWarning, match="invalid value"):
        found = fit.posterior_epred(pd.DataFrame({"a": [-50.0], "b": 0.0, "c": 0.0, "d": 0.0}))
    assert np.isnan(np.asarray(found)).any()
