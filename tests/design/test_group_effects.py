"""Which group effects a formula keeps, against sums of the effects by their names."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.design import Design, build_design, keep_group_effects
from smoothstan.errors import DataError, FormulaError, OptionError
from smoothstan.families import family
from smoothstan.formula import parse_formula
from smoothstan.terms import GroupTerm

DRAWS = 5

MODELS: dict[str, tuple[str, ...]] = {
    "correlated": ("y ~ x + (1 + x | g) + (1 | site)",),
    "uncorrelated": ("y ~ x + (1 + x || g)",),
    "split": ("y ~ (1 | g) + (0 + x | g) + (0 + z | g)",),
    "nested": ("y ~ x + (1 + x | g/sub)",),
    "factor": ("y ~ (f * x | g)",),
    "cell means": ("y ~ (0 + f | g)",),
    "shared ID": ("y ~ x + (1 + x | ID | g)", "sigma ~ (1 | ID | g) + (1 | site)"),
    "two parameters": ("y ~ (1 + x | g)", "sigma ~ (0 + x | g) + (1 | g:sub)"),
}

# model, re_formula -> the effects that it keeps: (group, parameter, coefficient)
KEPT: list[tuple[str, Any, set[tuple[str, str, str]]]] = [
    ("correlated", "NA", set()),
    ("correlated", "~ 0", set()),
    ("correlated", " ~1", set()),
    ("correlated", float("nan"), set()),
    ("correlated", pd.NA, set()),
    ("correlated", "~ (1 | g)", {("g", "mu", "Intercept")}),
    ("correlated", "~(x|g)", {("g", "mu", "Intercept"), ("g", "mu", "x")}),
    ("correlated", "~ (0 + x || g)", {("g", "mu", "x")}),
    ("correlated", "~ (x - 1 | g)", {("g", "mu", "x")}),
    ("correlated", "~ (1 | site)", {("site", "mu", "Intercept")}),
    ("correlated", "~ 1 + (1 | site) + (0 + x | g)", {("site", "mu", "Intercept"), ("g", "mu", "x")}),
    ("uncorrelated", "~ (1 + x | g)", {("g", "mu", "Intercept"), ("g", "mu", "x")}),
    ("split", "~ (0 + x | g)", {("g", "mu", "x")}),
    ("split", "~ (1 + z | g)", {("g", "mu", "Intercept"), ("g", "mu", "z")}),
    ("nested", "~ (1 | g)", {("g", "mu", "Intercept")}),
    ("nested", "~ (0 + x | g:sub)", {("g:sub", "mu", "x")}),
    ("nested", "~ (1 | g/sub)", {("g", "mu", "Intercept"), ("g:sub", "mu", "Intercept")}),
    ("factor", "~ (1 | g)", {("g", "mu", "Intercept")}),
    ("factor", "~ (f | g)", {("g", "mu", "Intercept"), ("g", "mu", "fa"), ("g", "mu", "fcPd")}),
    ("factor", "~ (0 + x:f | g)", {("g", "mu", "fa:x"), ("g", "mu", "fcPd:x")}),
    ("cell means", "~ (0 + f | g)", {("g", "mu", "fa"), ("g", "mu", "fbb"), ("g", "mu", "fcPd")}),
    ("shared ID", "~ (1 | g)", {("g", "mu", "Intercept"), ("g", "sigma", "Intercept")}),
    ("shared ID", "~ (0 + x | g)", {("g", "mu", "x")}),
    ("shared ID", "~ (1 | ID | g)", {("g", "mu", "Intercept"), ("g", "sigma", "Intercept")}),
    ("shared ID", "~ (1 | site)", {("site", "sigma", "Intercept")}),
    ("two parameters", "~ (0 + x | g)", {("g", "mu", "x"), ("g", "sigma", "x")}),
    ("two parameters", "~ (1 | g) + (1 | g:sub)", {("g", "mu", "Intercept"), ("g:sub", "sigma", "Intercept")}),
]


def design_of(model: str, frame: pd.DataFrame) -> Design:
    return build_design(parse_formula(MODELS[model]), frame, family("gaussian"))


def random_draws(design: Design) -> dict[str, np.ndarray]:
    """Return draws of every variable of a design."""
    rng = np.random.default_rng(1)
    found: dict[str, np.ndarray] = {}
    for variable in (v for term in design.terms for v in term.variables):
        drawn = rng.normal(size=(DRAWS, *map(len, variable.coords)))
        # Groupings of one group share an array, the later ones at its end.
        before = found.get(variable.name)
        found[variable.name] = drawn if before is None or not variable.dims else np.concatenate([before, drawn], axis=2)
    return found


def sum_of_effects(design: Design, draws: dict[str, np.ndarray], dpar: str, chosen: set[tuple[str, str, str]]) -> Any:
    """Return r[level, coef] times its column, summed over the chosen effects: from brms's names alone."""
    data = design.stan_data()
    names: dict[str, list[str]] = {}
    total = np.zeros((DRAWS, design.n))
    for term in design.groups:
        for c in term.coefficients:
            labels = names.setdefault(term.effects_name(c.dpar), [])
            labels.append(c.name)
            if c.dpar == dpar and (term.group, c.dpar, c.name) in chosen:
                effects = draws[term.effects_name(c.dpar)][:, :, len(labels) - 1]
                total += effects[:, data[f"J_{term.index}"] - 1] * data[f"Z_{term.index}{c.stan_column}"]
    return total


