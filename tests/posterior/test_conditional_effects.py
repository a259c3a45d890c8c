"""Conditional effects: laws, every family, conditions, figures, bad input."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.errors import DataError, DataWarning, OptionError
from smoothstan.families import FAMILIES
from smoothstan.posterior.conditional.grid import far_from_data
from tests.posterior.brms_oracle import answers, load_case

_OPTIONS: dict[str, Any] = {
    "chains": 2, "iter_warmup": 200, "iter_sampling": 200, "seed": 3, "backend": "stanli", "show_progress": False,
}  # fmt: skip
_BRIEF = _OPTIONS | {"iter_warmup": 40, "iter_sampling": 30}
_NUMERIC = sorted(name for name, kind in FAMILIES.items() if not kind.categorical)
_RESPONSES = {
    "bernoulli": "bin",
    **dict.fromkeys(("binomial", "beta_binomial", "zero_inflated_binomial"), "hits | trials(trials)"),
    **dict.fromkeys(("gaussian", "student", "skew_normal", "asym_laplace"), "y"),
    **dict.fromkeys(("poisson", "negbinomial", "geometric", "hurdle_poisson", "hurdle_negbinomial"), "count"),
    **dict.fromkeys(("zero_inflated_poisson", "zero_inflated_negbinomial"), "count"),
    **dict.fromkeys(("lognormal", "shifted_lognormal", "gamma", "weibull", "exponential", "inverse.gaussian"), "pos"),
    **dict.fromkeys(("hurdle_gamma", "hurdle_lognormal"), "gaps"),
    "beta": "part", "zero_inflated_beta": "some", "zero_one_inflated_beta": "ends",
}  # fmt: skip


@cache
def _table() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    n = 60
    return pd.DataFrame({
        "x": rng.normal(2, 1, n), "z": rng.uniform(0, 1e-3, n), "f": rng.choice(["lo", "hi", "mid"], n),
        "year": rng.integers(2001, 2004, n), "g": rng.choice(["a", "b", "c d"], n), "y": rng.normal(size=n),
        "count": rng.poisson(3, n), "bin": rng.integers(0, 2, n), "trials": rng.integers(5, 9, n),
        "hits": rng.integers(0, 5, n), "pos": rng.gamma(2, 1, n), "part": rng.beta(2, 2, n),
    }).assign(
        gaps=lambda d: d["pos"] * d["bin"], some=lambda d: d["part"] * d["bin"],
        ends=lambda d: np.where(d["year"] == 2001, d["bin"], d["part"]),
    )  # fmt: skip


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    return _table()


_FIRST = ("gaussian", "student", "poisson", "bernoulli", "binomial")


@cache
def _family_fit(family: str) -> ss.Posterior:
    # The inverse of the default link, 1/mu^2, does not exist where the linear predictor is negative.
    chosen = ss.family(family, "log") if family == "inverse.gaussian" else family
    options = _OPTIONS if family in _FIRST else _BRIEF
    return ss.brm(f"{_RESPONSES[family]} ~ x + f", _table(), family=chosen, **options)


@pytest.fixture(scope="module")
def line(data: pd.DataFrame) -> ss.Posterior:
    return ss.brm("y ~ x * f + factor(year)", data, **_OPTIONS)


@pytest.fixture(scope="module")
def grouped(data: pd.DataFrame) -> ss.Posterior:
    priors = [ss.prior("normal(0, 1)", "sd")]
    return ss.brm("y ~ x + z + (1 | g)", data, prior=priors, adapt_delta=0.95, **_OPTIONS)


def _draws(fit: ss.Posterior, name: str) -> np.ndarray:
    return fit.flat[f"b_{name}"]


def _matches(table: pd.DataFrame, draws: np.ndarray) -> None:
    """Compare a table with (draws, rows): median, scaled median absolute deviation, and 95 % interval."""
    middle = np.median(draws, axis=0)
    mad = 1.4826 * np.median(np.abs(draws - middle), axis=0)
    low, high = np.quantile(draws, [0.025, 0.975], axis=0)
    for name, values in (("estimate__", middle), ("se__", mad), ("lower__", low), ("upper__", high)):
        # The same sums in another order.
        np.testing.assert_allclose(table[name], values, rtol=1e-11, atol=1e-13)


def test_a_line_is_its_closed_form(line: ss.Posterior, data: pd.DataFrame) -> None:
    effects = line.conditional_effects(resolution=11)
    assert list(effects) == ["x", "f", "year", "x:f"]
    x = np.linspace(data["x"].min(), data["x"].max(), 11)
    # hi is the first level, 2001 the first year.
    alone = _draws(line, "Intercept")[:, None] + _draws(line, "x")[:, None] * x
    _matches(effects["x"], alone)
    both = effects["x:f"]
    assert list(both["effect2__"].cat.categories) == ["hi", "lo", "mid"]
    for level in ("lo", "mid"):
        own = _draws(line, f"f{level}")[:, None] + _draws(line, f"x:f{level}")[:, None] * x
        _matches(both[both["f"] == level], alone + own)


def test_numbers_that_the_formula_makes_a_factor(line: ss.Posterior, data: pd.DataFrame) -> None:
    table = line.conditional_effects("year")["year"]
    assert table["year"].tolist() == [2001, 2002, 2003]
    assert table["effect1__"].tolist() == ["2001", "2002", "2003"]
    base = _draws(line, "Intercept") + _draws(line, "x") * data["x"].mean()
    years = [0, _draws(line, "factoryear2002"), _draws(line, "factoryear2003")]
    _matches(table, np.column_stack([base + year for year in years]))


def test_others_are_held_at_mean_first_level_and_one_trial(data: pd.DataFrame) -> None:
    fit = ss.brm("hits | trials(trials) ~ x + f + offset(z)", data, family="binomial", **_OPTIONS)
    table = fit.conditional_effects("f")["f"]
    assert table["x"].tolist() == [pytest.approx(data["x"].mean())] * 3
    assert table["z"].tolist() == [pytest.approx(data["z"].mean())] * 3
    assert table["trials"].tolist() == [1.0] * 3
    assert table["f"].tolist() == ["hi", "lo", "mid"]
    ten = fit.conditional_effects("f", conditions={"trials": 10})["f"]
    np.testing.assert_allclose(ten["estimate__"], 10 * table["estimate__"], rtol=1e-12)


@pytest.mark.filterwarnings("ignore::smoothstan.errors.SamplingWarning")
@pytest.mark.parametrize("family", _NUMERIC)
@pytest.mark.parametrize("method", ["posterior_epred", "posterior_linpred", "posterior_predict"])
def test_every_family_is_its_predictions(family: str, method: str) -> None:
    assert set(_RESPONSES) == set(_NUMERIC), "a family without a response here"
    fit = _family_fit(family)
    table = fit.conditional_effects("x:f", method=method, resolution=4, seed=7)["x:f"]
    rows = {"x": table["x"], "f": table["f"], "trials": np.ones(len(table), dtype=int)}
    options = {"seed": 7} if method == "posterior_predict" else {}
    drawn = getattr(fit, method)(rows, **options).values.reshape(fit.ndraws, -1)
    _matches(table, drawn)


def test_groups_are_new_unless_a_condition_names_them(grouped: ss.Posterior) -> None:
    known = grouped.conditional_effects("x", re_formula=None, conditions={"g": "c d"}, resolution=3)["x"]
    rows = {"x": known["x"], "z": known["z"], "g": ["c d"] * 3}
    _matches(known, grouped.posterior_epred(rows).values.reshape(grouped.ndraws, 3))
    new = grouped.conditional_effects("x", re_formula=None, resolution=3, seed=2, sample_new_levels="gaussian")["x"]
    drawn = grouped.posterior_epred(
        {"x": new["x"], "z": new["z"]}, allow_new_levels=True, seed=2, sample_new_levels="gaussian"
    )
    _matches(new, drawn.values.reshape(grouped.ndraws, 3))
    assert new["g"].isna().all()
    none = grouped.conditional_effects("x", resolution=3)["x"]
    assert np.all(none["se__"] < new["se__"])


def test_a_group_can_be_the_effect(grouped: ss.Posterior) -> None:
    table = grouped.conditional_effects("g", re_formula=None)["g"]
    assert table["g"].tolist() == ["a", "b", "c d"]
    rows = {"x": table["x"], "z": table["z"], "g": table["g"]}
    _matches(table, grouped.posterior_epred(rows).values.reshape(grouped.ndraws, 3))
    with pytest.raises(OptionError, match="'g' is no predictor here"):
        grouped.conditional_effects("g")


def test_a_condition_without_effect_warns(grouped: ss.Posterior) -> None:
    with pytest.warns(DataWarning, match="'g' has no effect: its group-level effects are left out"):
        grouped.conditional_effects("x", conditions={"g": "a"}, resolution=2)


def test_blocks_change_nothing(grouped: ss.Posterior) -> None:
    options: dict[str, Any] = {"method": "posterior_predict", "seed": 4, "re_formula": None, "resolution": 40}
    whole = grouped.conditional_effects("x:z", **options)["x:z"]
    # 16 rows of 400 draws and 11 arrays.
    blocks = grouped.conditional_effects("x:z", **options, max_memory=16 * 400 * 11 * 8)["x:z"]
    pd.testing.assert_frame_equal(whole, blocks)


def test_second_numbers_are_told_apart_however_small(grouped: ss.Posterior, data: pd.DataFrame) -> None:
    table = grouped.conditional_effects("x:z", resolution=3)["x:z"]
    categories = list(table["effect2__"].cat.categories)
    assert len(categories) == 3
    assert [float(text) for text in categories] == sorted(map(float, categories), reverse=True)
    assert float(categories[1]) == pytest.approx(data["z"].mean(), abs=1e-4)


def test_int_conditions(grouped: ss.Posterior, line: ss.Posterior) -> None:
    named = grouped.conditional_effects("x:z", int_conditions={"z": {"high": 1e-3, "none": 0}}, resolution=2)["x:z"]
    assert named["effect2__"].tolist() == ["none", "high", "none", "high"]
    assert named["z"].tolist() == [0, 1e-3, 0, 1e-3]
    drawn = grouped.conditional_effects("x", int_conditions={"x": lambda x: np.quantile(x, [0.9, 0.1])})["x"]
    assert len(drawn) == 2
    assert drawn["x"].is_monotonic_increasing
    levels = line.conditional_effects("x:f", int_conditions={"f": ["mid", "hi"]}, resolution=2)["x:f"]
    assert levels["effect2__"].tolist() == ["mid", "hi"] * 2


def test_conditions_are_labelled_and_unique(line: ss.Posterior) -> None:
    plain = line.conditional_effects("x", conditions={"f": ["lo", "hi", "lo"], "year": 2002}, resolution=2)
    assert plain["x"]["cond__"].tolist() == ["1", "1", "2", "2"]
    assert plain.part("x").titles == ("f = lo & year = 2002", "f = hi & year = 2002")
    labelled = pd.DataFrame({"f": ["lo", "mid"], "cond__": ["low", "middle"]})
    assert line.conditional_effects("x", conditions=labelled, resolution=2)["x"]["cond__"].unique().tolist() == [
        "low", "middle",
    ]  # fmt: skip
    rows = pd.DataFrame({"f": ["lo", "mid"]}, index=["first", "second"])
    assert line.conditional_effects("x", conditions=rows).part("x").titles == ("first", "second")
    with pytest.raises(OptionError, match="labels of conditions must differ"):
        line.conditional_effects("x", conditions=labelled.assign(cond__="same"))


def test_make_conditions_as_in_brms() -> None:
    recorded = next(a for a in answers("conditional_effects") if "make_conditions" in a.call).arguments["conditions"]
    ours = ss.make_conditions(load_case("gaussian_three_way").posterior, "w")
    assert ours["cond__"].tolist() == recorded["cond__"]
    np.testing.assert_allclose(ours["w"], recorded["w"], rtol=1e-12)


def test_make_conditions_combines(line: ss.Posterior) -> None:
    table = ss.make_conditions(line, ["x", "f"])
    assert len(table) == 9
    assert table["f"].tolist() == ["hi", "lo", "mid"] * 3
    assert table["cond__"][0] == f"x = {round(table['x'][0], 2):g} & f = hi"
    assert len(line.conditional_effects("year", conditions=table)["year"]) == 27
    with pytest.raises(DataError, match=r"no column 'ff'.*it has: x, f, year"):
        ss.make_conditions(line, "ff")


def test_points_meet_their_condition(line: ss.Posterior, data: pd.DataFrame) -> None:
    conditions = {"f": ["lo", "mid"], "year": 2002}
    points = line.conditional_effects("x", conditions=conditions).part("x").points
    for label, level in (("1", "lo"), ("2", "mid")):
        own = data[(data["f"] == level) & (data["year"] == 2002)]
        assert points.loc[points["cond__"] == label, "resp__"].tolist() == own["y"].tolist()
    near = line.conditional_effects("f", conditions={"x": 2, "year": 2001}, select_points=0.1).part("f").points
    wanted = data[(np.abs(data["x"] - 2) <= 0.1 * np.ptp(data["x"])) & (data["year"] == 2001)]
    assert near["resp__"].tolist() == wanted["y"].tolist()


def test_points_of_trials_are_on_the_scale_of_the_estimates(data: pd.DataFrame) -> None:
    fit = _family_fit("binomial")
    effects = fit.conditional_effects("f")
    points = effects.part("f").points["resp__"]
    np.testing.assert_allclose(points, data["hits"] / data["trials"], rtol=1e-14)
    assert effects.y_label == "hits per trial"


def test_transform_and_spaghetti(line: ss.Posterior) -> None:
    options: dict[str, Any] = {"method": "posterior_predict", "resolution": 3, "seed": 1}
    drawn = line.conditional_effects("x", transform=lambda y: 2 * y + 1, **options)["x"]
    plain = line.conditional_effects("x", **options)["x"]
    np.testing.assert_allclose(drawn["estimate__"], 2 * plain["estimate__"] + 1, rtol=1e-12)
    np.testing.assert_allclose(drawn["se__"], 2 * plain["se__"], rtol=1e-12)
    part = line.conditional_effects("x:f", spaghetti=True, ndraws=20, seed=2, resolution=5).part("x:f")
    assert part.draws is not None
    assert part.draws.shape == (20, 15)
    long = part.spaghetti()
    assert len(long) == 300
    assert long.loc[long["sample__"] == 3, "estimate__"].tolist() == part.draws[3].tolist()


def test_far_from_data_is_brute_force() -> None:
    rng = np.random.default_rng(1)
    points, data = rng.uniform(0, [1, 50], (40, 2)), rng.uniform(0, [1, 50], (15, 2))
    scale = np.ptp(points, axis=0)
    distance = np.sqrt((((points[:, None] - data) / scale) ** 2).sum(axis=2)).min(axis=1)
    assert far_from_data(points, data, 0.15).tolist() == (distance > 0.15).tolist()
    assert 0 < (distance > 0.15).sum() < 40


def test_smooths_are_what_the_predictor_adds(slopes_fit: ss.Posterior) -> None:
    smooths = slopes_fit.conditional_smooths(resolution=9)
    assert list(smooths) == ['mu: s(z,bs="cr",k=5)']
    table = smooths[next(iter(smooths))]
    others = {"x": np.zeros(10), "f": ["a"] * 10, "h": ["u"] * 10}
    grid = np.append(table["z"], table["z"][0])
    linpred = slopes_fit.posterior_linpred({"z": grid, **others}, re_formula="NA").values.reshape(slopes_fit.ndraws, -1)
    alone = slopes_fit.conditional_smooths("s(z)", resolution=9, spaghetti=True).part(next(iter(smooths))).draws
    assert alone is not None
    np.testing.assert_allclose(linpred[:, :9] - linpred[:, [9]], alone - alone[:, [0]], atol=1e-10)
    _matches(table, alone)


def test_smooths_by_level_have_a_panel_each() -> None:
    smooths = load_case("student_smooth_by_factor").posterior.conditional_smooths(resolution=4)
    part = smooths.part('mu: s(z,by=f,bs="cr",k=4)')
    assert part.titles == ("f = b b", "f = a", "f = c+d")
    data = load_case("student_smooth_by_factor").posterior.design.table
    counts = part.points["cond__"].value_counts(sort=False)
    assert counts.tolist() == np.bincount(data["f"].codes).tolist()
    axes = smooths.plot(rug=True)
    assert [ax.get_title() for ax in axes] == list(part.titles)
    plt.close("all")


def test_figures_are_as_wide_as_many_levels_need() -> None:
    levels = [f"level {i:02d}" for i in range(40)] * 2
    fit = ss.brm("y ~ f", {"y": np.random.default_rng(1).normal(size=80), "f": levels}, **_OPTIONS)
    (ax,) = fit.conditional_effects().plot()
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels == sorted(set(levels))
    ax.figure.draw_without_rendering()
    boxes = [label.get_window_extent() for label in ax.get_xticklabels()]
    assert all(a.x1 < b.x0 for a, b in pairwise(boxes))
    plt.close("all")


def test_two_dimensional_smooths_as_curves() -> None:
    fit = load_case("gaussian_tensor").posterior
    name = "mu: t2(x,z,k=4)"
    curves = fit.conditional_smooths(surface=False, resolution=4).part(name)
    assert not curves.surface
    assert len(curves.table) == 12
    whole = fit.conditional_smooths("t2(x, z, k = 4)", int_conditions={"z": curves.table["z"].unique()}, resolution=4)
    np.testing.assert_allclose(whole[name]["estimate__"], curves.table["estimate__"], rtol=1e-10)


def test_tables_print(line: ss.Posterior, slopes_fit: ss.Posterior) -> None:
    effects = line.conditional_effects(["x", "x:f"], resolution=5)
    text = str(effects)
    assert text.startswith("Effect of x on y (5 rows):\n")
    assert "Effect of x:f on y (15 rows, the first 6):" in text
    assert "<h4>Effect of x on y</h4>" in effects._repr_html_()
    assert "mu: s(z,bs=" in str(slopes_fit.conditional_smooths(resolution=5))
    with pytest.raises(KeyError, match="there: x, x:f"):
        effects["f"]


@pytest.mark.parametrize("effect", ["x", "f", "x:f", "f:x", "f:year"])
def test_figures(effect: str, line: ss.Posterior) -> None:
    effects = line.conditional_effects(effect, conditions=ss.make_conditions(line, "year"), resolution=6)
    count = 1 if effect == "f:year" else 3
    if effect == "f:year":
        effects = line.conditional_effects(effect)
    axes = effects.plot(points=True, rug=True, x_label="dose (mg)", y_label="response (s)")
    assert len(axes) == count
    assert {(ax.get_xlabel(), ax.get_ylabel()) for ax in axes} == {("dose (mg)", "response (s)")}
    assert len({ax.get_ylim() for ax in axes}) == 1
    legends = [ax.get_legend() for ax in axes]
    if ":" in effect:
        assert legends[:-1] == [None] * (count - 1)
        assert legends[-1].get_title().get_text() == effect.split(":")[1]
    else:
        assert legends == [None] * count
    assert [ax.get_title() for ax in axes] == (["year = 2001", "year = 2002", "year = 2003"] if count == 3 else [""])
    plt.close("all")


def test_figures_of_maps_and_draws(grouped: ss.Posterior) -> None:
    surface = grouped.conditional_effects("x:z", surface=True, resolution=8, too_far=0.1)
    (ax,) = surface.plot(points=True)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x", "z")
    assert [bar.get_ylabel() for bar in ax.figure.axes if bar is not ax] == ["y"]
    many = grouped.conditional_effects(spaghetti=True, ndraws=30, resolution=8)
    axes = many.plot(ncol=1)
    assert len(axes) == 2
    lines = [c for c in axes[0].collections if type(c).__name__ == "LineCollection"]
    assert len(lines[0].get_segments()) == 30
    _, own = plt.subplots(1, 2)
    assert many.plot(axes=own) == tuple(own)
    plt.close("all")


def test_data_are_not_drawn_on_another_scale() -> None:
    effects = _family_fit("poisson").conditional_effects("x", method="posterior_linpred")
    assert effects.plot()[0].get_ylabel() == "log(mu)"
    with pytest.raises(OptionError, match="not on the scale of the response"):
        effects.plot(points=True)
    plt.close("all")


def test_nothing_to_show(data: pd.DataFrame) -> None:
    fit = ss.brm("y ~ 1", data, **_OPTIONS)
    with pytest.raises(OptionError, match="no population-level predictors and no smooths"):
        fit.conditional_effects()
    with pytest.raises(OptionError, match="the model has no smooths"):
        fit.conditional_smooths()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"effects": "xx"}, OptionError, "'xx' is no predictor here; did you mean 'x'"),
        ({"effects": "x:f:year"}, OptionError, "at most two can be shown"),
        ({"effects": "x:x"}, OptionError, "names one variable twice"),
        ({"effects": []}, OptionError, "effects are texts"),
        ({"conditions": {"q": 1}}, DataError, "no column 'q'"),
        ({"conditions": {"f": "huge"}}, DataError, "new level 'huge'"),
        ({"conditions": {"f": ["lo", "hi"], "x": [1, 2, 3]}}, OptionError, "'f' has 2 values, others have 3"),
        ({"conditions": {"x": "one"}}, DataError, "column 'x'"),
        ({"int_conditions": {"ff": [1]}}, OptionError, "'ff' is no variable of the model; did you mean 'f'"),
        ({"int_conditions": {"x": []}}, OptionError, "no values for 'x'"),
        ({"int_conditions": {"f": ["huge"]}}, DataError, "new level 'huge'"),
        ({"int_conditions": [1]}, OptionError, "maps variables to values"),
        ({"method": "fitted"}, OptionError, "method must be one of"),
        ({"transform": np.exp}, OptionError, "only allowed with method='posterior_predict'"),
        ({"dpar": "nu"}, OptionError, "no parameter 'nu'"),
        ({"dpar": "sigma", "method": "posterior_linpred"}, OptionError, "'sigma' has no linear predictor"),
        ({"dpar": "sigma", "method": "posterior_predict"}, OptionError, "leave dpar out"),
        ({"categorical": True}, OptionError, "gaussian has no categories"),
        ({"surface": True, "spaghetti": True}, OptionError, "choose one"),
        ({"resolution": 1}, OptionError, "resolution"),
        ({"prob": 95}, OptionError, "prob must lie strictly between 0 and 1"),
        ({"select_points": -1}, OptionError, "select_points must be a number >= 0"),
        ({"too_far": "far"}, OptionError, "too_far must be a number >= 0"),
    ],
)
def test_bad_input(arguments: dict[str, Any], error: type[Exception], message: str, line: ss.Posterior) -> None:
    with pytest.raises(error, match=message):
        line.conditional_effects(**arguments)


def test_unknown_smooth(slopes_fit: ss.Posterior) -> None:
    with pytest.raises(OptionError, match=r"no smooth 's\(w\)'.*it has: mu: s\(z"):
        slopes_fit.conditional_smooths("s(w)")


def test_wrong_number_of_axes(line: ss.Posterior) -> None:
    effects = line.conditional_effects(["x", "f"], resolution=2)
    _, ax = plt.subplots()
    with pytest.raises(OptionError, match="2 panels to draw, but axes for 1"):
        effects.plot(axes=ax)
    with pytest.raises(OptionError, match="ncol must be a whole number"):
        effects.plot(ncol=0)
    plt.close("all")
