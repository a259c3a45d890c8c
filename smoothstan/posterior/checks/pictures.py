"""Pictures of the draws.  ArviZ draws into axes that are laid out and labelled here, the same with all its versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.engines import check_whole
from smoothstan.errors import OptionError
from smoothstan.plots import (
    DistributionDifference,
    Forest,
    add_legend,
    as_axes,
    as_object_array,
    chain_colours,
    draw_facets,
    finish_energy,
    finish_pairs,
    label_by_chain,
    label_draws,
    new_grid,
)
from smoothstan.posterior.checks.envelope import chain_envelope, evaluation_points
from smoothstan.posterior.checks.variables import selected_draws
from smoothstan.posterior.estimates import check_probability
from smoothstan.posterior.fitted import Fitted

if TYPE_CHECKING:
    import xarray as xr

    from smoothstan.plots.style import Axes

_MOST_PANELS = 48
MOST_PAIRED = 10
MOST_IN_FOREST = 200
_FEWEST_DRAWS = 4
_POINTS_OF_PAIRS = 2000


@dataclass(frozen=True)
class Selection:
    """Draws of the variables that a picture shows.

    Args:
        draws: name -> (chains, draws).
        diverging: (chains, draws) which transitions diverged.
        chains: labels of the chains.
    """

    draws: Mapping[str, FloatArray]
    diverging: Any
    chains: tuple[int, ...]

    def tree(self, names: Sequence[str], every: int = 1) -> xr.DataTree:
        """Return some of them in ArviZ's groups; with ``every`` only each so-many-th draw and all divergent ones."""
        import xarray as xr

        coords = {"chain": list(self.chains), "draw": np.arange(self.diverging.shape[1])}
        posterior = xr.Dataset({name: (("chain", "draw"), self.draws[name]) for name in names}, coords=coords)
        statistics = xr.Dataset({"diverging": (("chain", "draw"), self.diverging)}, coords=coords)
        if every > 1:
            kept = (np.arange(self.diverging.shape[1]) % every == 0) | self.diverging.any(axis=0)
            posterior, statistics = posterior.isel(draw=kept), statistics.isel(draw=kept)
        return xr.DataTree.from_dict({"posterior": posterior, "sample_stats": statistics})


def select(
    fit: Fitted, variables: str | Sequence[str] | None, *, regex: bool, most: int = _MOST_PANELS, varying: bool = False
) -> Selection:
    """Choose variables for a picture.

    Args:
        fit: the fit.
        variables, regex: see ``selected_draws``.
        most: how many the picture can show.
        varying: leave out what is the same in all draws of a chain, or refuse it where it was named.

    Raises:
        OptionError: if there are too many or none, or too few draws.
    """
    draws = selected_draws(fit, variables, regex=regex)
    if varying:
        constant = [name for name, values in draws.items() if np.any(np.ptp(values, axis=1) == 0)]
        if constant and variables is not None and not regex:
            raise OptionError(f"the draws of {constant[0]} do not vary; this picture needs variables that do")
        draws = {name: values for name, values in draws.items() if name not in constant}
    if not draws:
        raise OptionError("there is no variable to draw; name some with variables=")
    if len(draws) > most:
        some = ", ".join(list(draws)[:3])
        raise OptionError(
            f"{len(draws)} variables are too many for one picture, which shows at most {most}; "
            f"choose with variables=, e.g. by names ({some}) or a pattern with regex=True"
        )
    posterior = fit.draws["posterior"].dataset
    if posterior.sizes["draw"] < _FEWEST_DRAWS:
        raise OptionError(f"pictures of draws need at least {_FEWEST_DRAWS} draws per chain")
    diverging = np.asarray(fit.draws["sample_stats"].dataset["diverging"].values, dtype=bool)
    return Selection(draws, diverging, tuple(int(chain) for chain in posterior["chain"].values))


def trace(chosen: Selection, ax: Axes | Sequence[Axes] | None) -> tuple[Axes, ...]:
    """Draw the course of every chain, with divergent transitions along the lower edge."""
    axes = _axes_for(len(chosen.draws), ax)
    _draw_traces(chosen, dict(zip(chosen.draws, axes, strict=True)))
    label_draws(axes, list(chosen.draws), "draw", "value", columns=len(axes))
    add_legend(axes, above=ax is None)
    return tuple(axes)


