"""standata and default priors equal brms's, as recorded in tests/reference/brms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import read_reference

import smoothstan as ss

CASES = read_reference("brms/cases.json")["cases"]
IDS = [f"{case['family']}: {' & '.join(case['formula'])}" for case in CASES]
# 15 significant digits were recorded; products of a few hundred terms lose two or three of them.
TOLERANCE = {"rtol": 1e-8, "atol": 1e-10}


def family_of(case: dict[str, Any]) -> Any:
    name, _, link = case["family"].partition("-")
    return ss.family(name, link or None)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_standata(case: dict[str, Any], frame: pd.DataFrame) -> None:
    data = ss.standata(case["formula"], frame, family=family_of(case))
    # Kc came with brms 2.19.
    assert {name for name in data if not name.startswith("Kc")} == set(case["standata"])
    for name, recorded in case["standata"].items():
        found = np.asarray(data[name], dtype=float)
        expected = np.asarray(recorded["values"], dtype=float).reshape(recorded["dim"])
        assert found.shape == expected.shape, name
        if name.startswith("Zs"):  # unique up to a rotation of the columns
            found, expected = found @ found.T, expected @ expected.T
        if name.startswith("Xs"):  # unique up to signs
            found = found * np.sign(np.sum(found * expected, axis=0))
        np.testing.assert_allclose(found, expected, err_msg=name, **TOLERANCE)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_coefficient_names(case: dict[str, Any], frame: pd.DataFrame) -> None:
    from smoothstan.design import build_design
    from smoothstan.formula import parse_formula
    from smoothstan.terms import LinearTerm

    design = build_design(parse_formula(case["formula"]), frame, family_of(case))
    for term in design.terms:
        if isinstance(term, LinearTerm) and f"X{term.p}" in case["standata"]:
            names = [*(["Intercept"] if term.centred else []), *term.coefficients]
            assert names == case["standata"][f"X{term.p}"]["colnames"]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_default_priors(case: dict[str, Any], frame: pd.DataFrame) -> None:
    table = ss.default_prior(case["formula"], frame, family=family_of(case))
    found = [
        (row.text, *row.slot.address, *("" if b is None else f"{b:g}" for b in (row.slot.lb, row.slot.ub)))
        for row in table.rows
    ]
    keys = ("prior", "class", "coef", "group", "dpar", "lb", "ub")
    assert found == [tuple(row[key] for key in keys) for row in case["prior"]]


def test_recorded_on_the_version_that_the_project_follows() -> None:
    assert read_reference("brms/cases.json")["brms"] == "2.18.0"
    assert len(CASES) >= 80
