"""Where brms 2.18 answers about truncated models otherwise than its Stan program, and how."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from brms_oracle import CASES, differs, load_case, numbers

from smoothstan.families import expected_response, log_likelihood
from smoothstan.posterior.prediction import prepare

TRUNCATED = [a for name in CASES if "trunc" in name for a in load_case(name).answers if differs(a)]


@pytest.mark.parametrize("answer", [a for a in TRUNCATED if a.call == "log_lik(fit)"], ids=lambda a: a.case)
def test_its_log_likelihood_is_that_without_bounds(answer):
    prediction = prepare(load_case(answer.case).posterior)
    free = replace(prediction.response(), lb=None, ub=None)
    found = log_likelihood(prediction.design.family, free, prediction.parameters())
    np.testing.assert_allclose(found, numbers(answer.value), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("answer", [a for a in TRUNCATED if a.call == "posterior_epred(fit)"], ids=lambda a: a.case)
def test_its_mean_of_a_count_leaves_out_the_lower_bound(answer):
    prediction = prepare(load_case(answer.case).posterior)
    given = prediction.response()
    assert given.lb is not None
    found = expected_response(prediction.design.family, replace(given, lb=given.lb + 1), prediction.parameters())
    np.testing.assert_allclose(found, numbers(answer.value), rtol=1e-10, atol=1e-10)
