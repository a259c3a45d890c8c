"""Every kind of check of every family is drawn, with labels and legends, and prints."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

import smoothstan as ss
from smoothstan.errors import DataError, OptionError
from smoothstan.posterior.checks import CHECK_KINDS

pytestmark = pytest.mark.usefixtures("figures")

FAMILIES = ("gaussian", "poisson", "binomial", "bernoulli", "prior")
DISCRETE = ("poisson", "binomial", "bernoulli", "prior")


def applicable(kind: str, name: str) -> bool:
    chosen = CHECK_KINDS[kind]
    return not (chosen.discrete and name not in DISCRETE) and not (chosen.loo and name.startswith("prior"))


CASES = [(kind, name) for kind in CHECK_KINDS for name in FAMILIES if applicable(kind, name)]
CASES += [("dens_overlay", "student"), ("loo_pit", "weighted"), ("dens_overlay", "prior_gaussian")]


def words(figure) -> tuple[str, str, list[str]]:
    """The labels of the axes and the texts of all legends."""
    axes = figure.axes
    x = figure.get_supxlabel() or axes[0].get_xlabel()
    y = figure.get_supylabel() or axes[0].get_ylabel()
    legends = [*figure.legends, *(ax.get_legend() for ax in axes if ax.get_legend())]
    return x, y, [text.get_text() for legend in legends for text in legend.get_texts()]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_it_is_drawn_with_labels(checked_fits, kind, name) -> None:
    check = checked_fits[name].pp_check(kind, seed=1, ndraws=3 if kind == "hist" else None)
    check.figure.canvas.draw()
    x, y, legend = words(check.figure)
    response = {"poisson": "count", "prior": "count", "binomial": "wins (successes)", "bernoulli": "won"}.get(name, "y")
    assert response in x + y
    assert x
    assert y
    assert legend
    if name.startswith("prior") and kind not in ("scatter_avg", "error_scatter_avg", "pit_ecdf"):
        assert any("prior predictive" in text for text in legend)
    assert str(check).startswith("Prior" if name.startswith("prior") else "Posterior")
    assert "<table" in check._repr_html_()
    assert len(check.to_frame()) == len(check.table) > 0


@pytest.mark.parametrize("kind", [kind for kind, k in CHECK_KINDS.items() if "group" in k.takes])
def test_groups_have_panels(checked_fits, kind) -> None:
    check = checked_fits["poisson"].pp_check(f"ppc_{kind}_grouped", group="g", seed=1)
    assert [ax.get_title() for ax in check.axes] == ["a", "b", "c"]
    assert set(check.table["g"]) == {"a", "b", "c"}
    check.figure.canvas.draw()


@pytest.mark.parametrize("kind", list(CHECK_KINDS))
def test_one_draw_is_enough(checked_fits, kind) -> None:
    if CHECK_KINDS[kind].loo:
        pytest.skip("leaving out observations needs draws to weigh")
    check = checked_fits["poisson"].pp_check(kind, ndraws=1, seed=1)
    check.figure.canvas.draw()
    assert "1 draw" in check.title


def test_many_small_panels(checked_fits, checked_rows) -> None:
    new = checked_rows.assign(half=np.arange(60) // 2)
    check = checked_fits["gaussian"].pp_check("intervals", new_data=new, group="half", ndraws=20, seed=1)
    assert len(check.axes) == 30
    check.figure.canvas.draw()


def test_infinite_predictions_do_not_break_the_picture(checked_rows) -> None:
    """Of a mean of exp(1000 x) the larger half is infinite."""
    fit = ss.brm(
        "count ~ x", checked_rows, family="poisson", sample_prior="only", prior=ss.prior("normal(0, 2000)", "b"),
        seed=2, chains=2, iter_warmup=300, iter_sampling=300, backend="stanli", show_progress=False,
    )  # fmt: skip
    with np.errstate(over="ignore"):
        assert np.isinf(fit.posterior_predict(seed=1).values).any()
    for kind in CHECK_KINDS:
        if not CHECK_KINDS[kind].loo:
            check = fit.pp_check(kind, seed=1)
            check.figure.canvas.draw()
            shown = check.axes[0].get_xlim() + check.axes[0].get_ylim()
            assert np.isfinite(shown).all()


def test_it_draws_into_given_axes_and_again(checked_fits) -> None:
    figure, axes = plt.subplots(1, 3)
    check = checked_fits["gaussian"].pp_check("stat", group="g", ax=axes, seed=1)
    assert check.figure is figure
    assert [ax.get_xlabel() for ax in axes] == ["mean of y"] * 3
    again = check.plot()
    assert again[0].get_figure() is not figure
    with pytest.raises(OptionError, match="3 panels to draw, but axes for 1"):
        check.plot(plt.subplots()[1])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "dens_overley"}, "did you mean 'dens_overlay'.*known: bars, dens_overlay"),
        ({"kind": 3}, "unknown kind 3"),
        ({"kind": "violin_grouped", "group": "g"}, "unknown kind"),
        ({"kind": "dens_overlay_grouped"}, "needs group="),
        ({"kind": "error_scatter_avg_vs_x"}, "needs x="),
        ({"kind": "bars"}, "family gaussian is continuous"),
        ({"kind": "hist", "group": "g"}, "no use for group; these have: bars, dens_overlay"),
        ({"kind": "stat", "x": "x"}, "no use for x; these have: error_scatter_avg, intervals, ribbon"),
        ({"kind": "intervals", "stat": "mean"}, "no use for stat; these have: stat, stat_2d"),
        ({"kind": "dens_overlay", "prob": 0.5}, "no use for prob"),
        ({"kind": "intervals", "prob": 1.5}, "prob must lie strictly between 0 and 1"),
        ({"kind": "stat", "stat": "meen"}, "unknown stat 'meen'; did you mean 'mean'"),
        ({"kind": "stat", "stat": ("mean", "sd")}, "takes one statistic"),
        ({"kind": "stat_2d", "stat": "mean"}, "takes two statistics"),
        ({"kind": "stat", "stat": lambda v: v}, "must return one number"),
        ({"kind": "stat", "stat": "q101"}, "unknown stat 'q101'"),
        ({"ndraws": 10_000}, "the fit has 600 draws"),
        ({"ndraws": 0}, "ndraws must be a whole number of at least 1"),
        ({"kind": "hist", "ndraws": 100}, "at most 35"),
        ({"kind": "loo_pit", "new_data": "rows"}, "takes no new_data"),
    ],
)  # fmt: skip
def test_wrong_options(checked_fits, checked_rows, options, message) -> None:
    if "new_data" in options:
        options = options | {"new_data": checked_rows}
    with pytest.raises(OptionError, match=message):
        checked_fits["gaussian"].pp_check(**options)


def test_wrong_columns(checked_fits, checked_rows) -> None:
    fit = checked_fits["gaussian"]
    with pytest.raises(DataError, match=r"the fit has no column 'w'.*y, x, g.*new_data"):
        fit.pp_check("stat", group="w")
    with pytest.raises(DataError, match="x needs a numeric column, 'g' is factor"):
        fit.pp_check("intervals", x="g")
    with pytest.raises(DataError, match="no column 'y'"):
        fit.pp_check(new_data=checked_rows.drop(columns="y"))
    with pytest.raises(DataError, match="'half' has no value in row 2"):
        fit.pp_check("stat", new_data=checked_rows.assign(half=[1, 1, None, *[2] * 57]), group="half")
    with pytest.raises(OptionError, match="has 120 levels"):
        fit.pp_check(
            "stat", new_data={k: np.tile(v, 2) for k, v in checked_rows.items()} | {"k": np.arange(120)}, group="k"
        )


def test_counts_that_lie_far_apart(checked_fits, checked_rows) -> None:
    far = checked_rows.assign(count=checked_rows["count"].where(checked_rows.index > 0, 5000))
    with pytest.raises(OptionError, match="between 0 and 5000, too far apart"):
        checked_fits["poisson"].pp_check("bars", new_data=far)


def test_a_prior_has_nothing_to_leave_out(checked_fits) -> None:
    with pytest.raises(OptionError, match="needs a fit to the data"):
        checked_fits["prior"].pp_check("loo_pit")


def test_new_levels(slopes_fit, frame) -> None:
    new = frame.assign(g="new", site="elsewhere")
    with pytest.raises(DataError):
        slopes_fit.pp_check("stat", new_data=new)
    check = slopes_fit.pp_check("stat", new_data=new, allow_new_levels=True, sample_new_levels="gaussian", seed=1)
    assert len(check.table) == slopes_fit.ndraws + 1