@pytest.mark.parametrize(("model", "re_formula", "chosen"), KEPT, ids=lambda v: None if isinstance(v, set) else str(v))
def test_kept_effects(model: str, re_formula: Any, chosen: set[tuple[str, str, str]], frame: pd.DataFrame) -> None:
    design = design_of(model, frame)
    draws = random_draws(design)
    everything = {(t.group, c.dpar, c.name) for t in design.groups for c in t.coefficients}
    assert chosen <= everything
    for dpar in design.predicted:
        none = design.linear_predictor(dpar, draws, design.table) - sum_of_effects(design, draws, dpar, everything)
        kept = keep_group_effects(design, re_formula).linear_predictor(dpar, draws, design.table)
        np.testing.assert_allclose(kept, none + sum_of_effects(design, draws, dpar, chosen), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("model", MODELS)
def test_all_effects_by_default(model: str, frame: pd.DataFrame) -> None:
    design = design_of(model, frame)
    assert keep_group_effects(design, None) is design
    written = [(term.group, e.matrix) for term in design.groups for e in term.effects]
    formulas = [
        f"({' + '.join([f'{m.intercept:d}', *(':'.join(sorted(t)) for t, _, _ in m.term_factors)])} | {group})"
        for group, m in written
    ]
    draws = random_draws(design)
    kept = keep_group_effects(design, "~ " + " + ".join(formulas))
    for dpar in design.predicted:
        whole = design.linear_predictor(dpar, draws, design.table)
        np.testing.assert_allclose(kept.linear_predictor(dpar, draws, design.table), whole, rtol=1e-12)


def test_columns_of_left_out_effects_are_not_needed(frame: pd.DataFrame) -> None:
    design = design_of("correlated", frame)
    assert set(keep_group_effects(design, "NA").predictor_reads()) == {"x"}
    assert set(keep_group_effects(design, "~ (1 | site)").predictor_reads()) == {"x", "site"}
    split = design_of("split", frame)
    assert set(keep_group_effects(split, "~ (1 | g)").predictor_reads()) == {"g"}
    assert set(keep_group_effects(split, "~ (1 + z | g)").predictor_reads()) == {"g", "z"}
    table = keep_group_effects(split, "~ (1 | g)").at(frame[["g"]])
    assert set(table.columns) == {"g"}
    with pytest.raises(DataError, match="no column 'x'"):
        split.at(frame[["g"]])


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("(1 | g)", FormulaError, "no left-hand side: write '~"),
        ("y ~ (1 | g)", FormulaError, "no left-hand side"),
        ("~ x + (1 | g)", FormulaError, "holds group-level terms only"),
        ("~ s(z) + (1 | g)", FormulaError, "holds group-level terms only"),
        ("~ offset(w)", FormulaError, "holds group-level terms only"),
        ("~ (1 | sub)", FormulaError, r"no effects that vary by sub \(it has: g, site\)"),
        ("~ (1 | g:sub)", FormulaError, "no effects that vary by g:sub"),
        ("~ (z | g)", FormulaError, r"the effect of z does not vary by g in the model \(these do: 1, x\)"),
        ("~ (x | site)", FormulaError, "the effect of x does not vary by site"),
        ("~ (1 | g", FormulaError, "is never closed"),
        ("", FormulaError, "formula"),
        (False, OptionError, "None .all., 'NA' .none. or a formula"),
        (0, OptionError, "got 0"),
        (["~ (1 | g)"], OptionError, "got"),
    ],
)
def test_formulas_that_cannot_be(text: Any, error: type[Exception], message: str, frame: pd.DataFrame) -> None:
    with pytest.raises(error, match=message):
        keep_group_effects(design_of("correlated", frame), text)


def test_a_model_without_groups(frame: pd.DataFrame) -> None:
    design = build_design(parse_formula("y ~ x"), frame, family("gaussian"))
    assert not keep_group_effects(design, "NA").groups
    with pytest.raises(FormulaError, match=r"no effects that vary by g \(it has: no groups\)"):
        keep_group_effects(design, "~ (1 | g)")


def test_left_out_terms_leave_the_others_alone(frame: pd.DataFrame) -> None:
    design = design_of("shared ID", frame)
    kept = keep_group_effects(design, "~ (1 | g)")
    assert [t for t in kept.terms if not isinstance(t, GroupTerm)] == [
        t for t in design.terms if not isinstance(t, GroupTerm)
    ]
    assert [t.group for t in kept.groups] == ["g"]
    assert ss.bf(*MODELS["shared ID"])
