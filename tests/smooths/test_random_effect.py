"""Random effects against mgcv's numbers and by their definition."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from smooths.grouped_cases import DATA, NEW, case, cases, close
from smooths.reference_cases import columns, data, load

from smoothstan.smooths import BASES, GroupedBasis, PlacedBasis, Request
from smoothstan.table import Factor

G = Factor(np.array([0, 1, 2, 1]), ("a", "b", "c"))
H = Factor(np.array([1, 0, 0, 1]), ("u", "v"))
X = np.array([1.0, -2.0, 3.0, 0.5])


def place(*covariates: Any, **settings: Any) -> PlacedBasis:
    names = tuple(f"x{i}" for i in range(len(covariates)))
    return BASES["re"](covariates, Request(names, **settings))


@pytest.mark.parametrize("name", cases("re"))
def test_columns_penalties_and_new_data(name: str) -> None:
    mgcv = case(name)
    # The numbers are recorded with 15 digits.
    close(mgcv.at(DATA)[:12], mgcv.stored["X"], 1e-14)
    close(mgcv.at(NEW), mgcv.stored["X_new"], 1e-14)
    for ours, theirs in zip(mgcv.basis.penalties, mgcv.stored["S"], strict=True):
        close(ours, theirs, 1e-14)
    assert list(mgcv.basis.ranks) == mgcv.stored["rank"]
    assert mgcv.basis.null_space_dimension == 0
    assert mgcv.basis.random_effect
    assert not mgcv.basis.centred
    assert not mgcv.basis.nests
    assert mgcv.basis.absorb(np.ones(8)) is None


@pytest.mark.parametrize(
    ("name", "covariates"),
    [("re_intercept", ("Subject",)), ("re_slope", ("Subject", "Days")), ("re_numeric", ("x1",))],
)
def test_stored_cases(name: str, covariates: tuple[str, ...]) -> None:
    stored = load("smooth", name)
    rows, new = data(stored["dataset"]), columns(stored["newdata"])
    basis = BASES["re"](tuple(rows[c] for c in covariates), Request(covariates))
    raw = stored["raw"]
    np.testing.assert_array_equal(
        basis.design(tuple(rows[c] for c in covariates))[: raw["X"]["rows_stored"]], raw["X"]["values"]
    )
    np.testing.assert_array_equal(basis.penalties[0], np.asarray(raw["S"][0]))
    np.testing.assert_array_equal(basis.design(tuple(new[c] for c in covariates)), stored["smooths"][0]["Xpred"])


def test_the_first_factor_varies_fastest() -> None:
    basis = place(G, H)
    assert isinstance(basis, GroupedBasis)
    np.testing.assert_array_equal(basis.codes((G, H)), [0 + 3, 1, 2, 1 + 3])
    assert basis.n_groups == 6
    assert basis.ranks == (6,)


@pytest.mark.parametrize("order", [(G, X, H), (X, G, H), (G, H, X)])
def test_numbers_may_stand_anywhere(order: tuple[Any, ...]) -> None:
    np.testing.assert_array_equal(place(*order).design(order), place(G, H).design((G, H)) * X[:, None])


def test_a_new_level_is_a_row_of_zeros() -> None:
    new = Factor(np.array([-1, 2, 0, 1]), G.levels)
    design = place(G, H).design((new, H))
    np.testing.assert_array_equal(design[0], 0)
    np.testing.assert_array_equal(design[1:].sum(axis=1), 1)
    with_penalty = place(G, xt={"S": np.eye(3)})
    np.testing.assert_array_equal(with_penalty.design((new,))[0], 0)


def test_the_grouped_form_is_the_dense_form() -> None:
    basis = place(G, X)
    assert isinstance(basis, GroupedBasis)
    np.testing.assert_array_equal(basis.inner((G, X))[:, 0], X)
    np.testing.assert_array_equal(basis.inner_penalties, [[1.0]])
    dense = np.zeros((4, 3))
    dense[np.arange(4), G.codes] = X
    np.testing.assert_array_equal(basis.design((G, X)), dense)
    np.testing.assert_array_equal(basis.penalties[0], np.eye(3))


def test_k_and_m_are_passed_over() -> None:
    np.testing.assert_array_equal(place(G, k=(5,), m=(2,)).design((G,)), place(G).design((G,)))


def test_one_matrix_needs_no_list_and_the_ranks_are_found() -> None:
    singular = np.array([[1.0, -1, 0], [-1, 2, -1], [0, -1, 1]])
    basis = place(G, xt={"S": singular})
    np.testing.assert_array_equal(basis.penalties, [singular])
    assert basis.ranks == (2,)
    assert basis.null_space_dimension == 1
    both = place(G, xt={"S": (singular, np.diag([0.0, 0, 1e6]))})
    assert both.ranks == (2, 1)
    assert both.null_space_dimension == 0
    assert place(G, xt={"S": singular, "rank": 1}).ranks == (1,)


@pytest.mark.parametrize(
    ("xt", "message"),
    [
        ({"s": np.eye(3)}, "unknown setting 's' in xt; known: S, rank"),
        ({"rank": 3}, "a rank without a penalty matrix"),
        ({"S": np.eye(2)}, "must be 3 x 3, one row per coefficient, found 2 x 2"),
        ({"S": [np.eye(3), np.eye(4)]}, r"S\[1\] must be 3 x 3, .* found 4 x 4"),
        ({"S": 2.0}, "found a single number"),
        ({"S": np.diag([1, np.nan, 1])}, "missing or infinite"),
        ({"S": np.zeros((3, 3))}, "the penalty S is zero"),
        ({"S": np.eye(3) + np.diag([0.5, 0], 1)}, "must be symmetric, found 0.5 in row 0, column 1 but 0 in row 1"),
        ({"S": np.diag([1.0, -1, 1])}, "positive semi-definite, found the eigenvalue -1"),
        ({"S": np.eye(3), "rank": (3, 2)}, "1 penalty matrices but 2 ranks"),
        ({"S": np.eye(3), "rank": 4}, "between 1 and 3, found 4"),
    ],
)
def test_wrong_settings(xt: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        place(G, xt=xt)
