"""Options of formulas for distributional parameters, held values, and parameters set equal to another."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import reference_frame

import smoothstan as ss
from smoothstan.codegen import write_program
from smoothstan.engines import StanliEngine
from smoothstan.engines.stanli import _model, _unconstrain
from smoothstan.errors import FormulaError
from smoothstan.formula import bf, lf, update_formula
from smoothstan.posterior import FitRequest


def test_lf_adds_formulas_with_their_options() -> None:
    added = bf("y ~ x") + lf("sigma ~ z", "nu ~ 1", center=False)
    assert added == bf("y ~ x", lf("sigma ~ z", "nu ~ 1", center=False))
    assert [(p.dpar, p.center) for p in added.predictors] == [("mu", True), ("sigma", False), ("nu", False)]
    both = bf("y ~ x", "sigma + nu ~ z")
    assert [p.dpar for p in both.predictors] == ["mu", "sigma", "nu"]
    assert str(both).splitlines() == ["y ~ x", "sigma + nu ~ z"]


def test_updates_keep_options_and_equal_parameters() -> None:
    old = bf("y ~ x", lf("sigma + phi ~ z", cmc=False), center=False, zoi="coi")
    new = update_formula(old, [". ~ . + w", "sigma ~ . + x"])
    assert [(p.dpar, p.center, p.cmc) for p in new.predictors] == [
        ("mu", False, True), ("sigma", True, False), ("phi", True, False),
    ]  # fmt: skip
    assert [p.text for p in new.predictors][1:] == ["sigma ~ z + x", "phi ~ z"]
    assert new.equal == (("zoi", "coi"),)


ERRORS = [
    (lambda: lf(), "needs a formula"),
    (lambda: lf("sigma ~ z", center=1), "center must be True or False"),
    (lambda: bf("y ~ x", cmc="no"), "cmc must be True or False"),
    (lambda: lf("~ z"), "form 'sigma ~"),
    (lambda: lf("sigma * nu ~ z"), "form 'sigma ~"),
    (lambda: bf("y ~ x", "sigma + sigma ~ z"), "'sigma' is set more than once"),
    (lambda: bf("y ~ x", sigma=1) + lf("sigma ~ z"), "'sigma' is set more than once"),
]


@pytest.mark.parametrize(("make", "message"), ERRORS)
def test_bad_options(make, message) -> None:
    with pytest.raises(FormulaError, match=message):
        make()


INFLATED = "zero_one_inflated_beta"
UNEQUAL = [
    ({"zoi": "coy"}, "no parameter 'coy'"),
    ({"xi": "coi"}, "no parameter 'xi'"),
    ({"zoi": "mu"}, "no parameter 'mu' besides mu"),
    ({"zoi": "zoi"}, "equal to itself"),
    ({"zoi": "coi", "coi": "zoi"}, "coi is set equal to 'zoi' itself"),
    ({"zoi": "phi"}, r"different ranges, \(0, 1\) and \(0, Inf\)"),
    ({"phi": -1.0}, "outside its range"),
    ({"zoi": 1.0}, "outside its range"),
]


@pytest.mark.parametrize(("given", "message"), UNEQUAL)
def test_parameters_that_cannot_be_set(given, message) -> None:
    data = reference_frame("family_data")
    with pytest.raises(FormulaError, match=message):
        ss.standata(ss.bf("prop ~ x", **given), data, family=INFLATED)


@pytest.mark.parametrize("formula", [["prop ~ x"], ["prop ~ x", "coi ~ z"]], ids=["free", "predicted"])
def test_a_parameter_equal_to_another(formula) -> None:
    """The program's density is that of the family with both parameters the same, at random parameters."""
    data = reference_frame("family_data").assign(prop=lambda d: np.where(d["int"] == 1, 0.0, d["prop"]))
    data["prop"] = np.where(data["int"] == 2, 1.0, data["prop"])
    design, priors = FitRequest.of(ss.bf(*formula, zoi="coi"), INFLATED).bind(data)
    program = write_program(design, priors, version="test")
    names = {variable.name for variable in program.variables}
    assert "zoi" not in names
    assert not any(name.startswith("b_zoi") for name in names)
    assert "zoi" not in {row.slot.class_ for row in priors.rows}
    rng, differences = np.random.default_rng(1), []
    for _ in range(5):
        # The same shares in all draws: their priors and transforms cancel.
        values = {"Intercept": rng.normal(), "b": rng.normal(size=1), "phi": 3.0}
        draws = {"b_x": values["b"], "phi": np.array([3.0])}
        draws["b_Intercept"] = np.array([values["Intercept"] - values["b"][0] * data["x"].mean()])
        if len(formula) == 1:
            values["coi"] = draws["coi"] = 0.3
            draws["coi"] = np.array([0.3])
        else:
            values |= {"Intercept_coi": 0.2, "b_coi": np.array([0.5])}
            draws |= {"b_coi_z": np.array([0.5]), "b_coi_Intercept": np.array([0.2 - 0.5 * data["z"].mean()])}
        parameters = design.parameters(draws, design.table)
        np.testing.assert_array_equal(parameters["zoi"], parameters["coi"])
        own = float(design.family.log_density(design.observed, parameters).sum())
        point = _unconstrain(_model(program), values)
        prior = priors.resolve("Intercept").distribution
        assert prior is not None
        assert prior.text.startswith("student_t(3, 0, 2.5")
        own += -2 * np.log1p((values["Intercept"] / 2.5) ** 2 / 3)
        differences.append(StanliEngine().log_density(program, point)[0] - own)
    # Sums of 60 logarithms in double precision.
    np.testing.assert_allclose(np.ptp(differences), 0, atol=1e-9)


def test_an_intercept_that_is_not_centred_is_a_coefficient() -> None:
    data = reference_frame()
    request = FitRequest.of(ss.bf("y ~ x", center=False), "gaussian", ss.prior("normal(0, 1)", coef="Intercept"))
    design, priors = request.bind(data)
    program = write_program(design, priors, version="test")
    assert "Xc" not in program.code
    assert "Kc" not in program.data
    assert [v.name for v in design.terms[0].variables] == ["b_Intercept", "b_x"]
    assert design.terms[0].coefficient_names("mu") == (("Intercept", "b_Intercept"), ("x", "b_x"))
