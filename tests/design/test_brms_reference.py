"""standata and default priors equal brms's, as recorded in tests/reference/brms."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from conftest import read_reference, reference_frame

import smoothstan as ss

FRAMES = {
    "cases": reference_frame("data"), "hard_cases": reference_frame("hard_data"),
    "family_cases": reference_frame("family_data"), "group_cases": reference_frame("group_data"),
    "categorical_cases": reference_frame("categorical_data"), "mono_cases": reference_frame("data"),
    "ordinal_cases": reference_frame("ordinal_data"), "trunc_cases": reference_frame("trunc_data"),
}  # fmt: skip
CASES = [{**case, "file": name} for name in FRAMES for case in read_reference(f"brms/{name}.json")["cases"]]
DATA2 = {
    name: {
        key: (np.asarray(matrix["values"]), matrix["names"])
        for key, matrix in read_reference(f"brms/{name}.json").get("data2", {}).items()
    }
    for name in FRAMES
}
IDS = [f"{case['family']}: {' & '.join(case['formula'])}" for case in CASES]
# 15 significant digits were recorded; eigenvectors and products of them are good to 1e-8 of the largest element.
# Some data sets of the table miss values on purpose.
pytestmark = pytest.mark.filterwarnings("ignore:.* rows have missing values:smoothstan.errors.DataWarning")


def formula_of(case: dict[str, Any]) -> Any:
    """Return the formula with brms's options: parameters that are not centred, and those without cell means."""
    main, *others = case["formula"]
    if "open" not in case:
        return case["formula"]

    def options(dpar: str) -> dict[str, bool]:
        return {"center": dpar not in case["open"], "cmc": dpar not in case["all"]}

    further = [ss.lf(text, **options(text.split(" ~")[0])) for text in others]
    return ss.bf(main, *further, **options("mu"))


def family_of(case: dict[str, Any]) -> Any:
    name, _, link = case["family"].partition("-")
    if name == "categorical":
        return ss.family(name, refcat=link or None)
    if "threshold" in case:
        return ss.family(name, link or None, threshold=case["threshold"])
    if link == "sigmaidentity":
        return ss.family(name, link_sigma="identity")
    if link == "nuidentity":
        return ss.family(name, link_nu="identity", link_sigma="identity")
    return ss.family(name, link or None)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_standata(case: dict[str, Any]) -> None:
    data = ss.standata(formula_of(case), FRAMES[case["file"]], family=family_of(case), data2=DATA2[case["file"]])
    # Kc came with brms 2.19.
    assert {name for name in data if not re.fullmatch(r"Kc(_\w+)?", name)} == set(case["standata"])
    for name, recorded in case["standata"].items():
        found = np.asarray(data[name], dtype=float)
        infinite = -np.inf if name == "lb" else np.inf  # JSON has no infinite numbers, which are missing bounds
        values = (
            [infinite if v is None else v for v in recorded["values"]] if name in ("lb", "ub") else recorded["values"]
        )
        expected = np.asarray(values, dtype=float).reshape(recorded["dim"])
        assert found.shape == expected.shape, name
        if name.startswith("Zs"):  # unique up to a rotation of the columns
            found, expected = found @ found.T, expected @ expected.T
        if name.startswith("Xs"):  # unique up to signs
            found = found * np.sign(np.sum(found * expected, axis=0))
        scale = np.abs(expected).max(initial=0) if name.startswith(("Zs", "Xs")) else 1.0
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-8 * scale if scale > 1 else 1e-10, err_msg=name)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_coefficient_names(case: dict[str, Any]) -> None:
    from smoothstan.design import build_design
    from smoothstan.formula import parse_formula
    from smoothstan.terms import LinearTerm, SmoothOptions

    options = SmoothOptions.of(None, DATA2[case["file"]])
    design = build_design(parse_formula(formula_of(case)), FRAMES[case["file"]], family_of(case), options)
    for term in design.terms:
        if isinstance(term, LinearTerm) and f"X{term.p}" in case["standata"]:
            names = [*(["Intercept"] if term.centred else []), *term.coefficients]
            assert names == case["standata"][f"X{term.p}"]["colnames"]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_default_priors(case: dict[str, Any]) -> None:
    table = ss.default_prior(formula_of(case), FRAMES[case["file"]], family=family_of(case), data2=DATA2[case["file"]])
    keys = ("prior", "class", "coef", "group", "dpar", "lb", "ub")
    expected = [tuple(row[key] for key in keys) for row in case["prior"]]
    if "negbinomial" in case["family"]:
        # brms 2.21 changed this default; 2.18 is what was recorded.
        expected = [("inv_gamma(0.4, 0.3)", *r[1:]) if r[0] == "gamma(0.01, 0.01)" else r for r in expected]
    cells = table.to_frame()[list(keys)].itertuples(index=False, name=None)
    # get_prior leaves empty what comes from a row above; the printed table fills it in.
    found = [(c[0] if r.slot.ub_symbol else r.text, *c[1:]) for r, c in zip(table.rows, cells, strict=True)]
    assert found == expected


def test_recorded_on_the_version_that_the_project_follows() -> None:
    assert read_reference("brms/cases.json")["brms"] == "2.18.0"
    assert len(CASES) >= 350
