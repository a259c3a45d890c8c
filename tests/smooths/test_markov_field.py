"""Markov random fields against mgcv's numbers, and the map that makes their penalty."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from smooths.grouped_cases import DATA, DISTRICTS, NEIGHBOURS, NEW, POLYS, aligned, case, cases, close
from smooths.reference_cases import data, load, map_of_columbus

from smoothstan.smooths import BASES, PlacedBasis, Request
from smoothstan.smooths.region_map import penalty_of_map
from smoothstan.table import Factor

AREA = Factor(np.array([0, 1, 2, 1, 0, 3]), ("a", "b", "c", "d"))
RING = {"a": ["b", "d"], "b": ["a", "c"], "c": ["b", "d"], "d": ["c", "a"]}


def shifted(x: float, y: float) -> np.ndarray:
    """Return the corners of a unit square."""
    return np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]]) + np.array([x, y])


def place(area: Any = AREA, **settings: Any) -> PlacedBasis:
    return BASES["mrf"]((area,), Request(("area",), **{"xt": {"nb": RING}, **settings}))


@pytest.mark.parametrize("name", [name for name in cases("mrf") if name != "mrf_polys"])
def test_columns_penalties_and_new_data(name: str) -> None:
    mgcv = case(name)
    stored, design = mgcv.stored, mgcv.at(DATA)
    signs = np.where(np.sum(design[:12] * np.asarray(stored["X"]), axis=0) < 0, -1.0, 1.0)
    close(design[:12] * signs, stored["X"])
    close(mgcv.at(NEW) * signs, stored["X_new"])
    close(mgcv.basis.penalties[0], stored["S"][0])
    assert list(mgcv.basis.ranks) == stored["rank"]
    assert mgcv.basis.null_space_dimension == stored["null_space_dim"]
    assert mgcv.basis.centred
    assert mgcv.basis.nests


def test_polygons_of_mgcv() -> None:
    mgcv = case("mrf_polys")
    np.testing.assert_array_equal(mgcv.basis.penalties[0], np.asarray(mgcv.stored["S"][0]))
    design = mgcv.at(DISTRICTS)
    np.testing.assert_array_equal(design.sum(axis=1), 1)


@pytest.mark.parametrize(("name", "k"), [("mrf_polys", ()), ("mrf_lowrank", (20,))])
def test_stored_cases(name: str, k: tuple[int, ...]) -> None:
    stored = load("smooth", name)
    district = data("columb")["district"]
    xt = {"polys": map_of_columbus()["columb.polys"]}
    basis = BASES["mrf"]((district,), Request(("district",), k=k, xt=xt))
    raw = stored["raw"]
    reference = np.asarray(raw["X"]["values"])
    close(aligned(basis.design((district,))[: len(reference)], reference), reference)
    close(np.linalg.norm(basis.penalties[0]), raw["S_frob"][0] if isinstance(raw["S_frob"], list) else raw["S_frob"])
    if "S" in raw:
        close(basis.penalties[0], raw["S"][0])


def test_the_penalty_is_the_sum_of_squared_differences_between_neighbours() -> None:
    (penalty,) = place().penalties
    b = np.array([1.0, -2, 4, 0.5])
    assert b @ penalty @ b == pytest.approx(3**2 + 6**2 + 3.5**2 + 0.5**2)


def test_regions_without_data_take_part_if_the_knots_name_them() -> None:
    partial = Factor(np.array([0, 1, 1, 0]), ("a", "c"))
    basis = place(partial, knots=(["d", "c", "b", "a"],))
    np.testing.assert_array_equal(basis.design((partial,)), np.eye(4)[[0, 2, 2, 0]])
    as_factor = place(partial, knots=(AREA,))
    np.testing.assert_array_equal(as_factor.penalties, basis.penalties)


@pytest.mark.parametrize("k", [(), (3,)])
def test_other_levels_are_matched_by_name(k: tuple[int, ...]) -> None:
    partial = Factor(np.array([0, 1, 1, 0]), ("a", "c"))
    # A path a-b-c-d has no repeated eigenvalues.
    path = {"a": ["b"], "b": ["a", "c"], "c": ["b", "d"], "d": ["c"]}
    basis = place(partial, knots=(["a", "b", "c", "d"],), xt={"nb": path}, k=k)
    everywhere = basis.design((Factor(np.arange(4), ("a", "b", "c", "d")),))
    elsewhere = basis.design((Factor(np.array([2, 0, 1, -1]), ("d", "e", "b")),))
    np.testing.assert_array_equal(
        elsewhere, np.vstack([everywhere[1], everywhere[3], 0 * everywhere[0], 0 * everywhere[0]])
    )


def test_regions_are_sorted_as_r_sorts_strings() -> None:
    area = Factor(np.arange(5), ("b10", "B2", "a", "Z", "b2"))
    order = ["a", "b10", "b2", "B2", "Z"]
    basis = place(area, xt={"penalty": np.eye(5)})
    position = [order.index(level) for level in area.levels]
    np.testing.assert_array_equal(basis.design((area,)), np.eye(5)[position])


def test_low_rank_keeps_the_constant_and_is_orthogonal_over_the_rows() -> None:
    basis = case("mrf_k4").basis
    design = basis.design((DATA["area"],))
    gram = design.T @ design / len(design)
    np.testing.assert_allclose(gram, np.diag(np.diag(gram)), atol=1e-12)
    np.testing.assert_allclose(design[:, -1], 1, rtol=1e-12)
    # All rows of a region that is in no level of the fit are zero.
    np.testing.assert_array_equal(basis.design((Factor(np.array([-1]), DATA["area"].levels),)), 0)


def test_separate_parts_of_the_map_each_have_a_level_of_their_own() -> None:
    pairs = {"a": "b", "b": "a", "c": ["d"], "d": ["c"]}
    assert place(xt={"nb": pairs}).null_space_dimension == 2
    reduced = place(xt={"nb": pairs}, k=(3,))
    assert reduced.ranks == (1,)
    values = reduced.design((Factor(np.arange(4), AREA.levels),))
    np.testing.assert_allclose(values[:, 1], 1, rtol=1e-12)
    assert abs(values[0, 2] - values[1, 2]) < 1e-12
    assert abs(values[2, 2] - values[3, 2]) < 1e-12


def test_several_polygons_and_rings_of_one_region() -> None:
    rings = np.vstack([shifted(0, 0), [[np.nan, np.nan]], shifted(10, 10)])
    polys = {
        "a": rings,
        "b": [shifted(1, 0), shifted(20, 20)],
        "c": (shifted(9, 10)).tolist(),
        "d": [(shifted(21, 21)).tolist()],
    }
    penalty = penalty_of_map({"polys": polys}, ("a", "b", "c", "d"))
    np.testing.assert_array_equal(penalty, [[2, -1, -1, 0], [-1, 2, 0, -1], [-1, 0, 1, 0], [0, -1, 0, 1]])


def test_many_regions_at_one_vertex_are_all_neighbours() -> None:
    polys = {name: np.array([[0.0, 0.0], [i + 1, 1], [i + 1, -1]]) for i, name in enumerate("abcd")}
    polys["e"] = np.array([[-0.0, -0.0], [9, 9], [9, 8]])
    penalty = penalty_of_map({"polys": polys}, tuple("abcde"))
    np.testing.assert_array_equal(penalty, 5 * np.eye(5) - 1)


def test_positions_count_in_the_mapping() -> None:
    by_name = {"c": ["a"], "a": ["c", "b"], "b": ["a"]}
    by_position = {"c": [1], "a": np.array([0, 2]), "b": 1}
    regions = ("a", "b", "c")
    np.testing.assert_array_equal(
        penalty_of_map({"nb": by_position}, regions), penalty_of_map({"nb": by_name}, regions)
    )


def test_a_labelled_penalty_is_put_in_order_and_comes_first() -> None:
    values = np.array([[3.0, 1, 0], [1, 4, 2], [0, 2, 5]])
    frame = pd.DataFrame(values, index=["c", "a", "b"], columns=["c", "a", "b"])[["a", "b", "c"]]
    ordered = penalty_of_map({"nb": RING, "penalty": frame}, ("a", "b", "c"))
    np.testing.assert_array_equal(ordered, [[4, 2, 1], [2, 5, 0], [1, 0, 3]])


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in RING.items() if key != name}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"xt": {}}, "needs one of penalty, nb, polys in xt"),
        ({"xt": {"neighbours": RING}}, "unknown setting 'neighbours' in xt; known: penalty, nb, polys"),
        ({"xt": {"nb": [1, 2]}}, "nb must map the names of the regions to their neighbours"),
        ({"xt": {"polys": 3}}, "polys must map the names of the regions to their polygons"),
        ({"xt": {"nb": without("d")}}, "nb lacks the regions d of the data or the knots"),
        ({"xt": {"nb": {**RING, "e": []}}}, "nb has regions without data: e; to keep them"),
        ({"xt": {"nb": {**RING, "a": ["b"]}}}, "lists 'a' as a neighbour of 'd', but not the other way round"),
        ({"xt": {"nb": {**RING, "a": ["b", "d", "a"]}}}, "lists 'a' as its own neighbour"),
        ({"xt": {"nb": {**RING, "a": ["b", "q"]}}}, "nb lists q as a neighbour of 'a', but has no such region"),
        ({"xt": {"nb": {**RING, "a": [1, 4]}}}, "positions from 0 to 3, found 1, 4"),
        ({"xt": {"nb": {**RING, "a": [1.5, 3]}}}, "positions from 0 to 3, found 1.5, 3.0"),
        ({"xt": {"polys": dict.fromkeys("abcd", np.zeros((3, 3)))}}, r"shape .vertices, 2., found .3, 3."),
        ({"xt": {"polys": dict.fromkeys("abcd", np.full((3, 2), np.nan))}}, "must have vertices, all finite"),
        ({"xt": {"penalty": np.eye(3)}}, "penalty must be 4 x 4"),
        ({"xt": {"penalty": np.eye(4) + np.diag([1, 0, 0], 1)}}, "must be symmetric"),
        ({"xt": {"penalty": pd.DataFrame(np.eye(4), list("abce"), list("abce"))}}, "lacks the regions d"),
        ({"xt": {"penalty": pd.DataFrame(np.eye(4), list("abcd"), list("abce"))}}, "must have the same names"),
        ({"xt": {"penalty": pd.DataFrame(np.eye(5), list("abcda"), list("abcda"))}}, "names a region twice: a"),
        ({"knots": (["a", "b", "c"],)}, "the knots lack the regions d of area"),
        ({"k": (5,)}, "k must be at most 4, the number of regions, found 5"),
        ({"k": (1,)}, "k must be at least 2"),
        ({"k": (2,), "xt": {"nb": {"a": "b", "b": "a", "c": "d", "d": "c"}}}, "k must be above 2, .* found 2"),
    ],
)
def test_wrong_requests(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        place(**settings)


def test_wrong_covariates() -> None:
    with pytest.raises(ValueError, match="area must be a factor that names regions, but it is numeric"):
        place(np.arange(6.0))
    with pytest.raises(ValueError, match=r"takes one covariate, found 2 \(a, b\)"):
        BASES["mrf"]((AREA, AREA), Request(("a", "b"), xt={"nb": RING}))


def test_long_lists_of_regions_are_cut_short() -> None:
    with pytest.raises(ValueError, match=r"polys has regions without data: 10, 11, .*\.\.\. \(45 in all\)"):
        place(Factor(np.arange(4), ("0", "1", "2", "3")), xt={"polys": POLYS})
    assert len(NEIGHBOURS) == 7
