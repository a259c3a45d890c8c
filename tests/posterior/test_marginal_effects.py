"""Predictions, comparisons and slopes against closed forms and against their definitions in numpy."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pandas as pd
import pytest
from given_draws import fit_of_draws
from scipy.special import expit

import smoothstan as ss
from smoothstan.posterior.marginal import Estimates

NDRAWS = 7


def _data(n: int = 50) -> pd.DataFrame:
    rng = np.random.default_rng(8)
    return pd.DataFrame(
        {
            "x": rng.normal(size=n), "z": rng.uniform(1, 3, n), "f": pd.Categorical(rng.choice(list("abc"), n)),
            "lg": rng.random(n) < 0.5, "year": rng.integers(2001, 2004, n),
            "g": rng.choice([f"g{i}" for i in range(5)], n), "w": rng.uniform(0.1, 2, n), "y": rng.normal(size=n),
            "p": rng.integers(0, 2, n), "k": rng.integers(0, 9, n), "n": 9, "s": rng.choice(["left", "right"], n),
        }
    )  # fmt: skip


DATA = _data()


@pytest.fixture(scope="module")
def linear() -> ss.Posterior:
    return fit_of_draws("y ~ x + f + lg + x:f", DATA, ndraws=NDRAWS)


@pytest.fixture(scope="module")
def logistic() -> ss.Posterior:
    return fit_of_draws("p ~ x * lg + s + (1 + x | g)", DATA, family="bernoulli", ndraws=NDRAWS)


@pytest.fixture(scope="module")
def spline() -> ss.Posterior:
    return fit_of_draws("y ~ s(z, bs='cr', k=6) + lg", DATA, ndraws=NDRAWS)


def _b(fit: ss.Posterior, name: str) -> np.ndarray:
    return fit.flat[f"b_{name}"]


def _epred(fit: ss.Posterior, rows: pd.DataFrame, **options: Any) -> np.ndarray:
    return fit.posterior_epred(rows, **options).values.reshape(fit.ndraws, -1)


def _rows(table: Estimates, **wanted: Any) -> np.ndarray:
    mask = np.all([table.table[name] == value for name, value in wanted.items()], axis=0)
    return table.draws[:, mask]


def test_a_linear_model_has_its_coefficients_as_effects(linear: ss.Posterior) -> None:
    effects = linear.avg_comparisons(["x", "f", "lg"], ss.datagrid(f="a", x=0))
    assert list(effects.table["term"]) == ["x", "f", "f", "lg"]
    assert list(effects.table["contrast"]) == ["+1", "b - a", "c - a", "True - False"]
    expected = np.stack([_b(linear, name) for name in ("x", "fb", "fc", "lgTRUE")], axis=1)
    np.testing.assert_allclose(effects.draws, expected, atol=1e-13)
    np.testing.assert_allclose(effects.table["estimate"], np.median(expected, axis=0), atol=1e-13)
    np.testing.assert_allclose(effects.table["conf_low"], np.quantile(expected, 0.025, axis=0), atol=1e-13)
    np.testing.assert_allclose(effects.table["conf_high"], np.quantile(expected, 0.975, axis=0), atol=1e-13)


def test_center_and_mass_of_the_interval(linear: ss.Posterior) -> None:
    effects = linear.avg_slopes("x", prob=0.5, center="mean")
    assert effects.table["estimate"][0] == pytest.approx(effects.draws.mean())
    assert effects.table["conf_high"][0] == pytest.approx(np.quantile(effects.draws, 0.75))


def test_average_slope_with_an_interaction(linear: ss.Posterior) -> None:
    share = DATA["f"].value_counts(normalize=True)
    expected = _b(linear, "x") + share["b"] * _b(linear, "x:fb") + share["c"] * _b(linear, "x:fc")
    # Rounding of a difference over a step of 1e-4 of the range.
    np.testing.assert_allclose(linear.avg_slopes("x").draws[:, 0], expected, atol=1e-10)
    by = linear.avg_slopes("x", by="f")
    np.testing.assert_allclose(_rows(by, f="c")[:, 0], _b(linear, "x") + _b(linear, "x:fc"), atol=1e-10)


@pytest.mark.parametrize(
    ("change", "low", "high", "label"),
    [
        (2.5, None, None, "+2.5"),
        (-1, None, None, "-1"),
        ((-1, 2), -1, 2, "2 - -1"),
        ("sd", DATA.x.mean() - DATA.x.std() / 2, DATA.x.mean() + DATA.x.std() / 2, "(x + sd/2) - (x - sd/2)"),
        ("2sd", DATA.x.mean() - DATA.x.std(), DATA.x.mean() + DATA.x.std(), "(x + sd) - (x - sd)"),
        ("iqr", DATA.x.quantile(0.25), DATA.x.quantile(0.75), "Q3 - Q1"),
        ("minmax", DATA.x.min(), DATA.x.max(), "Max - Min"),
    ],
)
def test_changes_of_a_number(logistic: ss.Posterior, change: Any, low: Any, high: Any, label: str) -> None:
    found = logistic.comparisons({"x": change})
    below, above = (DATA.x, DATA.x + change) if low is None else (low, high)
    expected = _epred(logistic, DATA.assign(x=above)) - _epred(logistic, DATA.assign(x=below))
    np.testing.assert_allclose(found.draws, expected, atol=1e-14)
    np.testing.assert_allclose(found.table["estimate"], np.median(expected, axis=0), atol=1e-14)
    assert set(found.table["contrast"]) == {label}


def test_directions_and_functions(logistic: ss.Posterior) -> None:
    def between(low: Any, high: Any) -> np.ndarray:
        return _epred(logistic, DATA.assign(x=high)) - _epred(logistic, DATA.assign(x=low))

    x = DATA.x
    for direction, expected in {"backward": between(x - 2, x), "center": between(x - 1, x + 1)}.items():
        found = logistic.comparisons({"x": 2}, direction=direction)
        np.testing.assert_allclose(found.draws, expected, atol=1e-14)
    for function in (lambda v: (v, v * 1.1), lambda v: np.column_stack([v, v * 1.1])):
        found = logistic.comparisons({"x": function})
        np.testing.assert_allclose(found.draws, between(x, x * 1.1), atol=1e-14)


def test_average_first_then_summarise(logistic: ss.Posterior) -> None:
    """The median of averages is not the average of medians."""
    rows = _epred(logistic, DATA)
    found = logistic.avg_predictions()
    assert found.table["estimate"][0] == pytest.approx(np.median(rows.mean(axis=1)), abs=1e-14)
    assert abs(found.table["estimate"][0] - np.median(rows, axis=0).mean()) > 1e-4


def test_averages_by_columns_with_weights(logistic: ss.Posterior) -> None:
    hi, lo = _epred(logistic, DATA.assign(lg=True)), _epred(logistic, DATA.assign(lg=False))
    found = logistic.comparisons("lg", DATA, by=["f", "year"], wts="w", comparison="lnor")
    for row, draws in zip(found.table.itertuples(), found.draws.T, strict=True):
        mask = ((DATA.f == row.f) & (DATA.year == row.year)).to_numpy()
        a, b = (np.average(side[:, mask], axis=1, weights=DATA.w[mask]) for side in (hi, lo))
        np.testing.assert_allclose(draws, np.log(a / (1 - a)) - np.log(b / (1 - b)), atol=1e-13)
    assert found.table[["f", "year"]].drop_duplicates().shape == (len(DATA[["f", "year"]].drop_duplicates()), 2)
    assert list(found.table.columns) == ["f", "year", "term", "contrast", "estimate", "conf_low", "conf_high"]


def test_ratios_of_averages_and_a_function(logistic: ss.Posterior) -> None:
    hi, lo = _epred(logistic, DATA.assign(s="right")), _epred(logistic, DATA.assign(s="left"))
    ratio = hi.mean(axis=1) / lo.mean(axis=1)
    for comparison in ("ratio", "ratioavg", lambda hi, lo: hi / lo):
        found = logistic.avg_comparisons("s", comparison=comparison)
        np.testing.assert_allclose(found.draws[:, 0], ratio, rtol=1e-13)
    np.testing.assert_allclose(logistic.comparisons("s", comparison=lambda hi, lo: hi**2 - lo).draws, hi**2 - lo)


def test_cross_contrasts_are_all_combinations(linear: ss.Posterior) -> None:
    found = linear.comparisons({"f": "pairwise", "x": 2, "lg": None}, ss.datagrid(x=0.5), cross=True)
    assert list(found.table["contrast_f"]) == ["b - a", "c - a", "c - b"]
    assert set(found.table["term"]) == {"cross"}
    row = ss.datagrid(linear, x=0.5)
    hi = _epred(linear, row.assign(x=2.5, lg=True, f="c"))
    lo = _epred(linear, row.assign(x=0.5, lg=False, f="b"))
    np.testing.assert_allclose(found.draws[:, [2]], hi - lo, atol=1e-13)


def test_slopes_of_a_cubic_spline(spline: ss.Posterior) -> None:
    """Between knots the curve is a cubic, so that four of its values give its derivative exactly."""
    rows = pd.DataFrame({"z": np.linspace(1.05, 2.95, 9), "lg": True})
    found = spline.slopes("z", rows).draws
    width = 1e-2
    nodes = width * np.asarray([-3.0, -1.0, 1.0, 3.0])
    points = pd.DataFrame({"z": np.add.outer(rows.z.to_numpy(), nodes).ravel(), "lg": True})
    values = _epred(spline, points).reshape(NDRAWS, 9, 4)
    # f'(0) = (27 (f(h) - f(-h)) - (f(3h) - f(-3h))) / 48h for a cubic.
    exact = (27 * (values[..., 2] - values[..., 1]) - (values[..., 3] - values[..., 0])) / (48 * width)
    knots = np.quantile(np.unique(DATA.z), np.linspace(0, 1, 6))
    inside = np.abs(np.subtract.outer(rows.z.to_numpy(), knots)).min(axis=1) > 3 * width
    assert inside.sum() >= 5
    third = (values[..., 3] - 3 * values[..., 2] + 3 * values[..., 1] - values[..., 0]) / (2 * width) ** 3
    step = 1e-4 * np.ptp(DATA.z)
    # What is left is the rounding of values below 10 over a step of 2e-4.
    expected = exact + step**2 / 24 * third
    np.testing.assert_allclose(found[:, inside], expected[:, inside], rtol=0, atol=1e-10)
    np.testing.assert_allclose(found[:, inside], exact[:, inside], rtol=0, atol=1e-7 * np.abs(exact).max())


def test_slopes_of_a_logistic_curve_and_elasticities(logistic: ss.Posterior) -> None:
    rows = DATA.iloc[[3]]
    eta = logistic.posterior_linpred(rows).values.reshape(-1)
    lg = float(rows.lg.iloc[0])
    g = rows.g.iloc[0]
    level = list(logistic.design.groups[0].levels).index(g)
    beta = _b(logistic, "x") + lg * _b(logistic, "x:lgTRUE") + logistic.flat["r_g"][:, level, 1]
    p, x = expit(eta), rows.x.iloc[0]
    slope = p * (1 - p) * beta
    expected = {"dydx": slope, "eyex": slope * x / p, "eydx": slope / p, "dyex": slope * x}
    for name, values in expected.items():
        # h^2 / 24 times beta^2 relative to the slope: h is 5e-4, beta below 5.
        np.testing.assert_allclose(logistic.slopes("x", rows, slope=name).draws[:, 0], values, rtol=1e-6)
        coarse = logistic.slopes("x", rows, slope=name, eps=0.5).draws[:, 0]
        assert np.abs(coarse / values - 1).max() > 1e-3


def test_link_scale_parameter_and_new_responses() -> None:
    formula = ss.bf("y ~ x + lg", "sigma ~ x + f")
    fit = fit_of_draws(formula, DATA, ndraws=NDRAWS)
    sigma = np.exp(fit.flat["b_sigma_Intercept"] + fit.flat["b_sigma_x"] * 0.4)
    rows = ss.datagrid(fit, x=0.4, f="a")
    np.testing.assert_allclose(fit.predictions(rows, dpar="sigma").draws[:, 0], sigma, rtol=1e-13)
    slope = fit.slopes(None, rows, dpar="sigma")
    assert list(slope.table["term"]) == ["f", "f", "x"]
    np.testing.assert_allclose(slope.draws[:, 2], sigma * fit.flat["b_sigma_x"], rtol=1e-6)
    link = fit.avg_comparisons("x", dpar="sigma", type="link")
    np.testing.assert_allclose(link.draws[:, 0], fit.flat["b_sigma_x"], atol=1e-13)
    drawn = fit.predictions(rows, type="prediction", seed=3).draws
    np.testing.assert_array_equal(drawn, fit.posterior_predict(rows, seed=3).values.reshape(NDRAWS, 1))
    # Both sides have the same noise, so that it drops out of a difference of normal responses.
    difference = fit.comparisons("lg", rows, type="prediction", seed=3).draws[:, 0]
    np.testing.assert_allclose(difference, fit.flat["b_lgTRUE"], atol=1e-12)


def test_logistic_link_and_trials() -> None:
    fit = fit_of_draws("k | trials(n) ~ x", DATA, family="binomial", ndraws=NDRAWS)
    at_mean = fit.predictions("mean")
    assert at_mean.table["n"][0] == 9
    x = DATA.x.mean()
    expected = 9 * expit(_b(fit, "Intercept") + _b(fit, "x") * x)
    np.testing.assert_allclose(at_mean.draws[:, 0], expected, rtol=1e-12)
    odds = fit.avg_comparisons("x", dpar="mu", comparison="lnor", new_data="mean")
    np.testing.assert_allclose(odds.draws[:, 0], _b(fit, "x"), atol=1e-10)


def test_new_levels_are_the_same_on_both_sides(logistic: ss.Posterior) -> None:
    rows = pd.DataFrame({"x": [0.1, 0.5], "lg": [True, False], "s": "left", "g": ["new", "newer"]})
    options: dict[str, Any] = {"allow_new_levels": True, "sample_new_levels": "gaussian", "seed": 4}
    found = logistic.comparisons("x", rows, type="link", **options)
    at, later = (
        logistic.posterior_linpred(rows.assign(x=rows.x + up), **options).values.reshape(NDRAWS, 2) for up in (0, 1)
    )
    np.testing.assert_allclose(found.draws, later - at, atol=1e-12)
    again = logistic.comparisons("x", rows, type="link", **options)
    np.testing.assert_array_equal(found.draws, again.draws)
    nowhere = logistic.predictions(rows.drop(columns="g"), **options)
    assert np.isfinite(nowhere.draws).all()


def test_levels_of_a_group_can_be_compared(logistic: ss.Posterior) -> None:
    found = logistic.comparisons({"g": ("g1", "g3")}, DATA.iloc[:4], type="link")
    r, x = logistic.flat["r_g"], DATA.x.to_numpy()[:4]
    expected = r[:, [3], 0] - r[:, [1], 0] + (r[:, [3], 1] - r[:, [1], 1]) * x
    np.testing.assert_allclose(found.draws, expected, atol=1e-12)


def test_numbers_that_are_labels() -> None:
    fit = fit_of_draws("y ~ factor(year) + x + (1 | g)", DATA, ndraws=NDRAWS)
    found = fit.avg_comparisons({"year": "sequential"})
    assert list(found.table["contrast"]) == ["2002 - 2001", "2003 - 2002"]
    first, second = _b(fit, "factoryear2002"), _b(fit, "factoryear2003")
    np.testing.assert_allclose(found.draws, np.stack([first, second - first], axis=1), atol=1e-13)
    assert set(fit.avg_comparisons().table["term"]) == {"year", "x"}
    grouped = fit_of_draws("y ~ x + (1 | year)", DATA, ndraws=NDRAWS)
    found = grouped.avg_comparisons({"year": (2001, 2003)})
    r = grouped.flat["r_year"][..., 0]
    np.testing.assert_allclose(found.draws[:, 0], r[:, 2] - r[:, 0], atol=1e-13)


def test_whole_numbers_move_by_steps_that_are_not() -> None:
    fit = fit_of_draws("y ~ year + I(k^2)", DATA, ndraws=NDRAWS)
    slope = fit.slopes("k", DATA)
    np.testing.assert_allclose(slope.draws, np.outer(_b(fit, "IkE2"), 2 * DATA.k), atol=1e-8)
    np.testing.assert_allclose(fit.avg_comparisons("year").draws[:, 0], _b(fit, "year"), atol=1e-11)


def test_a_smooth_by_a_factor_and_an_ordered_one() -> None:
    data = DATA.assign(o=pd.Categorical(DATA.f, categories=list("cab"), ordered=True))
    fit = fit_of_draws("y ~ o + s(z, by=f, k=4, bs='cr') + f", data, ndraws=NDRAWS)
    found = fit.comparisons({"f": "reference"}, data.iloc[:6])
    expected = _epred(fit, data.iloc[:6].assign(f="c")) - _epred(fit, data.iloc[:6].assign(f="a"))
    np.testing.assert_allclose(found.draws[:, 6:], expected, atol=1e-13)
    assert list(fit.avg_comparisons("o").table["contrast"]) == ["a - c", "b - c"]
    by = fit.avg_predictions(by="o")
    assert list(by.table["o"]) == ["c", "a", "b"]


def test_offsets_are_not_varied_unless_asked_for() -> None:
    fit = fit_of_draws("k ~ x + offset(log(w))", DATA, family="poisson", ndraws=NDRAWS)
    assert set(fit.avg_slopes().table["term"]) == {"x"}
    ratio = fit.comparisons({"w": (1, 2)}, DATA.iloc[:3], comparison="ratio")
    np.testing.assert_allclose(ratio.draws, 2, rtol=1e-13)


def test_counterfactual_predictions(logistic: ss.Posterior) -> None:
    found = logistic.avg_predictions(variables={"lg": None, "x": [0.0, 1.0]})
    assert list(found.table["x"]) == [0, 1, 0, 1]
    for row, draws in zip(found.table.itertuples(), found.draws.T, strict=True):
        expected = _epred(logistic, DATA.assign(x=row.x, lg=row.lg)).mean(axis=1)
        np.testing.assert_allclose(draws, expected, rtol=1e-13)
    five = logistic.predictions(DATA.iloc[:2], variables="x")
    values = np.sort(DATA.x)
    hinges = [values[0], values[12], (values[24] + values[25]) / 2, values[37], values[-1]]
    np.testing.assert_allclose(five.table["x"][:5], hinges)
    assert list(five.table["rowidcf"]) == [0] * 5 + [1] * 5


def test_words_for_new_data(logistic: ss.Posterior) -> None:
    mean = logistic.predictions("mean", re_formula="NA")
    assert "g" not in mean.table
    typical = pd.DataFrame({"x": [DATA.x.mean()], "lg": [DATA.lg.mode()[0]], "s": [DATA.s.mode()[0]]})
    expected = _epred(logistic, typical, re_formula="NA")
    np.testing.assert_allclose(mean.draws, expected, rtol=1e-13)
    median = logistic.predictions("median").table
    assert median["x"][0] == DATA.x.median()
    assert median["g"][0] == DATA.g.mode()[0]
    balanced = logistic.predictions("balanced").table
    assert len(balanced) == 4
    by = logistic.predictions("mean", by="s")
    assert list(by.table["s"]) == ["left", "right"]


def test_rows_of_the_user_and_their_other_columns(logistic: ss.Posterior) -> None:
    rows = pd.DataFrame({"x": [0.1], "lg": [True], "s": ["left"], "g": ["g1"], "when": pd.to_datetime(["2020-01-01"]),
                         "id": ["first"]})  # fmt: skip
    found = logistic.predictions(rows)
    assert list(found.table.columns) == ["rowid", "estimate", "conf_low", "conf_high", "x", "lg", "s", "g", "id"]
    polars = pytest.importorskip("polars")
    table = logistic.predictions(polars.DataFrame({"x": [0.1], "lg": [True], "s": ["left"], "g": ["g1"]})).table
    assert table["estimate"][0] == found.table["estimate"][0]
    assert logistic.predictions({"x": [0.1], "lg": [True], "s": ["left"], "g": ["g1"]}).draws.shape == (NDRAWS, 1)


def test_a_choice_of_draws(logistic: ss.Posterior) -> None:
    found = logistic.avg_slopes("x", ndraws=3, seed=1)
    assert found.draws.shape == (3, 1)
    one, same = (logistic.predictions(ndraws=1, seed=1).table for _ in range(2))
    assert one["conf_low"].equals(same["conf_high"])


def test_blocks_change_no_number(logistic: ss.Posterior) -> None:
    rows = pd.concat([DATA] * 20, ignore_index=True)
    options: dict[str, Any] = {"type": "prediction", "seed": 2, "wts": "w"}
    small = logistic.comparisons(["x", "s"], rows, by=["f", "g"], max_memory="100 KB", **options)
    large = logistic.comparisons(["x", "s"], rows, by=["f", "g"], **options)
    # Sums of blocks are added in another order.
    np.testing.assert_allclose(small.draws, large.draws, rtol=1e-12)
    a, b = (logistic.comparisons("x", rows, integrate_groups=True, max_memory=m) for m in ("100 KB", None))
    pd.testing.assert_frame_equal(a.table, b.table)


def test_memory_is_bounded() -> None:
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"x": rng.normal(size=30_000), "f": rng.choice(list("abc"), 30_000)})
    fit = fit_of_draws("p ~ x + f", DATA, family="bernoulli", ndraws=500)
    fit.avg_comparisons(["x", "f"], rows.iloc[:10])
    limit = 20_000_000
    tracemalloc.start()
    fit.avg_comparisons(["x", "f"], rows, max_memory=limit)
    fit.comparisons("x", rows, max_memory=limit)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # All draws of one side would take 120 MB; the tables themselves take some megabytes more.
    assert peak < limit + 25_000_000