def density_and_trace(chosen: Selection, per_page: int) -> tuple[Axes, ...]:
    """Draw density and course of every chain, on pages of a few variables."""
    check_whole("nvariables", per_page, 1)
    names, pages = list(chosen.draws), []
    for start in range(0, len(names), per_page):
        here = names[start : start + per_page]
        axes = new_grid(2 * len(here), columns=2, height=2.0, width=4.0)
        page = Selection({name: chosen.draws[name] for name in here}, chosen.diverging, chosen.chains)
        _draw_densities(page, dict(zip(here, axes[::2], strict=True)))
        _draw_traces(page, dict(zip(here, axes[1::2], strict=True)))
        label_draws(axes[::2], here, "value", "density", columns=1)
        label_draws(axes[1::2], here, "draw", "value", columns=1)
        add_legend(axes, above=True)
        pages += axes
    return tuple(pages)


def autocorrelation(chosen: Selection, max_lag: int, ax: Axes | Sequence[Axes] | None) -> tuple[Axes, ...]:
    """Draw the autocorrelation of every chain."""
    from arviz_plots import plot_autocorr

    check_whole("max_lag", max_lag, 1)
    axes = _axes_for(len(chosen.draws), ax)
    places = dict(zip(chosen.draws, axes, strict=True))
    drawn = plot_autocorr(
        chosen.tree(list(places)), max_lag=min(max_lag, chosen.diverging.shape[1] - 1),
        plot_collection=_collection(chosen, places),
        visuals={"title": False, "xlabel": False, "credible_interval": False},
    )  # fmt: skip
    for name in places:
        label_by_chain(drawn.viz["lines"][name].values, chosen.chains)
    label_draws(axes, list(places), "lag", "autocorrelation", columns=len(axes))
    add_legend(axes, above=ax is None)
    return tuple(axes)


