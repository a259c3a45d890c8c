"""Weights of the levels of a grouping in the prior, as brms 2.23 names them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss

D = pd.DataFrame({
    "y": np.linspace(-1, 1, 12), "g": list("cabcab" * 2), "h": list("aabbcc" * 2), "w": [3.0, 1.0, 2.0] * 4,
    "wh": [1.0, 1.0, 2.0, 2.0, 3.0, 3.0] * 2,
})  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "name"),
    [("y ~ (1 | gr(g, pw = w))", "PW_1"), ("y ~ (1 | h) + (1 | gr(g, pw = w))", "PW_1"),
     ("y ~ (1 | mm(g, h, pw = cbind(w, wh)))", "PW_1")],
)  # fmt: skip
def test_data(formula: str, name: str) -> None:
    """In the order of the levels, which is that of the grouping factor and not of the rows."""
    np.testing.assert_array_equal(ss.standata(formula, D)[name], [1, 2, 3])


def test_an_expression_and_no_weights() -> None:
    np.testing.assert_allclose(ss.standata("y ~ (1 | gr(g, pw = log(w)))", D)["PW_1"], np.log([1, 2, 3]))
    assert "PW_1" not in ss.standata("y ~ (1 | gr(g, pw = NULL))", D)


def test_weights_of_one_are_no_weights_and_new_data_need_none() -> None:
    options = {"chains": 1, "iter_warmup": 30, "iter_sampling": 5, "seed": 1, "backend": "stanli",
               "show_progress": False}  # fmt: skip
    plain = ss.brm("y ~ (1 | g)", D, **options)
    fit = ss.brm("y ~ (1 | gr(g, pw = one))", D.assign(one=1.0), **options)
    from smoothstan.posterior.comparison.unconstrained import unconstrained_posterior

    here, there = unconstrained_posterior(plain), unconstrained_posterior(fit)
    # Only the order of a sum differs.
    np.testing.assert_allclose(here.log_density(here.points), there.log_density(here.points), rtol=1e-12)
    rows = pd.DataFrame({"g": ["a", "b"]})
    assert fit.posterior_epred(rows).shape == (1, 5, 2)
    rows = pd.DataFrame({"g": ["a", "new"]})
    assert fit.posterior_epred(rows, allow_new_levels=True, sample_new_levels="gaussian", seed=1).shape == (1, 5, 2)
