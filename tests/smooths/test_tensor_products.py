"""Tensor products: numbers of mgcv (``record_tensor_products.R``), laws of ``te``, ``ti``, ``t2``, and messages."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from smooths.reference_cases import columns, table

from smoothstan import SmoothCon, smooth2random, smooth_con
from smoothstan.errors import SmoothstanError
from smoothstan.smooths import BASES, TENSORS, Rows, TensorRequest
from smoothstan.smooths.tensor_t2 import PlacedT2

Array = NDArray[np.float64]

STORED = json.loads((Path(__file__).parents[1] / "reference" / "mgcv" / "tensor_products.json").read_text())
CASES = {case["id"]: case for case in STORED["cases"]}

SIGNS = {"te_one_of_two", "te_tp_raw", "te_ds", "te_d12", "te_d_replaced", "ti_d"}
"""A thin plate or Duchon margin is an eigenbasis: its columns have arbitrary signs."""

NOT_UNIQUE = ("t2_cr_3d", "t2_cr_3d_full", "t2_d", "t2_ord_cr")
"""A null space of two dimensions has arbitrary axes in mgcv."""

PARTLY_UNPENALISED = {"te_fx_both": 16, "te_fx_second": 10, "ti_fx": 3}
"""mgcv reports the null space that there would be with all penalties; here it is that of the penalties left."""

UNIQUE = [name for name in CASES if name not in NOT_UNIQUE]


def tolerance(name: str) -> float:
    return 1e-6 if "ds" in name or "gp" in CASES[name]["term"] else 1e-8


def built(name: str, **options: bool) -> list[SmoothCon]:
    case = CASES[name]
    return smooth_con(case["term"], table(STORED["data"]), knots=case["knots"] or {}, **options)


def close(actual: Array, expected: Any, tolerance: float) -> None:
    reference = np.asarray(expected, dtype=float)
    assert actual.shape == reference.shape
    np.testing.assert_allclose(actual, reference, rtol=0, atol=tolerance * np.abs(reference).max())


def signs(name: str, design: Array, expected: Any) -> Array:
    if name not in SIGNS and not name.startswith("t2"):
        return np.ones(design.shape[1])
    return np.where(np.sum(design * np.asarray(expected, dtype=float), axis=0) < 0, -1.0, 1.0)


def many(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


@pytest.mark.parametrize("name", UNIQUE)
def test_constrained_smooth(name: str) -> None:
    case, smooths = CASES[name], built(name, absorb_cons=True)
    assert len(smooths) == case["n_smooths"]
    first = smooths[0]
    assert first.label == case["label"]
    rows = first.design[STORED["rows"]]
    flip = signs(name, rows, case["X"])
    close(rows * flip, case["X"], tolerance(name))
    close(np.sum(first.design**2, axis=0), case["X_colsumsq"], 10 * tolerance(name))
    assert len(first.penalty_scales) == len(many(case["S_scale"]))
    np.testing.assert_allclose(first.penalty_scales, many(case["S_scale"]), rtol=tolerance(name))
    if case.get("new") is not None:
        close(first.predict_matrix(table(STORED["new"])) * flip, case["new"], 10 * tolerance(name))


@pytest.mark.parametrize("name", [name for name in UNIQUE if "by" not in name])
def test_raw_smooth(name: str) -> None:
    case = CASES[name]
    (raw,) = built(name, absorb_cons=False, scale_penalty=False)
    rows = raw.design[STORED["rows"]]
    flip = signs(name, rows, case["raw_X"])
    close(rows * flip, case["raw_X"], tolerance(name))
    assert list(raw.ranks) == [int(rank) for rank in many(case["raw_rank"] or [])]
    assert raw.null_space_dimension == PARTLY_UNPENALISED.get(name, case["raw_null"])
    assert len(raw.penalties) == len(case["raw_S_corner"])
    for ours, corner, norm in zip(
        raw.penalties, case["raw_S_corner"], many(case["raw_S_frobenius"]), strict=False
    ):  # fmt: skip
        reference = np.atleast_2d(np.asarray(corner, dtype=float))
        size = len(reference)
        largest = np.abs(ours).max()
        np.testing.assert_allclose(
            (ours * flip * flip[:, None])[:size, :size], reference, rtol=0, atol=tolerance(name) * largest
        )
        np.testing.assert_allclose(np.linalg.norm(ours), norm, rtol=tolerance(name))


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("t2") and "by" not in name])
def test_t2_given_the_natural_margins_of_mgcv(name: str) -> None:
    """The blocks and their order do not depend on the axes: with mgcv's maps the design is mgcv's."""
    case = CASES[name]
    (raw,) = built(name, absorb_cons=False)
    basis = raw.bound.smooth.basis
    assert isinstance(basis, PlacedT2)
    margins = tuple(
        replace(margin, to_basis=np.asarray(to_basis, dtype=float))
        for margin, to_basis in zip(basis.margins, case["maps"], strict=True)
    )
    data = columns(STORED["data"])
    design = replace(basis, margins=margins).design(
        tuple(data[covariate.expression.label] for covariate in raw.bound.covariates)
    )[STORED["rows"]]
    reference = np.asarray(case["raw_X"], dtype=float)
    if name == "t2_d":  # The basis of the thin plate margin, which the map starts from, has arbitrary signs.
        close(design * signs(name, design, reference), reference, 1e-8)
    else:
        close(design, reference, 1e-13)


@pytest.mark.parametrize("name", [name for name in NOT_UNIQUE if name != "t2_ord_cr"])
def test_t2_with_arbitrary_axes_has_the_ranges_of_mgcv(name: str) -> None:
    """The block of ranges only is unique up to signs; spaces, ranks and sizes are, too."""
    case = CASES[name]
    (raw,) = built(name, absorb_cons=False, scale_penalty=False)
    size = raw.ranks[0]
    ours, theirs = raw.design[STORED["rows"], :size], np.asarray(case["raw_X"], dtype=float)[:, :size]
    close(ours * signs(name, ours, theirs), theirs, 1e-8)
    assert list(raw.ranks) == case["raw_rank"]
    assert raw.null_space_dimension == case["raw_null"]


def plane(seed: int, n: int = 60) -> dict[str, Array]:
    rng = np.random.default_rng(seed)
    return {"x": rng.uniform(-2, 5, n), "z": rng.normal(100, 3, n), "v": rng.exponential(size=n)}


TERMS = st.sampled_from(
    ["te(x,z,k=c({0},{1}))", "ti(x,z,k=c({0},{1}))", "t2(x,z,k=c({0},{1}))", "t2(x,z,k=c({0},{1}),full=TRUE)",
     "te(x,z,k=c({0},{1}),bs=c('ps','cc'))", "ti(x,z,k=c({0},{1}),bs=c('tp','cr'))", "t2(x,z,v,k=c({0},{1},3))",
     "te(x,z,k=c({0},{1}),fx=c(TRUE,FALSE))", "te(x,z,v,d=c(2,1),k=c(8,{0}))"]
)  # fmt: skip


@given(TERMS, st.integers(4, 6), st.integers(4, 7), st.integers(0, 1000), st.booleans())
@settings(max_examples=40, deadline=None)
def test_penalties_have_the_stated_ranks_and_null_space(term: str, k: int, other: int, seed: int, absorb: bool) -> None:
    (smooth,) = smooth_con(term.format(k, other), plane(seed), absorb_cons=absorb)
    total = np.zeros((smooth.design.shape[1],) * 2)
    for penalty, rank in zip(smooth.penalties, smooth.ranks, strict=True):
        np.testing.assert_array_equal(penalty, penalty.T)
        values = np.linalg.eigvalsh(penalty)
        assert values[0] > -1e-10 * values[-1]
        assert np.linalg.matrix_rank(penalty, tol=1e-10 * values[-1], hermitian=True) == rank
        total += penalty / values[-1]
    assert len(total) - np.linalg.matrix_rank(total, tol=1e-10, hermitian=True) == smooth.null_space_dimension


@given(TERMS, st.integers(4, 6), st.integers(4, 7), st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_order_of_the_rows_does_not_matter(term: str, k: int, other: int, seed: int) -> None:
    data = plane(seed)
    order = np.random.default_rng(seed).permutation(60)
    (smooth,) = smooth_con(term.format(k, other), data, absorb_cons=True)
    (shuffled,) = smooth_con(term.format(k, other), {name: x[order] for name, x in data.items()}, absorb_cons=True)
    largest = np.abs(smooth.design).max()
    np.testing.assert_allclose(shuffled.design, smooth.design[order], rtol=0, atol=1e-7 * largest)


@pytest.mark.parametrize("bs", ["cr", "ps", "tp"])
def test_main_effects_and_interaction_span_the_full_product(bs: str) -> None:
    data = plane(3, 200)
    full = smooth_con(f"te(x,z,k=c(5,4),bs='{bs}')", data, absorb_cons=True)[0].design
    parts = [
        smooth_con(term, data, absorb_cons=True)[0].design
        for term in (f"ti(x,k=5,bs='{bs}')", f"ti(z,k=4,bs='{bs}')", f"ti(x,z,k=c(5,4),bs='{bs}')")
    ]
    ones = np.ones((200, 1))
    together = np.hstack([ones, *parts])
    assert np.linalg.matrix_rank(together) == 20
    q = np.linalg.qr(together)[0]
    np.testing.assert_allclose(q @ (q.T @ full), full, atol=1e-9 * np.abs(full).max())


def test_smooths_sum_to_zero() -> None:
    data = plane(4)
    for term in ("te(x,z,k=5)", "t2(x,z,k=5)", "t2(x,z,k=4,full=TRUE)"):
        basis = smooth_con(term, data, absorb_cons=True)[0]
        free = basis.design if term.startswith("te") else basis.design[:, -3:]
        np.testing.assert_allclose(free.sum(axis=0), 0, atol=1e-10)


def test_constant_unpenalised_column_is_dropped() -> None:
    """A block of null spaces with a single column is the constant: it goes, nothing else moves."""
    term = "t2(x,z,bs='ps',k=5,m=list(c(2,1),c(2,1)))"
    raw = smooth_con(term, plane(5), absorb_cons=False)[0].design
    np.testing.assert_array_equal(smooth_con(term, plane(5), absorb_cons=True)[0].design, raw[:, :-1])


def test_every_block_of_t2_is_a_random_effect() -> None:
    (smooth,) = smooth_con("t2(x,z,k=c(4,5))", plane(6), absorb_cons=True, diagonal_penalty=True)
    random = smooth2random(smooth)
    assert random.joint is None
    assert [z.shape[1] for z in random.random] == [2 * 3, 2 * 3, 2 * 2]
    assert random.fixed.shape[1] == 3


def test_several_row_blocks_agree_with_the_whole() -> None:
    data = plane(7, 9000)
    for kind in TENSORS:
        placed = TENSORS[kind]((data["x"], data["z"]), TensorRequest(("x", "z")), BASES)
        whole = placed.design((data["x"], data["z"]))
        tail = Rows((data["x"][8500:], data["z"][8500:])).design(placed)
        np.testing.assert_allclose(whole[8500:], tail, rtol=0, atol=1e-13 * np.abs(whole).max())


@pytest.mark.parametrize(
    ("term", "message"),
    [
        ("te(x,z,k=c(2,4))", "k must be at least 3"),
        ("te(x,z,k=c(4,5,6))", "k must have one"),
        ("te(x,z,v,bs=c('cr','ps'))", "bs must have one"),
        ("te(x,z,v,m=c(2,2))", "m must have one"),
        ("te(x,z,v,fx=c(TRUE,FALSE))", "fx must have one"),
        ("ti(x,z,v,mc=c(TRUE,FALSE))", "mc must have one"),
        ("te(x,z,v,d=c(2,2))", "d must give the number of covariates"),
        ("te(x,z,d=c(2,0))", "d must give the number of covariates"),
        ("t2(x,z,ord=c(0,3))", "ord must be between 0 and 2"),
        ("te(x,z,bs=c('bs','cr'),m=list(c(3,2,1),NA))", "needs margins with one penalty"),
        ("te(x,z,v,d=c(2,1),bs=c('cc','cr'))", "margin x,z: this basis takes one covariate, found 2"),
        ("te(x,few,k=5)", "margin few: "),
        ("te(x,g)", "margin g: g must be numeric here"),
        ("te(x,z,xt=list(list(wrong=1),NULL))", "margin x: unknown setting 'wrong' in xt"),
    ],
)
def test_messages(term: str, message: str) -> None:
    data: dict[str, Any] = plane(8) | {"few": np.arange(60) % 3.0, "g": ["a", "b", "c"] * 20}
    with pytest.raises(SmoothstanError) as caught:
        smooth_con(term, data)
    assert message in str(caught.value)
    assert "^" in str(caught.value)
