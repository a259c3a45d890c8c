"""Hypotheses beside brms's own, for the same draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.posterior.brms_oracle import Answer, answers, load_case, table

# Evidence ratios are those of counts; everything has 13 significant digits.
_RELATIVE, _ABSOLUTE = 1e-10, 1e-12
# Their coefficients belong to columns that are rotated here, so that single ones have other values.
_ROTATED = ("sz:x_2 > 0", "s_sz_1[1] > s_sz_1[2]")


def _arguments(answer: Answer) -> dict[str, Any]:
    given = {{"class": "class_"}.get(name, name): value for name, value in answer.arguments.items()}
    if "steeper =" in answer.call:
        given["hypothesis"] = dict(zip(("steeper", "flat"), given["hypothesis"], strict=True))
    return given


@pytest.mark.parametrize(
    "answer", [a for a in answers("hypothesis") if a.arguments["hypothesis"] not in _ROTATED], ids=lambda a: a.id
)
def test_hypothesis(answer: Answer) -> None:
    case = load_case(answer.case)
    ours, theirs = case.posterior.hypothesis(**_arguments(answer)).table, table(answer.value)
    assert list(ours) == list(theirs)
    for name in ours:
        if ours[name].dtype == float:
            np.testing.assert_allclose(ours[name], theirs[name], rtol=_RELATIVE, atol=_ABSOLUTE, err_msg=name)
        else:
            assert list(ours[name]) == list(theirs[name]), name
