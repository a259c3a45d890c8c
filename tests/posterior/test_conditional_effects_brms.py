"""Conditional effects and smooths beside brms's own, for the same draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.posterior.brms_oracle import Answer, answers, load_case, numbers

_ESTIMATES = ["estimate__", "se__", "lower__", "upper__"]
# Answers have 13 significant digits; sums of bases lose a few more.
_RELATIVE, _ABSOLUTE = 1e-10, 1e-10


def _arguments(answer: Answer) -> dict[str, Any]:
    given = dict(answer.arguments)
    if "quantile" in answer.call:
        given["int_conditions"] = {"x": lambda x: np.quantile(x, [0, 0.25, 0.5, 0.75, 1])}
    if "low = -1" in answer.call:
        given["int_conditions"] = {"x": {"low": -1, "high": 2}}
    return given


def _column(values: list[Any]) -> Any:
    return values if any(isinstance(v, (bool, str)) and v not in ("NA", "NaN") for v in values) else numbers(values)


def _same(ours: pd.DataFrame, theirs: dict[str, Any]) -> None:
    columns = theirs["columns"]
    for name in _ESTIMATES:
        np.testing.assert_allclose(ours[name], numbers(columns[name]), rtol=_RELATIVE, atol=_ABSOLUTE, err_msg=name)
    for name in [c for c in columns if c in ours and c not in _ESTIMATES]:
        wanted = _column(columns[name])
        if isinstance(wanted, np.ndarray) and isinstance(ours[name].dtype, pd.CategoricalDtype):
            assert list(ours[name].astype(str)) == [f"{v:g}" for v in wanted], name
        elif isinstance(wanted, np.ndarray):
            present = ~np.isnan(wanted)
            np.testing.assert_allclose(ours[name][present], wanted[present], rtol=1e-12, atol=1e-13, err_msg=name)
        else:
            own = ours[name].map({True: "TRUE", False: "FALSE"}) if ours[name].dtype == bool else ours[name]
            assert list(own) == wanted, name
    model_columns = [c for c in columns if c in ("cond__", "effect1__", "effect2__")]
    assert set(model_columns) <= set(ours)


def _of_known_groups() -> list[Answer]:
    """All answers but those that draw new levels at random: all group effects, but no condition on a group.

    Nor those about a linear predictor that differs by threshold, whose columns ``estimate__.1``, ... brms cannot draw.
    """
    return [
        answer
        for answer in answers("conditional_effects")
        if "estimate__" in answer.value[0]["columns"]
        and ("conditions" in answer.arguments or answer.arguments.get("re_formula", "NA") is not None)
    ]


@pytest.mark.filterwarnings("ignore::smoothstan.errors.OptionWarning")
@pytest.mark.parametrize("answer", _of_known_groups(), ids=lambda a: a.id)
def test_conditional_effects(answer: Answer) -> None:
    ours = load_case(answer.case).posterior.conditional_effects(**_arguments(answer))
    assert list(ours) == [theirs["name"] for theirs in answer.value]
    for theirs in answer.value:
        part = ours.part(theirs["name"])
        assert (list(part.effect), part.surface) == (theirs["effects"], theirs["surface"])
        _same(part.table, theirs)


@pytest.mark.parametrize(
    "answer", [a for a in answers("conditional_smooths") if "surface" not in a.arguments], ids=lambda a: a.id
)
def test_conditional_smooths(answer: Answer) -> None:
    ours = load_case(answer.case).posterior.conditional_smooths(**_arguments(answer))
    assert list(ours) == [theirs["name"] for theirs in answer.value]
    for theirs in answer.value:
        part = ours.part(theirs["name"])
        assert (list(part.effect), part.surface) == (theirs["effects"], theirs["surface"])
        _same(part.table, theirs)
