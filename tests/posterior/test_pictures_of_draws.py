"""Pictures of the draws, which variables they show, and the tables of the sampler."""

from __future__ import annotations

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import xarray as xr

import smoothstan as ss
from smoothstan.errors import OptionError

pytestmark = pytest.mark.usefixtures("figures")


def labels(axes) -> list[str]:
    figure = axes[0].get_figure()
    legends = [*figure.legends, *(ax.get_legend() for ax in figure.axes if ax.get_legend())]
    return [text.get_text() for legend in legends for text in legend.get_texts()]


@pytest.fixture(scope="module")
def diverging(checked_fits) -> ss.Posterior:
    """The same draws, three of which are said to have diverged."""
    fit = checked_fits["gaussian"]
    statistics = fit.draws["sample_stats"].to_dataset().copy(deep=True)
    statistics["diverging"][:, [3, 50, 120]] = True
    groups = {name: node.to_dataset() for name, node in fit.draws.children.items()} | {"sample_stats": statistics}
    return replace(fit, draws=xr.DataTree.from_dict(groups))


MAIN = ["b_Intercept", "b_x", "b_gb", "b_gc", "sigma"]


@pytest.mark.parametrize("method", ["plot_trace", "plot_rank", "plot_autocorr"])
def test_a_panel_per_main_variable(checked_fits, method) -> None:
    axes = getattr(checked_fits["gaussian"], method)()
    assert [ax.get_title() for ax in axes] == MAIN
    assert {"chain 0", "chain 1"} <= set(labels(axes))
    figure = axes[0].get_figure()
    assert figure.get_supxlabel() or axes[-1].get_xlabel()
    assert figure.get_supylabel() or axes[0].get_ylabel()
    figure.canvas.draw()


def test_traces_are_the_draws(checked_fits) -> None:
    fit = checked_fits["gaussian"]
    (ax,) = fit.plot_trace("b_x")
    lines = {line.get_label(): line.get_ydata() for line in ax.lines}
    for chain in (0, 1):
        np.testing.assert_array_equal(lines[f"chain {chain}"], fit.draws["posterior"]["b_x"].values[chain])


def test_autocorrelations_are_those_of_the_draws(checked_fits) -> None:
    fit = checked_fits["gaussian"]
    (ax,) = fit.plot_autocorr("sigma", max_lag=10)
    line = next(line for line in ax.lines if line.get_label() == "chain 1")
    values = fit.draws["posterior"]["sigma"].values[1]
    centred = values - values.mean()
    exact = [np.sum(centred[lag:] * centred[: len(centred) - lag]) / np.sum(centred**2) for lag in range(10)]
    np.testing.assert_allclose(line.get_ydata()[:10], exact, atol=1e-10)


def test_ranks_are_those_among_all_chains(checked_fits) -> None:
    fit = checked_fits["gaussian"]
    (ax,) = fit.plot_rank("b_x")
    line = next(line for line in ax.lines if line.get_label() == "chain 0")
    values = fit.draws["posterior"]["b_x"].values
    x, heights = line.get_xdata(), line.get_ydata()
    place = np.round(x * 600).astype(int)
    owner = np.argsort(values.reshape(-1)) < 300
    exact = np.array([owner[:p].sum() / 300 - p / 600 for p in place])
    np.testing.assert_allclose(heights, exact, atol=1e-12)


def test_chains_that_disagree_leave_the_band(checked_fits) -> None:
    fit = checked_fits["gaussian"]
    shifted = fit.draws["posterior"].to_dataset().copy(deep=True)
    shifted["b_x"][0] += 2 * float(shifted["b_x"].std())
    groups = {name: node.to_dataset() for name, node in fit.draws.children.items()} | {"posterior": shifted}
    (ax,) = replace(fit, draws=xr.DataTree.from_dict(groups)).plot_rank("b_x")
    band = ax.collections[0].get_paths()[0].vertices
    line = next(line for line in ax.lines if line.get_label() == "chain 0")
    assert np.abs(line.get_ydata()).max() > 2 * np.abs(band[:, 1]).max()


