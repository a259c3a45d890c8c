"""Where brms 2.18 answers about censored or weighted responses otherwise than its Stan program, and how."""

from __future__ import annotations

import numpy as np
import pytest
from brms_oracle import CASES, differs, frame, load_case, numbers

CENSORED = [a for name in CASES if "addition_cens" in name for a in load_case(name).answers if differs(a)]


@pytest.mark.parametrize("answer", CENSORED, ids=lambda a: a.id)
def test_its_tails_are_one_minus_the_rest(answer):
    """It takes 1 - P(Y <= y) for P(Y > y), so that its probabilities, not their logarithms, have 13 digits."""
    new = answer.arguments.get("newdata")
    found = load_case(answer.case).posterior.log_lik(None if new is None else frame(new)).values
    expected = numbers(answer.value)
    found = found.reshape(expected.shape)
    np.testing.assert_allclose(np.exp(found), np.exp(expected), rtol=1e-10, atol=1e-13)
    large = expected > np.log(1e-4)
    assert large.mean() > 0.5
    np.testing.assert_allclose(found[large], expected[large], rtol=1e-10, atol=1e-10)


def test_it_scales_the_weights_of_new_rows_by_their_own_mean():
    """Ours keep the scale of the fit, so that the log likelihood of a row does not depend on the rows beside it."""
    case = load_case("addition_weights_scaled")
    (answer,) = (a for a in case.answers if differs(a))
    fitted, new = case.data["w"], frame(answer.arguments["newdata"])
    found = case.posterior.log_lik(new).values.reshape(-1, len(new)) * (fitted.mean() / new["w"].mean())
    np.testing.assert_allclose(found, numbers(answer.value), rtol=1e-10, atol=1e-10)
    one = case.posterior.log_lik(new.iloc[:1]).values
    np.testing.assert_array_equal(one[..., 0], case.posterior.log_lik(new).values[..., 0])
