"""Answers of the Python package marginaleffects about models that statsmodels fitted: one draw at their coefficients.

Three things are asked otherwise: marginaleffects for Python centres a change by one number, counts the rows of
hypotheses from 0, and takes slopes with a step of 1e-4.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import read_reference
from given_draws import fit_of_draws

import smoothstan as ss

STORED = read_reference("marginaleffects/answers.json")
QUESTIONS = [
    pytest.param(case, answer, id=f"{case}-{i}-{answer['function']}")
    for case, stored in STORED["cases"].items()
    for i, answer in enumerate(stored["answers"])
]


def _data() -> pd.DataFrame:
    data = pd.DataFrame(STORED["data"])
    return data.assign(f=pd.Categorical(data["f"]))


def _name(theirs: str) -> str:
    """Return brms's name of a coefficient that patsy names ``f[T.b]:x`` or ``I(z ** 2)``."""
    name = re.sub(r"\[T\.(\w+)\]", lambda m: "TRUE" if m[1] == "True" else m[1], theirs)
    return "b_" + name.replace("I(z ** 2)", "IzE2")


@cache
def _fit(case: str) -> ss.Posterior:
    stored = STORED["cases"][case]
    given = {_name(name): [value] for name, value in stored["coefficients"].items()}
    given |= {"sigma": [stored["sigma"]]} if case == "gaussian" else {}
    return fit_of_draws(stored["formula"], _data(), family=case, ndraws=1, **given)


def _ours(case: str, function: str, arguments: dict[str, Any]) -> pd.DataFrame:
    given = dict(arguments)
    if "newdata" in given:
        given["new_data"] = given.pop("newdata")
    if "grid" in given:
        given["new_data"] = ss.datagrid(_fit(case), **given.pop("grid"))
    if given.get("wts") and "new_data" not in given:
        given["new_data"] = _data()
    if "comparisons" in function:
        given["direction"] = "center"
    if "slopes" in function or given.get("comparison") in ("dydx", "eyex", "eydx", "dyex"):
        given["eps"] = 1e-4
    if isinstance(given.get("hypothesis"), str):
        given["hypothesis"] = re.sub(r"\bb(\d)\b", lambda m: f"b{int(m[1]) + 1}", given["hypothesis"])
    return getattr(ss, function)(_fit(case), **given).to_frame()


def _sorted(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    texts = table[names].astype(str)
    return table.iloc[texts.sort_values(names, kind="stable").index].reset_index(drop=True)


@pytest.mark.parametrize(("case", "answer"), QUESTIONS)
def test_same_estimates(case: str, answer: dict[str, Any]) -> None:
    arguments = answer["arguments"]
    theirs = pd.DataFrame(answer["columns"])
    ours = _ours(case, answer["function"], arguments)
    assert len(ours) == len(theirs)
    names = [name for name in theirs if name != "estimate"]
    if "hypothesis" in arguments:
        names = []
    if arguments.get("comparison") == "lift" or (arguments.get("wts") and arguments.get("slope") == "eyex"):
        # They write "lift" for every pair of levels, and the step for a weighted elasticity.
        names.remove("contrast")
    if names:
        ours, theirs = _sorted(ours, names), _sorted(theirs, names)
        for name in names:
            assert list(ours[name].astype(str)) == list(theirs[name].astype(str))
    # A difference over a step of 1e-4 loses four of sixteen digits of the size of the prediction.
    slope = "slope" in answer["function"] or arguments.get("comparison") in ("dydx", "eyex", "eydx", "dyex")
    scale = float(np.abs(theirs["estimate"]).max())
    np.testing.assert_allclose(
        ours["estimate"], theirs["estimate"], rtol=1e-9, atol=(1e-11 if slope else 1e-13) * max(scale, 1)
    )