def test_plot_has_pages(checked_fits) -> None:
    axes = checked_fits["gaussian"].plot(nvariables=2)
    assert len(axes) == 10
    assert len(plt.get_fignums()) == 3
    assert [ax.get_title() for ax in axes[::2]] == MAIN
    assert {ax.get_ylabel() for ax in axes[::2]} == {"density"}
    for number in plt.get_fignums():
        plt.figure(number).canvas.draw()


def test_divergent_transitions_are_marked(diverging) -> None:
    for axes in (diverging.plot_trace(), diverging.plot(), diverging.plot_pairs(["b_x", "sigma"])):
        assert "divergent transition" in labels(axes)
        axes[0].get_figure().canvas.draw()


def test_pairs_show_the_draws_and_where_they_diverged(diverging, checked_fits) -> None:
    axes = diverging.plot_pairs(["b_x", "sigma"])
    assert len(axes) == 3
    cloud = axes[1]
    assert (cloud.get_xlabel(), cloud.get_ylabel()) == ("b_x", "sigma")
    points = np.concatenate([np.asarray(collection.get_offsets()) for collection in cloud.collections])
    posterior = diverging.draws["posterior"]
    everything = np.column_stack([posterior[name].values.reshape(-1) for name in ("b_x", "sigma")])
    marked = np.column_stack([posterior[name].values[:, [3, 50, 120]].reshape(-1) for name in ("b_x", "sigma")])
    expected = np.concatenate([everything, marked])
    np.testing.assert_allclose(np.sort(points.sum(axis=1)), np.sort(expected.sum(axis=1)), rtol=1e-12)
    assert not labels(checked_fits["gaussian"].plot_pairs(["b_x", "sigma"]))


def test_energy(checked_fits) -> None:
    distributions, by_chain = checked_fits["gaussian"].plot_energy()
    assert distributions.get_xlabel() == "energy minus its mean"
    assert (by_chain.get_xlabel(), by_chain.get_ylabel()) == ("E-BFMI", "chain")
    assert labels([distributions]) == ["marginal", "transition"]
    energy = checked_fits["gaussian"].draws["sample_stats"]["energy"].values
    fraction = np.square(np.diff(energy, axis=1)).mean(axis=1) / energy.var(axis=1)
    shown = np.concatenate([np.asarray(c.get_offsets()) for c in by_chain.collections])
    # ArviZ divides by n or n - 1 in places: 1 in 300.
    np.testing.assert_allclose(np.sort(shown[:, 0]), np.sort(fraction), rtol=5e-3)
    distributions.get_figure().canvas.draw()


def test_forest(checked_fits) -> None:
    (ax,) = checked_fits["gaussian"].plot_forest("^b_", regex=True, prob=0.8)
    assert [text.get_text() for text in ax.get_yticklabels()] == MAIN[:4]
    assert labels([ax]) == ["80% interval", "50% interval", "median"]
    values = checked_fits["gaussian"].flat["b_x"]
    outer = ax.collections[0].get_segments()[1]
    np.testing.assert_allclose(outer[:, 0], np.quantile(values, [0.1, 0.9]), rtol=1e-12)
    ax.get_figure().canvas.draw()


def test_elements_of_arrays(slopes_fit) -> None:
    axes = slopes_fit.plot_trace(["r_g[g3,x]", "s_sz_1[2]"])
    assert [ax.get_title() for ax in axes] == ["r_g[g3,x]", "s_sz_1[2]"]
    shown = next(line for line in axes[0].lines if line.get_label() == "chain 1").get_ydata()
    exact = slopes_fit.draws["posterior"]["r_g"].sel(g="g3", coef_r_g="x", chain=1)
    np.testing.assert_array_equal(shown, exact)
    (ax,) = slopes_fit.plot_forest("r_g")
    assert len(ax.get_yticks()) == slopes_fit.draws["posterior"]["r_g"][0, 0].size


def test_every_scalar_has_its_own_draws(slopes_fit) -> None:
    """The names of all elements, in the order of the posterior, by R-hat's index and by brms's names."""
    names = list(slopes_fit.rhat().index)
    posterior = slopes_fit.draws["posterior"].dataset
    assert len(names) == sum(int(np.prod(v.shape[2:])) for v in posterior.data_vars.values()) == len(set(names))
    assert {"b_sigma_hv", "cor_g__Intercept__x", "s_sz_1[1]", "lprior", "lp__"} <= set(names)


