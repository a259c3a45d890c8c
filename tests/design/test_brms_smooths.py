"""Smooths in a model equal brms's: every formula of ``tests/reference/smooths/brms``.

Columns are unique up to sign and rotation, so what is compared is the kernel Zs Zs', and for the fixed
columns the space that they span with an intercept.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from smooths.reference_cases import load, map_of_columbus, names, table

from smoothstan.arrays import FloatArray
from smoothstan.codegen import write_code
from smoothstan.codegen.program import declared_data
from smoothstan.design import Design
from smoothstan.posterior import FitRequest
from smoothstan.priors import resolve_priors
from smoothstan.smooths import dense
from smoothstan.table import Table
from smoothstan.terms import Smooth, SmoothTerm

CASES = names("brms", "b")
FORMULAS = {
    # smoothstan spells several formulas as a list, and has no non-linear ones: the smooth of `a` alone.
    "b11_distributional": ["accel ~ s(times, k = 8)", "sigma ~ s(times, k = 5)"],
    "b15_nonlinear": ["y ~ x1", "sigma ~ s(x1, k = 5, bs = 'ps')"],
}
SUFFIX = {"b11_distributional": ("", "_sigma"), "b15_nonlinear": ("_a",)}
NOT_UNIQUE = {"b12_poisson_fx": {"Zs_2_1"}}
"""Where mgcv leaves the directions to rounding: the two directions of cs."""


@cache
def model(name: str) -> tuple[FitRequest, Design]:
    """Return a model bound to its data, as standata(), default_prior() and stancode() bind it."""
    case = load("brms", name)
    formula, family = FORMULAS.get(name, case["formula"]), case["family"].split("(")[0]
    request = FitRequest.of(formula, family, knots=case["knots_arg"], data2=map_of_columbus())
    return request, request.design(data_of(case))


def data_of(case: dict[str, Any]) -> Table:
    return table(load("data", case["dataset"])["columns"])


def bound(name: str) -> tuple[dict[str, Any], Table, list[SmoothTerm]]:
    case = load("brms", name)
    return case, data_of(case), [term for term in model(name)[1].terms if isinstance(term, SmoothTerm)]


def columns(smooth: Smooth, data: Table) -> tuple[FloatArray, list[FloatArray]]:
    """Return the fixed columns and the random blocks at all rows, with the zeros of other levels."""
    found, rows = smooth.columns(data)
    where = np.arange(data.n) if rows is None else rows

    def full(block: FloatArray) -> FloatArray:
        result = np.zeros((data.n, block.shape[1]))
        result[where] = block
        return result

    return full(found.fixed), [full(dense(block)) for block in found.random]


def close(actual: FloatArray, expected: Any, tolerance: float) -> None:
    reference = np.asarray(expected, dtype=float)
    np.testing.assert_allclose(actual, reference, rtol=0, atol=tolerance * np.abs(reference).max())


def projector(rows: FloatArray, fixed: FloatArray) -> FloatArray:
    """Return the weights of a regression on a constant and the fixed columns."""
    with_constant = np.column_stack([np.ones(len(fixed)), fixed])
    return np.column_stack([np.ones(len(rows)), rows]) @ np.linalg.pinv(with_constant)


@pytest.mark.parametrize("name", CASES)
def test_columns_and_kernels(name: str) -> None:
    case, data, terms = bound(name)
    tolerance = 1e-6 if "gp" in name else 1e-8
    stored = case["standata"]
    assert len(terms) == len(SUFFIX.get(name, ("",)))
    for p, term in zip(SUFFIX.get(name, ("",)), terms, strict=True):
        fixed = []
        for i, smooth in enumerate(term.smooths, start=1):
            xs, zs = columns(smooth, data)
            fixed.append(xs)
            assert stored[f"nb{p}_{i}"] == len(zs)
            assert stored[f"knots{p}_{i}"] == list(smooth.random_sizes)
            for j, z in enumerate(zs, start=1):
                key = f"Zs{p}_{i}_{j}"
                assert stored[key]["dim"] == list(z.shape)
                if key not in NOT_UNIQUE.get(name, ()):
                    close((z @ z.T)[:10, :10], case["invariants"][key]["ZZt10"], tolerance)
                    np.testing.assert_allclose(np.sum(z**2), case["invariants"][key]["frob2"], rtol=tolerance)
        xs = np.column_stack(fixed)
        theirs = stored[f"Xs{p}"]
        assert theirs["dim"] == list(xs.shape)
        if xs.shape[1]:
            assert (theirs["colnames"] or list(term.fixed_names)) == list(term.fixed_names)
            close(projector(xs, xs), projector(*[np.asarray(theirs["values"])] * 2), tolerance)


@pytest.mark.parametrize("name", CASES)
def test_new_data(name: str) -> None:
    case, data, terms = bound(name)
    tolerance = 1e-6 if "gp" in name else 1e-7
    p, term = SUFFIX.get(name, ("",))[0], terms[0]
    new = table(case["newdata"])
    theirs = case["newdata_first_linear_predictor"]
    for i, smooth in enumerate(term.smooths, start=1):
        _, at_new = columns(smooth, new)
        _, at_data = columns(smooth, data)
        for j, (z, old) in enumerate(zip(at_new, at_data, strict=True), start=1):
            key = f"Zs{p}_{i}_{j}"
            if key in theirs["ZnewZt7x5"] and key not in NOT_UNIQUE.get(name, ()):
                close(z @ old[:5].T, theirs["ZnewZt7x5"][key], tolerance)


@pytest.mark.parametrize("name", [name for name in CASES if name not in FORMULAS])
def test_priors(name: str) -> None:
    case = load("brms", name)
    priors = resolve_priors(model(name)[1].prior_slots())
    expected = case["prior"]
    theirs = {
        key: text
        for *key_parts, text in zip(
            *(expected[k] for k in ("class", "coef", "group", "dpar")), expected["prior"], strict=True
        )
        for key in (tuple(key_parts),)
    }
    ours = {(r.slot.class_, r.slot.coef, r.slot.group, r.slot.dpar): r.text for r in priors.rows}
    assert ours == theirs


@pytest.mark.parametrize("name", [name for name in CASES if name not in FORMULAS])
def test_the_program_declares_the_data(name: str) -> None:
    """All matrices that the program reads are there, and none of zeros is as large as rows times all coefficients."""
    request, design = model(name)
    standata = request.stan_data(design)
    for key, value in standata.items():
        if key.startswith("Zs") and np.ndim(value) == 2:
            assert np.count_nonzero(value) > 0.05 * value.size
    code = write_code(design, request.resolve(design), version="test")
    assert set(declared_data(code)) <= set(standata)
