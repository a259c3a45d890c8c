"""Every stored fit of mgcv from its formula and data, by ``gam()``.

Tolerances are those of ``tests/reference/smooths/README.md``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from smooths.reference_cases import load, map_of_columbus, names, table

import smoothstan as ss
from smoothstan.gam import GamFit

CASES = names("gam")


def fitted(name: str) -> tuple[dict[str, Any], GamFit]:
    case = load("gam", name)
    data = table(load("data", case["dataset"])["columns"])
    formula = case["formula"]
    if case["weights"]:
        left, _, right = formula.partition("~")
        formula = f"{left} | weights({case['weights']}) ~ {right}"
    family = case["family_call"].split("(")[0]
    fit = ss.gam(
        formula, data, family=family, link=case["fit"]["link"], method=case["method"], select=case["select"],
        knots=case["knots_arg"], data2=map_of_columbus(),
    )  # fmt: skip
    return case, fit


def close(actual: Any, expected: Any, tolerance: float) -> None:
    reference = np.asarray(expected, dtype=float)
    np.testing.assert_allclose(
        np.asarray(actual, dtype=float), reference, rtol=0, atol=tolerance * np.abs(reference).max()
    )


@pytest.mark.parametrize("name", CASES)
def test_fit(name: str) -> None:
    case, fit = fitted(name)
    stored = case["fit"]
    flat = np.atleast_1d(stored.get("sp_flat") or False)
    loose = 1e-4 if np.any(flat) else 1e-5
    assert abs(fit.score - stored["score"]) < 1e-7 * (abs(stored["score"]) + 1)
    close(fit.edf, np.atleast_1d(stored["edf"]), loose)
    close(fit.total_edf, stored["edf_total"], loose)
    close(fit.fitted[:10], stored["fitted10"], loose)
    close(fit.scale, stored["sig2"] if case["method"].startswith("GCV") else stored["scale"], loose)
    close(fit.penalised.deviance_explained, stored["dev_expl"], loose)
    close(fit.aic, stored["AIC"], loose)
    close(fit.residuals("pearson")[:10], stored["resid_pearson10"], loose)
    assert list(fit.edf.index) == list(np.atleast_1d(stored["smooth_labels"]))
    if list(stored["coef_names"]) != list(fit.design.columns):
        assert name == "g_bin_cbind" or len(fit.design.columns) == len(stored["coef_names"])
    np.testing.assert_array_equal(list(fit.design.columns), stored["coef_names"])


@pytest.mark.parametrize("name", CASES)
def test_tables(name: str) -> None:
    case, fit = fitted(name)
    stored = case["fit"]
    loose = 1e-4 if np.any(stored.get("sp_flat") or False) else 1e-5
    key = "s_table_consistent" if "s_table_consistent" in stored else "s_table"
    reference = np.asarray(stored[key]["values"], dtype=float)
    smooths = fit.summary().smooths
    close(smooths.iloc[:, 0], reference[:, 0], loose)
    close(smooths.iloc[:, 1], reference[:, 1], loose)
    alternatives = np.array([test.alternative for test in fit.penalised.smooth_tests()])
    statistic = np.where(
        np.isclose(smooths.iloc[:, 2], reference[:, 2], rtol=1e-4, atol=0), smooths.iloc[:, 2], alternatives
    )
    np.testing.assert_allclose(statistic, reference[:, 2], rtol=1e-4)
    np.testing.assert_allclose(smooths.iloc[:, 3], reference[:, 3], atol=3e-5)
    parametric = np.asarray(stored["p_table"]["values"], dtype=float)
    np.testing.assert_allclose(fit.summary().parametric.to_numpy()[:, :3], parametric[:, :3], rtol=1e-4, atol=1e-6)
    assert list(fit.summary().parametric.index) == list(np.atleast_1d(stored["p_table"]["labels"]))


@pytest.mark.parametrize("name", CASES)
def test_predictions(name: str) -> None:
    case, fit = fitted(name)
    stored = case["fit"]
    loose = 1e-4 if np.any(stored.get("sp_flat") or False) else 1e-5
    new = table(case["newdata"])
    reference = stored["predict_new"]
    for kind in ("link", "response"):
        found = fit.predict(new, type=kind, se=True)
        close(found.fit, reference[kind]["fit"], loose)
        close(found.se, reference[kind]["se"], loose)
    terms = fit.predict(new, type="terms", se=True)
    assert list(terms.fit.columns) == list(np.atleast_1d(reference["terms"]["names"]))
    close(terms.fit, np.asarray(reference["terms"]["fit"], dtype=float).reshape(terms.fit.shape), loose)
    close(terms.se, np.asarray(reference["terms"]["se"], dtype=float).reshape(terms.se.shape), loose)
    if reference.get("iterms_se") is not None and not name.startswith("g_t2"):
        own = fit.predict(new, type="iterms", se=True).se
        close(own, np.asarray(reference["iterms_se"], dtype=float).reshape(own.shape), loose)


@pytest.mark.parametrize("name", CASES)
def test_basis_check(name: str) -> None:
    case, fit = fitted(name)
    stored = case["fit"]["k_check"]
    found = fit.check()
    close(found["k'"], np.atleast_1d(stored["k_prime"]), 1e-12)
    expected = np.array([np.nan if k is None else k for k in np.atleast_1d(stored["k_index"])], dtype=float)
    np.testing.assert_array_equal(np.isnan(found["k-index"]), np.isnan(expected))
    one = [len(term.smooth.covariates) == 1 for term in fit.design.terms]
    flat = np.any(case["fit"].get("sp_flat") or False)
    for index, reference, single in zip(found["k-index"], expected, one, strict=True):
        if not np.isnan(reference):
            assert abs(index - reference) < ((1e-4 if flat else 1e-6) if single else 2e-2)


def test_a_group_of_whole_numbers_has_an_effect_per_level() -> None:
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(6), 10)
    data = {"y": rng.normal(size=60) + np.sqrt(group), "g": group, "h": [f"g{v}" for v in group]}
    numbers, names = ss.gam("y ~ (1 | g)", data), ss.gam("y ~ (1 | h)", data)
    assert len(numbers.coefficients) == 7
    np.testing.assert_allclose(numbers.fitted, names.fitted)
