"""Formulas that combine everything: the program, its data and its default priors against brms's, as recorded.

brms 2.18 answered; what deliberately differs from it is no part of the table, or listed in ``test_corpus.py``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from conftest import read_reference, reference_frame
from test_corpus import BRMS_2_21, COLUMNS, all_rows, declared, program_of, recorded, span

import smoothstan as ss
from smoothstan.design import Design, build_design
from smoothstan.engines import StanliEngine
from smoothstan.formula import parse_formula
from smoothstan.priors import resolve_priors
from smoothstan.terms import LinearTerm, SmoothOptions

RECORDED = read_reference("brms/combined_cases.json")
CASES = RECORDED["cases"]
# Rows with missing values are in the table on purpose.
pytestmark = pytest.mark.filterwarnings("ignore:.* rows have missing values:smoothstan.errors.DataWarning")

OWN_NAMES = ("Kc", "rows_", "Nrows_", "Js_", "ngs_", "ws_")
"""Beginnings of names of data that brms 2.18 has not: sparse blocks of smooths, and what came with brms 2.19."""
SUBSET_SCALE = "brms scales the sd of groups by the response of all rows, we by that of the rows used"


def model(case: dict[str, Any]) -> tuple[ss.ModelFormula, Any]:
    """Return the formula and the family of a case."""
    main, *others = [part for part in case["formula"] if "~" in part]
    held: dict[str, Any] = {}
    for name, value in (part.split(" = ") for part in case["formula"] if "~" not in part):
        held[name] = value.strip("'") if "'" in value else float(value)

    def options(dpar: str) -> dict[str, bool]:
        return {"center": dpar not in case["open"], "cmc": dpar not in case["all"]}

    formula = ss.bf(main, *(ss.lf(text, **options(text.split(" ~")[0])) for text in others), **options("mu"), **held)
    if case["family"] == "categorical":
        return formula, ss.family("categorical", refcat=case.get("refcat"))
    own = {f"link_{name}": link for name, link in (case.get("links") or {}).items()}
    threshold = {"threshold": case["threshold"]} if case.get("threshold") else {}
    return formula, ss.family(case["family"], case.get("link"), **own, **threshold)


def label(case: dict[str, Any]) -> str:
    options = [f"{k}={case[k]}" for k in ("link", "links", "threshold", "refcat", "open", "all") if case.get(k)]
    return " ".join([" & ".join(case["formula"]), f"[{case['family']}]", *options])


@cache
def frame() -> Any:
    return reference_frame("combined_data")


@cache
def design_of(index: int) -> Design:
    formula, family = model(CASES[index])
    known = {name: (np.asarray(m["values"]), m["names"]) for name, m in RECORDED["data2"].items()}
    return build_design(parse_formula(formula), frame(), family, SmoothOptions.of(None, known))


every_case = pytest.mark.parametrize("index", range(len(CASES)), ids=[label(case) for case in CASES])


@every_case
def test_standata_and_names(index: int) -> None:
    blocks, data = CASES[index]["standata"], design_of(index).stan_data()
    unlike = {name for name in data if name not in blocks}
    assert all(name.startswith(OWN_NAMES) for name in unlike)
    assert set(blocks) <= set(data)
    for name, block in blocks.items():
        expected = recorded(name, block)
        found = all_rows(data, name) if name.startswith("Zs") else np.asarray(data[name], dtype=float)
        assert found.shape == expected.shape, name
        if name.startswith("Zs"):  # unique up to a rotation of the columns
            found, expected = found @ found.T, expected @ expected.T
            if "bs = 'fs'" in label(
                CASES[index]
            ):  # mgcv scales their null directions by axes that it leaves to rounding
                continue
        elif name.startswith("Xs"):
            found, expected = span(found), span(expected)
        # 15 significant digits were recorded; eigenvectors and products of them are good to 1e-8 of the largest.
        scale = max(1.0, np.abs(expected).max(initial=0)) if name.startswith(("Zs", "Xs")) else 1e-2
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-8 * scale, err_msg=name)
    for term in design_of(index).terms:
        if isinstance(term, LinearTerm) and (block := blocks.get(f"X{term.p}")):
            assert [*(["Intercept"] if term.centred else []), *term.coefficients] == block["colnames"]


@every_case
def test_default_priors(index: int) -> None:
    case, table = CASES[index], resolve_priors(design_of(index).prior_slots())
    cells = table.to_frame()[list(COLUMNS)].itertuples(index=False, name=None)
    # get_prior leaves empty what comes from a row above; the printed table fills it in.
    found = [(c[0] if r.slot.ub_symbol else r.text, *c[1:]) for r, c in zip(table.rows, cells, strict=True)]
    expected = [tuple(row[key] for key in COLUMNS) for row in case["prior"]]
    if "negbinomial" in case["family"]:
        expected = [(BRMS_2_21[1], *r[1:]) if r[0] == BRMS_2_21[0] and "shape" in r else r for r in expected]
    if "subset(" in case["formula"][0]:  # SUBSET_SCALE
        found, expected = ([(r[0] if r[1] != "sd" else "", *r[1:]) for r in rows] for rows in (found, expected))
    assert found == expected


@every_case
def test_program(index: int) -> None:
    """The embedded compiler takes the program, whose data block declares what is passed, no more and no less."""
    program = program_of(design_of(index))
    assert declared(program.code) == set(program.data)
    StanliEngine().log_densities(program)


def test_the_table_has_every_family() -> None:
    assert RECORDED["brms"] == "2.18.0"
    assert len(CASES) >= 100
    assert len({case["family"] for case in CASES}) >= 25