@pytest.mark.parametrize(
    ("method", "options", "message"),
    [
        ("plot_trace", {"variables": "b_"}, "as a pattern it fits some: add regex=True"),
        ("plot_trace", {"variables": "sigmaa"}, "did you mean 'sigma'"),
        ("plot_trace", {"variables": "^zz", "regex": True}, "no posterior variable fits the pattern"),
        ("plot_trace", {"variables": "(", "regex": True}, "no regular expression"),
        ("plot_trace", {"variables": 3}, "names of posterior variables"),
        ("plot_trace", {"variables": []}, "names of posterior variables"),
        ("plot_trace", {"regex": True}, "regex=True needs variables"),
        ("plot_rank", {"prob": 2}, "prob must lie"),
        ("plot_forest", {"prob": 0.4}, "prob_inner must be below prob"),
        ("plot", {"nvariables": 0}, "nvariables must be a whole number"),
        ("plot_autocorr", {"max_lag": 0}, "max_lag must be a whole number"),
        ("nuts_params", {"pars": "stepsize"}, "no statistic 'stepsize'.*stepsize__"),
    ],
)  # fmt: skip
def test_wrong_arguments(checked_fits, method, options, message) -> None:
    with pytest.raises(OptionError, match=message):
        getattr(checked_fits["gaussian"], method)(**options)


def test_too_many_variables(radon_fit) -> None:
    with pytest.raises(OptionError, match=r"85 variables are too many.*at most 48"):
        radon_fit.plot_trace("r_county")
    with pytest.raises(OptionError, match="at most 10"):
        radon_fit.plot_pairs("r_county")
    (ax,) = radon_fit.plot_forest("r_county")
    assert len(ax.get_yticks()) == 85
    assert "r_county[BIG.STONE,Intercept]" in [text.get_text() for text in ax.get_yticklabels()] or not any(
        " " in str(level) for level in radon_fit.draws["posterior"]["county"].values
    )


def test_axes_must_fit(checked_fits) -> None:
    with pytest.raises(OptionError, match="5 panels to draw, but axes for 1"):
        checked_fits["gaussian"].plot_trace(ax=plt.subplots()[1])


def test_sampler_statistics(checked_fits) -> None:
    fit = checked_fits["gaussian"]
    table = fit.nuts_params()
    assert list(table.columns) == ["Chain", "Iteration", "Parameter", "Value"]
    names = ["accept_stat__", "divergent__", "energy__", "n_leapfrog__", "stepsize__", "treedepth__"]
    assert list(dict.fromkeys(table["Parameter"])) == names
    part = table[(table["Parameter"] == "energy__") & (table["Chain"] == 1)]
    np.testing.assert_array_equal(part["Value"], fit.draws["sample_stats"]["energy"].values[1])
    assert fit.nuts_params("divergent__")["Value"].sum() == fit.draws["sample_stats"]["diverging"].values.sum()
    log_posterior = fit.log_posterior()
    assert list(log_posterior.columns) == ["Chain", "Iteration", "Value"]
    np.testing.assert_array_equal(log_posterior["Value"], fit.flat["lp__"])


def test_convergence_by_variable(checked_fits) -> None:
    fit = checked_fits["gaussian"]
    summary = fit.summary().to_frame().droplevel(0)
    rhat, ratio = fit.rhat(MAIN), fit.neff_ratio(MAIN)
    rows = ["Intercept", "x", "gb", "gc", "sigma"]
    np.testing.assert_allclose(rhat, summary.loc[rows, "Rhat"], rtol=1e-12)
    smaller = summary.loc[rows, ["Bulk_ESS", "Tail_ESS"]].min(axis=1) / 600
    np.testing.assert_allclose(ratio, smaller, rtol=1e-12)
    assert list(fit.rhat().index[-2:]) == ["lprior", "lp__"]
    assert isinstance(ratio, pd.Series)
