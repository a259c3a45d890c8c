"""Priors set by the user become what brms makes of them, as recorded in tests/reference/brms/prior_cases.json."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from conftest import read_reference, reference_frame

import smoothstan as ss
from smoothstan.posterior import FitRequest
from smoothstan.priors import Prior

FRAME = reference_frame("data")
CASES = read_reference("brms/prior_cases.json")["cases"]
IDS = [f"{' & '.join(c['formula'])}: {'; '.join(g['prior'] + ' ' + g['class'] for g in c['given'])}" for c in CASES]


def number(text: str) -> float | None:
    return float(text) if text else None


def given(case: dict[str, Any]) -> list[Prior]:
    return [
        ss.prior(
            row["prior"], row["class"], coef=row["coef"], group=row["group"], dpar=row["dpar"],
            lb=number(row["lb"]), ub=number(row["ub"]),
        )
        for row in case["given"]
    ]  # fmt: skip


def statements(code: str) -> list[str]:
    joined = re.sub(r"\n +(?=[-+] )", " ", code)
    return sorted(canonical(text) for text in re.findall(r"lprior \+= ([^;]*);", joined))


def canonical(text: str) -> str:
    """Write both programs' statements alike: brms 2.18 has one scalar per deviation, and writes log(2) as -log(0.5)."""
    text = text.replace("- 1 * log(0.5)", "+ log(2)").replace("bs[1] |", "bs |")
    return re.sub(r"\b(sds(?:_[a-z]+)?_\d+)_1\b", r"\1", re.sub(r"\s+", "", text))


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_same_statements_add_to_the_prior(case: dict[str, Any]) -> None:
    code = ss.stancode(case["formula"], FRAME, family=case["family"], prior=given(case))
    expected = sorted(map(canonical, case["lprior"]))
    if case["family"] == "negbinomial":
        assert not any("shape|0.01" in text for text in expected)
    assert statements(code) == expected


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_same_table(case: dict[str, Any]) -> None:
    rows = FitRequest.of(case["formula"], case["family"], given(case)).bind(FRAME)[1].rows
    keys = ("prior", "class", "coef", "group", "dpar", "lb", "ub", "source")
    found = [(row.text, *row.slot.address, *map(written, (row.slot.lb, row.slot.ub)), row.source) for row in rows]
    expected = [tuple("cor" if row[key] == "L" else row[key] for key in keys) for row in case["table"]]
    # validate_prior() has another order than get_prior(), whose order test_brms_reference.py compares, and Stan's lkj.
    assert sorted(found) == sorted((row[0].replace("lkj_corr_cholesky", "lkj"), *row[1:]) for row in expected)


def written(bound: float | None) -> str:
    return "" if bound is None else f"{bound:g}"


@pytest.mark.parametrize("case", [c for c in CASES if c["standata"]], ids=lambda c: c["given"][0]["prior"])
def test_the_same_data_of_shrinkage(case: dict[str, Any]) -> None:
    data = ss.standata(case["formula"], FRAME, family=case["family"], prior=given(case))
    assert {name for name in data if name.startswith(("hs_", "R2D2_"))} == set(case["standata"])
    for name, recorded in case["standata"].items():
        if name == "R2D2_cons_D2" and "cons_D2" not in case["given"][0]["prior"]:
            # brms 2.19 changed this default from 1 to 0.5; 2.18 is what was recorded.
            recorded["values"] = np.full(recorded["dim"], 0.5)
        found = np.asarray(data[name], dtype=float)
        assert list(found.shape) == recorded["dim"], name
        np.testing.assert_allclose(found.ravel(), np.ravel(recorded["values"]), rtol=1e-12, err_msg=name)


@pytest.mark.parametrize("case", [c for c in CASES if c["standata"]], ids=lambda c: c["given"][0]["prior"])
def test_the_same_priors_can_be_drawn_from(case: dict[str, Any]) -> None:
    code = ss.stancode(case["formula"], FRAME, family=case["family"], prior=given(case), sample_prior="yes")
    found = set(re.findall(r"real (prior_(?:hs|R2D2)_\w+) =", code))
    assert found == {name for name in case["draws"] if name.startswith(("prior_hs", "prior_R2D2"))}


def test_enough_cases_were_recorded() -> None:
    assert len(CASES) >= 40
