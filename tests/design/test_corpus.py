"""A corpus of formulas and families: the program, its data and its default priors against brms's, as recorded."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import read_reference, reference_frame

import smoothstan as ss
from smoothstan.arrays import FloatArray
from smoothstan.codegen import StanProgram, write_program
from smoothstan.design import Design, build_design
from smoothstan.engines import StanliEngine
from smoothstan.errors import SmoothstanError
from smoothstan.priors import resolve_priors
from smoothstan.terms import LinearTerm

RECORDED = read_reference("brms/corpus_cases.json")["cases"]
COLUMNS = ("prior", "class", "coef", "group", "dpar", "lb", "ub")
# Rows with missing values are in the table on purpose.
pytestmark = pytest.mark.filterwarnings("ignore:.* rows have missing values:smoothstan.errors.DataWarning")

REFUSED_HERE = {
    "y ~ s(x, k = 5, sp = 0.1)": "brms ignores sp without a word",
    "bin ~ x [binomial]": "brms 2.23 refuses it as well; 2.18 took the largest response for the number of trials",
}
ACCEPTED_HERE = {
    "`": "names in backquotes: brms allows only names that R accepts without",
    "te(": "te() is a smooth with two penalties here",
    "by = 2 * z": "by= may be an expression",
    "bs = 'ad'": "adaptive smooths have a mixed form here",
    "[beta_binomial log]": "the binomial families share their links",
    "lgl ~ x": "a logical response is read as 0 and 1",
    "ns(x, 3)": "in R it is there once splines is attached",
}
"""Parts of formulas that brms refuses."""

NO_RULE_FOR_DIRECTIONS = ("bs = 'cs'",)
"""Smooths whose penalised blocks mgcv itself leaves to rounding: two directions of cs."""
NO_RULE_FOR_SCALE = ("y ~ s(x, f, bs = 'fs', k = 4)",)
"""Smooths of several null directions by factor: mgcv scales them by axes that it leaves to rounding."""
BRMS_2_21 = ("gamma(0.01, 0.01)", "inv_gamma(0.4, 0.3)")
"""The default prior of the shape of a negative binomial response, recorded and now."""
OTHER_PRIORS = {
    "far | subset(keep) ~ x + (1 | sub:cl)": {"student_t(3, 0, 52.7)": "student_t(3, 0, 33.7)"},
    "rt ~ x & ndt ~ 1": {"uniform(0, min_Y)": "uniform(0, 0.691)"},
}
"""brms scales the sd of groups by the response of all rows, we by that of the rows used; and where it writes min_Y for
the intercept of ndt, we write the number."""


def label(case: dict[str, Any]) -> str:
    links = [*filter(None, [case["link"]]), *(f"{k}={v}" for k, v in (case["links"] or {}).items())]
    kind = "" if case["family"] == "gaussian" and not links else f" [{' '.join([case['family'], *links])}]"
    return " & ".join(case["formula"]) + kind


CASES = [case for case in RECORDED if "refused" not in case and label(case) not in REFUSED_HERE]
REFUSED = [case for case in RECORDED if "refused" in case and (case["family"], label(case)) != ("bernoulli", "lgl ~ x")]


def model(case: dict[str, Any]) -> tuple[ss.ModelFormula, Any]:
    held = dict(part.split(" = ") for part in case["formula"] if "~" not in part)
    formula = ss.bf(*(p for p in case["formula"] if "~" in p), **{name: float(v) for name, v in held.items()})
    return formula, ss.family(case["family"], case["link"], **(case["links"] or {}))


@cache
def frame() -> Any:
    return reference_frame("corpus_data")


@cache
def design_of(index: int) -> Design:
    return build_design(model(CASES[index])[0], frame(), model(CASES[index])[1])


def program_of(design: Design) -> StanProgram:
    return write_program(design, resolve_priors(design.prior_slots()), version="corpus")


def declared(code: str) -> set[str]:
    """Return the names that the data block declares."""
    block = re.search(r"^data \{(.*?)^\}", code, re.S | re.M)
    assert block is not None
    text = re.sub(r"<[^>]*>", "", re.sub(r"//.*", "", block.group(1)))
    return set(re.findall(r"(\w+)\s*;", text))


def all_rows(data: dict[str, Any], name: str) -> FloatArray:
    """Return a block of a smooth as brms has it: dense, with the zeros of other levels."""
    key = name[2:].rsplit("_", 1)[0]
    found = np.asarray(data[name], dtype=float)
    if f"Js{key}" in data:  # one row per observation and the level that it belongs to
        level, weights = np.asarray(data[f"Js{key}"]), found.reshape(data["N"], -1)
        columns = [weights * (level == g + 1)[:, None] for g in range(int(data[f"ngs{key}"]))]
        return np.column_stack(columns)
    if f"rows{key}" in data:
        full = np.zeros((data["N"], found.shape[1]))
        full[np.asarray(data[f"rows{key}"]) - 1] = found
        return full
    return found


def recorded(name: str, block: dict[str, Any]) -> FloatArray:
    """Return brms's numbers; JSON has no infinite ones, which are missing bounds."""
    infinite = -np.inf if name == "lb" else np.inf
    values = np.asarray(block["values"], dtype=object).ravel()
    return np.asarray([infinite if v is None else v for v in values], dtype=float).reshape(block["dim"])