def pairs(chosen: Selection) -> tuple[Axes, ...]:
    """Draw every variable against every other, divergent transitions on top."""
    from arviz_plots import plot_pair

    total = chosen.diverging.size
    tree = chosen.tree(list(chosen.draws), every=max(1, total // _POINTS_OF_PAIRS))
    diverged = bool(chosen.diverging.any())
    drawn = plot_pair(
        tree, marginal=True, marginal_kind="kde", triangle="lower", backend="matplotlib",
        visuals={
            "scatter": {"alpha": 0.25, "size": 8, "color": "#0072B2", "width": 0},
            "divergence": {"alpha": 0.9, "size": 14, "color": "#D55E00", "width": 0} if diverged else False,
            "dist": {"color": "#0072B2"},
        },
    )  # fmt: skip
    grid = drawn.viz["plot"].values
    points = drawn.viz["divergence"].values.reshape(-1) if diverged else []
    marked = next((artist for artist in points if artist is not None), None)
    finish_pairs(grid, list(chosen.draws), marked)
    return tuple(grid[np.tril_indices(len(grid))])


def energy(fit: Fitted) -> tuple[Axes, ...]:
    """Draw the energy's marginal and transition distributions, and E-BFMI by chain."""
    from arviz_plots import plot_energy

    if fit.draws["posterior"].sizes["draw"] < _FEWEST_DRAWS:
        raise OptionError(f"pictures of draws need at least {_FEWEST_DRAWS} draws per chain")
    drawn = plot_energy(fit.draws, kind="kde", backend="matplotlib", visuals={"title": False, "ylabel": False})
    distributions, by_chain = (drawn.viz["plot"].sel(column=column).item() for column in ("energy", "bfmi"))
    finish_energy(distributions, by_chain, np.asarray(fit.draws["posterior"]["chain"].values).tolist())
    return distributions, by_chain


def ranks(chosen: Selection, prob: float, ax: Axes | Sequence[Axes] | None) -> tuple[Axes, ...]:
    """Draw the distribution function of every chain's ranks among all chains, minus the uniform one, with a band."""
    from scipy.stats import rankdata

    check_probability(prob)
    chains, draws = chosen.diverging.shape
    z = evaluation_points(draws)
    low, high = chain_envelope(chains, draws, prob)
    # The band holds for whole ranks; a point between two of them would add their distance.
    places = np.round(z * chains * draws) / (chains * draws)
    names = tuple(f"chain {chain}" for chain in chosen.chains)
    panels = []
    for values in chosen.draws.values():
        rank = np.sort(rankdata(values, axis=None).reshape(values.shape) / values.size, axis=1)
        shares = np.stack([np.searchsorted(row, places, side="right") for row in rank]) / draws
        panels.append(
            DistributionDifference(
                z, shares - places, low - places, high - places, names, f"{100 * prob:g}% simultaneous band"
            )
        )
    return draw_facets(
        panels, list(chosen.draws), x_label="rank among all chains, as a share", y_label="ECDF minus uniform", axes=ax
    )


def forest(chosen: Selection, prob: float, inner: float, ax: Axes | None) -> tuple[Axes, ...]:
    """Draw median and two intervals of every variable."""
    check_probability(prob)
    check_probability(inner)
    if inner >= prob:
        raise OptionError(f"prob_inner must be below prob, got {inner!r} and {prob!r}")
    values = np.stack([draws.reshape(-1) for draws in chosen.draws.values()])
    at = [0.5, (1 - inner) / 2, (1 + inner) / 2, (1 - prob) / 2, (1 + prob) / 2]
    middle, *ends = np.quantile(values, at, axis=1)
    labels = ("median", f"{100 * inner:g}% interval", f"{100 * prob:g}% interval")
    panel = Forest(tuple(chosen.draws), middle, np.stack(ends[:2]), np.stack(ends[2:]), labels)
    height = 1.2 + (0.3 if len(values) <= 25 else 0.16) * len(values)
    return draw_facets([panel], [""], x_label="value", y_label="", axes=ax, height=height)


def _axes_for(count: int, ax: Axes | Sequence[Axes] | None) -> list[Axes]:
    axes = new_grid(count) if ax is None else as_axes(ax)
    if len(axes) != count:
        raise OptionError(f"there are {count} panels to draw, but axes for {len(axes)}")
    return axes


def _draw_traces(chosen: Selection, places: Mapping[str, Axes]) -> None:
    from arviz_plots import plot_trace

    drawn = plot_trace(
        chosen.tree(list(places)), plot_collection=_collection(chosen, places),
        visuals={
            "title": False, "xlabel": False, "ticklabels": False, "trace": {"width": 0.7, "alpha": 0.8},
            "divergence": {"color": "black", "size": 40, "width": 1.2},
        },
    )  # fmt: skip
    for name in places:
        label_by_chain(drawn.viz["trace"][name].values, chosen.chains)
    if "divergence" in drawn.viz.children:
        _label_divergences(drawn.viz["divergence"], places)


def _draw_densities(chosen: Selection, places: Mapping[str, Axes]) -> None:
    from arviz_plots import plot_dist

    varying = {name: ax for name, ax in places.items() if np.all(np.ptp(chosen.draws[name], axis=1) > 0)}
    if varying:
        drawn = plot_dist(
            chosen.tree(list(varying)), kind="kde", sample_dims=["draw"],
            plot_collection=_collection(chosen, varying),
            visuals={
                "title": False, "credible_interval": False, "point_estimate": False, "point_estimate_text": False,
                "remove_axis": False,
            },
        )  # fmt: skip
        for name, panel in varying.items():
            label_by_chain(drawn.viz["dist"][name].values, chosen.chains)
            panel.set_ylim(bottom=0)
    for name in places.keys() - varying.keys():
        places[name].axvline(float(chosen.draws[name][0, 0]), color="black", lw=1)


def _label_divergences(artists: Any, places: Mapping[str, Axes]) -> None:
    for name in places:
        for artist in np.ravel(artists[name].values):
            if artist is not None:
                artist.set_label("divergent transition")


def _collection(chosen: Selection, places: Mapping[str, Axes]) -> Any:
    """Return ArviZ's description of axes that are there already: a panel per variable, a colour per chain."""
    import xarray as xr
    from arviz_plots import PlotCollection

    figure = next(iter(places.values())).get_figure()
    numbers = xr.Dataset(dict.fromkeys(places, 0))
    layout = xr.DataTree.from_dict(
        {
            "/": xr.Dataset({"figure": ((), as_object_array(figure))}),
            "plot": xr.Dataset({name: ((), as_object_array(ax)) for name, ax in places.items()}),
            "row_index": numbers,
            "col_index": numbers,
        }
    )
    data = chosen.tree(list(places))["posterior"].to_dataset()
    return PlotCollection(
        data, layout, aes={"color": ["chain"], "overlay": ["chain"]}, backend="matplotlib",
        color=chain_colours(len(chosen.chains)),
    )  # fmt: skip
