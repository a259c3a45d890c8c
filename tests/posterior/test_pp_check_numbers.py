"""The tables of predictive checks against the same numbers computed from all predictions at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from drawn_curves import drawn_curves
from scipy.stats import gaussian_kde, median_abs_deviation

import smoothstan as ss
from smoothstan.posterior.checks import predictive

SEED = 11
pytestmark = pytest.mark.usefixtures("figures")


def predictions(fit: ss.Posterior, **options) -> np.ndarray:
    """All predictions with the seed that the checks get, (draws, rows)."""
    values = fit.posterior_predict(seed=SEED, **options).values
    return values.reshape(-1, values.shape[-1])


@pytest.mark.parametrize("group", [None, "g"])
def test_density_overlay(checked_fits, checked_rows, group) -> None:
    fit = checked_fits["gaussian"]
    check = fit.pp_check(group=group, seed=SEED)
    yrep = predictions(fit, ndraws=10)
    for label in [None] if group is None else ["a", "b", "c"]:
        chosen = np.ones(len(checked_rows), bool) if label is None else (checked_rows["g"] == label).to_numpy()
        x, data, draws = drawn_curves(check.table, "density", group, label)
        for curve, sample in zip([data, *draws], [checked_rows["y"].to_numpy()[chosen], *yrep[:, chosen]], strict=True):
            spread = min(np.std(sample, ddof=1), np.subtract(*np.quantile(sample, [0.75, 0.25])) / 1.34)
            width = 0.9 * spread * len(sample) ** -0.2
            exact = gaussian_kde(sample, bw_method=width / np.std(sample, ddof=1))(x)
            # Sharing values between grid points widens the kernel by less than a step: an error of order step^2.
            np.testing.assert_allclose(curve, exact, atol=2e-3 * exact.max())


@pytest.mark.parametrize(("name", "column"), [("gaussian", "y"), ("poisson", "count")])
def test_ecdf_overlay(checked_fits, checked_rows, name, column) -> None:
    x, data, draws = drawn_curves(checked_fits[name].pp_check("ecdf_overlay", ndraws=7, seed=SEED).table, "ecdf")
    np.testing.assert_allclose(data, [(checked_rows[column] <= at).mean() for at in x], rtol=1e-12)
    yrep = predictions(checked_fits[name], ndraws=7)
    np.testing.assert_allclose(draws, [[(row <= at).mean() for at in x] for row in yrep], rtol=1e-12)


@pytest.mark.parametrize(("name", "column"), [("gaussian", "y"), ("poisson", "count")])
def test_histograms_hold_every_row_once(checked_fits, checked_rows, name, column) -> None:
    table = checked_fits[name].pp_check("hist", ndraws=4, seed=SEED).table
    data = table[table["source"] == "y"]
    edges = np.append(data["lower"], data["upper"].iloc[-1])
    np.testing.assert_array_equal(data["count"], np.histogram(checked_rows[column], edges)[0])
    yrep = predictions(checked_fits[name], ndraws=4)
    counts = table[table["source"] == "yrep"]["count"].to_numpy().reshape(4, -1)
    np.testing.assert_array_equal(counts, [np.histogram(row, edges)[0] for row in yrep])
    assert counts.sum() == 4 * len(checked_rows)


@pytest.mark.parametrize(
    ("stat", "function"),
    [
        ("mean", np.mean),
        ("sd", lambda v: np.std(v, ddof=1)),
        ("var", lambda v: np.var(v, ddof=1)),
        ("median", np.median),
        ("min", np.min),
        ("max", np.max),
        ("sum", np.sum),
        ("mad", lambda v: median_abs_deviation(v, scale=1 / 1.4826)),
        ("iqr", lambda v: np.subtract(*np.quantile(v, [0.75, 0.25]))),
        ("prop_zero", lambda v: np.mean(v == 0)),
        ("q90", lambda v: np.quantile(v, 0.9)),
        ("q2.5", lambda v: np.quantile(v, 0.025)),
        (np.ptp, np.ptp),
    ],
)
def test_statistics(checked_fits, checked_rows, stat, function) -> None:
    fit = checked_fits["poisson"]
    check = fit.pp_check("stat", stat=stat, prob=0.8, seed=SEED)
    name = stat if isinstance(stat, str) else "ptp"
    values = np.array([function(row) for row in predictions(fit)])
    np.testing.assert_allclose(check.table[name], [function(checked_rows["count"]), *values], rtol=1e-12)
    line = check.summary.iloc[0]
    assert line["stat"] == name
    np.testing.assert_allclose(
        line[["y", "yrep_mean", "lower", "upper", "p_value"]].astype(float),
        [
            function(checked_rows["count"]), values.mean(), *np.quantile(values, [0.1, 0.9]),
            np.mean(check.table[name].iloc[1:] >= check.table[name].iloc[0]),  # counts tie, up to rounding
        ],
        rtol=1e-12,
    )  # fmt: skip


def test_two_statistics_by_group(checked_fits, checked_rows) -> None:
    fit = checked_fits["gaussian"]
    check = fit.pp_check("stat_2d", group="g", seed=SEED)
    yrep = predictions(fit)
    for label in "abc":
        chosen = (checked_rows["g"] == label).to_numpy()
        part = check.table[check.table["g"] == label]
        np.testing.assert_allclose(part["mean"], [checked_rows["y"][chosen].mean(), *yrep[:, chosen].mean(axis=1)])
        np.testing.assert_allclose(part["sd"], [checked_rows["y"][chosen].std(), *yrep[:, chosen].std(axis=1, ddof=1)])
    assert list(check.summary["g"]) == ["a", "a", "b", "b", "c", "c"]


@pytest.mark.parametrize("kind", ["intervals", "ribbon"])
def test_intervals(checked_fits, checked_rows, kind) -> None:
    fit = checked_fits["gaussian"]
    check = fit.pp_check(kind, x="x", prob=0.8, seed=SEED)
    yrep = predictions(fit)
    quantiles = np.quantile(yrep, [0.1, 0.25, 0.5, 0.75, 0.9], axis=0).T
    columns = ["lower", "lower_50", "median", "upper_50", "upper"]
    np.testing.assert_allclose(check.table[columns], quantiles, rtol=1e-12)
    np.testing.assert_array_equal(check.table[["x", "y"]], checked_rows[["x", "y"]])
    inside = (checked_rows["y"] >= quantiles[:, 0]) & (checked_rows["y"] <= quantiles[:, 4])
    assert check.summary.loc[0, "interval"] == "80%"
    assert check.summary.loc[0, "share_inside"] == pytest.approx(inside.mean())


def test_a_narrow_interval_has_no_narrower_one(checked_fits) -> None:
    check = checked_fits["gaussian"].pp_check("intervals", prob=0.3, seed=SEED)
    assert list(check.table.columns) == ["row", "y", "lower", "median", "upper"]
    assert list(check.summary["interval"]) == ["30%"]


@pytest.mark.parametrize("kind", ["scatter_avg", "error_scatter_avg"])
def test_averages_by_group(checked_fits, checked_rows, kind) -> None:
    table = checked_fits["poisson"].pp_check(kind, group="g", seed=SEED).table.sort_values("row")
    average = predictions(checked_fits["poisson"]).mean(axis=0)
    np.testing.assert_allclose(table["yrep_mean"], average, rtol=1e-12)
    np.testing.assert_allclose(table["error"], checked_rows["count"] - average, rtol=1e-12, atol=1e-12)
    assert list(table["g"]) == list(checked_rows["g"])


@pytest.mark.parametrize("kind", ["bars", "rootogram"])
@pytest.mark.parametrize(("name", "column"), [("poisson", "count"), ("binomial", "wins"), ("bernoulli", "won")])
def test_counts(checked_fits, checked_rows, kind, name, column) -> None:
    fit = checked_fits[name]
    check = fit.pp_check(kind, prob=0.8, seed=SEED)
    yrep = predictions(fit)
    for _, line in check.table.iterrows():
        per_draw = (yrep == line["value"]).sum(axis=1)
        expected = np.quantile(per_draw, [0.1, 0.5, 0.9])
        np.testing.assert_allclose(line[["lower", "median", "upper"]].astype(float), expected)
        assert line["y"] == (checked_rows[column] == line["value"]).sum()
    assert check.table["y"].sum() == len(checked_rows)
    assert set(check.table["value"]) >= set(np.unique(yrep))


def test_a_rootogram_shows_square_roots(checked_fits) -> None:
    check = checked_fits["poisson"].pp_check("rootogram", seed=SEED)
    heights = [bar.get_height() for bar in check.axes[0].patches]
    np.testing.assert_allclose(heights, np.sqrt(check.table["y"]))


def test_batches_of_draws_and_blocks_of_rows_change_no_number_of_a_row(checked_fits, monkeypatch) -> None:
    """One batch per draw: the statistics are those of other random numbers, but of the same distribution."""
    fit = checked_fits["gaussian"]
    whole = fit.pp_check("stat", seed=SEED).table["mean"][1:]
    monkeypatch.setattr(predictive, "_DOUBLES_PER_BATCH", 60 * 200)
    check = fit.pp_check("stat", seed=SEED)
    parts = check.table["mean"][1:]
    np.testing.assert_allclose(parts[:200], whole[:200], rtol=1e-12)
    # 600 means with standard deviation s: the difference of their averages has standard error 0.06 s.
    assert abs(parts.mean() - whole.mean()) < 4 * whole.std() * np.sqrt(2 / 600)
    # Batches with the same random numbers would repeat the same deviations from the expected values.
    expected = fit.posterior_epred().values.reshape(600, -1).mean(axis=1)
    deviations = (parts - expected).to_numpy().reshape(3, 200)
    off_diagonal = np.corrcoef(deviations)[np.triu_indices(3, 1)]
    # Of 200 independent pairs the correlation has standard deviation 0.07.
    assert np.all(np.abs(off_diagonal) < 0.3)


def test_the_seed_settles_everything(checked_fits) -> None:
    fit = checked_fits["gaussian"]
    first, again, other = (fit.pp_check(seed=seed).table for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert not first["density"].equals(other["density"])


def test_new_data_with_their_own_columns(checked_fits, checked_rows) -> None:
    """Weights may be missing in new data, and their columns may serve as groups."""
    new = checked_rows.drop(columns="w").assign(half=np.repeat([1, 2], 30)).iloc[5:45]
    check = checked_fits["weighted"].pp_check("stat", new_data=new, group="half", seed=SEED)
    assert list(check.summary["half"]) == ["1", "2"]
    np.testing.assert_allclose(check.summary["y"], new.groupby("half")["y"].mean())
    yrep = predictions(checked_fits["weighted"], new_data=new)
    np.testing.assert_allclose(check.table["mean"][1:601], yrep[:, :25].mean(axis=1), rtol=1e-12)


def test_group_effects_can_be_left_out(slopes_fit) -> None:
    check = slopes_fit.pp_check("scatter_avg", re_formula="NA", seed=SEED)
    expected = predictions(slopes_fit, re_formula="NA").mean(axis=0)
    np.testing.assert_allclose(check.table["yrep_mean"], expected, rtol=1e-12)


def test_transforms_are_ranks(checked_fits, checked_rows) -> None:
    pit = checked_fits["gaussian"].pp_check("pit_ecdf", seed=SEED).table["pit"]
    below = (predictions(checked_fits["gaussian"]) < checked_rows["y"].to_numpy()).mean(axis=0)
    # The rank of y among 600 draws has 601 slots; the place in the slot is random.
    assert np.all((pit >= below * 600 / 601) & (pit <= (below * 600 + 1) / 601))


def test_transforms_of_counts_share_out_ties(checked_fits, checked_rows) -> None:
    pit = checked_fits["poisson"].pp_check("pit_ecdf", seed=SEED).table["pit"]
    yrep, y = predictions(checked_fits["poisson"]), checked_rows["count"].to_numpy()
    below, equal = (yrep < y).sum(axis=0), (yrep == y).sum(axis=0)
    assert np.all((pit >= below / 601) & (pit <= (below + equal + 1) / 601))


@pytest.mark.parametrize("kind", ["loo_pit", "loo_pit_overlay", "loo_pit_qq"])
def test_leave_one_out_transforms(checked_fits, checked_rows, kind) -> None:
    """Against the plain importance weights 1 / p(y | theta), which smoothing changes little where k is small."""
    fit = checked_fits["gaussian"]
    table = fit.pp_check(kind, seed=SEED).table
    log_lik = fit.log_lik().values.reshape(600, -1)
    weights = np.exp(log_lik.min(axis=0) - log_lik)
    weights /= weights.sum(axis=0)
    exact = np.sum(weights * (predictions(fit) < checked_rows["y"].to_numpy()), axis=0)
    good = table["pareto_k"] < 0.3
    assert good.mean() > 0.5
    # 1/601 for the place in the slot, the rest for what smoothing moves.
    np.testing.assert_allclose(table["pit"][good], exact[good], atol=0.02)


def test_leave_one_out_transforms_of_an_outlier_are_more_extreme(checked_rows) -> None:
    """What a point does to its own prediction is left out: a refit without it says the same."""
    moved = checked_rows.assign(y=checked_rows["y"].where(checked_rows.index != 3, 7.0))
    options = {
        "seed": 1, "chains": 2, "iter_warmup": 300, "iter_sampling": 1000, "backend": "stanli", "show_progress": False,
    }  # fmt: skip
    fit = ss.brm("y ~ x", moved, **options)
    within = fit.pp_check("pit_ecdf", seed=SEED).table["pit"]
    without = fit.pp_check("loo_pit", seed=SEED).table["pit"]
    row = int(np.argmin(np.abs(moved["y"] - 1 - moved["x"] - 1.2)))
    refit = ss.brm("y ~ x", moved.drop(index=row), **options)
    held_out = refit.posterior_predict(moved.iloc[[row]], seed=SEED).values
    exact = float((held_out < moved["y"][row]).mean())
    # Standard error of a share of 2000 draws near 0.8: 0.009 for either.
    assert without[row] == pytest.approx(exact, abs=0.04)
    assert abs(without[3] - 0.5) >= abs(within[3] - 0.5)