def span(fixed: FloatArray) -> FloatArray:
    """Return the projection on a constant and the columns, which is all that is unique of fixed columns."""
    matrix = np.column_stack([np.ones(len(fixed)), fixed])
    return matrix @ np.linalg.pinv(matrix)


every_case = pytest.mark.parametrize("index", range(len(CASES)), ids=[label(case) for case in CASES])


@every_case
def test_standata(index: int) -> None:
    case, data = CASES[index], design_of(index).stan_data()
    ours = {n for n in data if not n.startswith(("Kc", "rows_", "Nrows_", "Js_", "ngs_", "ws_"))}
    assert ours == set(case["standata"])
    loose = any(part in label(case) for part in NO_RULE_FOR_DIRECTIONS)
    for name, block in case["standata"].items():
        expected = recorded(name, block)
        found = all_rows(data, name) if name.startswith("Zs") else np.asarray(data[name], dtype=float)
        assert found.shape == expected.shape, name
        if name.startswith("Zs"):  # unique up to a rotation of the columns
            if loose:
                continue
            found, expected = found @ found.T, expected @ expected.T
            if label(case) in NO_RULE_FOR_SCALE:
                if name != "Zs_1_1":  # the axes themselves
                    continue
                found, expected = found / np.trace(found), expected / np.trace(expected)
        elif name.startswith("Xs"):
            found, expected = span(found), span(expected)
        # 15 significant digits were recorded; eigenvectors and products of them are good to 1e-8 of the largest.
        scale = max(1.0, np.abs(expected).max(initial=0)) if name.startswith(("Zs", "Xs")) else 1e-2
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-8 * scale, err_msg=name)


@every_case
def test_coefficient_names(index: int) -> None:
    for term in design_of(index).terms:
        if isinstance(term, LinearTerm) and (block := CASES[index]["standata"].get(f"X{term.p}")):
            assert [*(["Intercept"] if term.centred else []), *term.coefficients] == block["colnames"]


@every_case
def test_default_priors(index: int) -> None:
    case = CASES[index]
    table = resolve_priors(design_of(index).prior_slots())
    cells = table.to_frame()[list(COLUMNS)].itertuples(index=False, name=None)
    # get_prior leaves empty what comes from a row above; the printed table fills it in.
    found = [(c[0] if r.slot.ub_symbol else r.text, *c[1:]) for r, c in zip(table.rows, cells, strict=True)]
    replaced = dict(OTHER_PRIORS.get(" & ".join(case["formula"]), {}))
    if "negbinomial" in case["family"]:
        replaced |= dict([BRMS_2_21])
    rows = (tuple(row[key] for key in COLUMNS) for row in case["prior"])
    assert found == [(replaced.get(r[0], r[0]) if _replaceable(r) else r[0], *r[1:]) for r in rows]


def _replaceable(row: tuple[str, ...]) -> bool:
    return row[0] != BRMS_2_21[0] or "shape" in (row[1], row[4])


@every_case
def test_program(index: int) -> None:
    """The embedded compiler takes the program, whose data block declares what is passed, no more and no less."""
    program = program_of(design_of(index))
    assert declared(program.code) == set(program.data)
    StanliEngine().log_densities(program)


@pytest.mark.cmdstan
def test_stanc_accepts_every_program(tmp_path: Path) -> None:
    import cmdstanpy

    for index in range(len(CASES)):
        file = tmp_path / f"case_{index}.stan"
        file.write_text(program_of(design_of(index)).code)
        assert cmdstanpy.CmdStanModel(stan_file=file, compile=False).src_info(), label(CASES[index])


@pytest.mark.parametrize("text", REFUSED_HERE)
def test_what_only_brms_takes(text: str) -> None:
    (case,) = (case for case in RECORDED if label(case) == text)
    with pytest.raises(SmoothstanError):
        ss.standata(*_call(case)[:2], family=_call(case)[2])


@pytest.mark.parametrize("case", REFUSED, ids=label)
def test_what_brms_refuses(case: dict[str, Any]) -> None:
    """What brms refuses is refused here too, but for what is listed."""
    if any(part in label(case) for part in ACCEPTED_HERE):
        assert declared(ss.stancode(*_call(case)[:2], family=_call(case)[2]))
    else:
        with pytest.raises(SmoothstanError):
            ss.standata(*_call(case)[:2], family=_call(case)[2])


def _call(case: dict[str, Any]) -> tuple[Any, ...]:
    formula, family = model(case)
    return formula, frame(), family


def test_the_corpus_is_large() -> None:
    assert len(CASES) >= 400
