"""The kinds of predictive check, and how one is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from smoothstan.errors import OptionError, known, suggestion
from smoothstan.posterior.checks.by_row import row_averages, row_intervals
from smoothstan.posterior.checks.counts import value_counts
from smoothstan.posterior.checks.distributions import density_overlay, ecdf_overlay, histogram_overlay
from smoothstan.posterior.checks.pit import loo_transforms, pit_density, pit_distribution, pit_quantiles, transforms
from smoothstan.posterior.checks.predictive import Predictive, predictive_of
from smoothstan.posterior.checks.predictive_check import Comparison, PredictiveCheck
from smoothstan.posterior.checks.statistics import one_statistic, two_statistics
from smoothstan.posterior.estimates import check_probability
from smoothstan.posterior.fitted import Fitted

if TYPE_CHECKING:
    from smoothstan.plots.style import Axes


@dataclass(frozen=True)
class Request:
    """What was asked for; None where it was left open.

    Args:
        stat: statistics, of the kinds that take them.
        prob: a mass, of the kinds that have intervals.
        chains: chains of the draws that are used, 1 for a selection.
    """

    stat: Any
    prob: float
    chains: int


@dataclass(frozen=True)
class CheckKind:
    """A kind of check.

    Args:
        compute: from data, predictions and request to the numbers that are drawn.
        title: what it shows.
        ndraws: how many draws it uses by default; None for all.
        prob: the default mass of its intervals; None if it has none.
        stat: the default statistics; None if it takes none.
        takes: which of ``group`` and ``x`` it has a use for.
        discrete: whether it needs counts.
        loo: whether it leaves out observations, which needs a fit to the data.
    """

    compute: Callable[[Predictive, Request], Comparison]
    title: str
    ndraws: int | None = None
    prob: float | None = None
    stat: Any = None
    takes: tuple[str, ...] = ("group",)
    discrete: bool = False
    loo: bool = False


_LOO = "leave-one-out transforms of the data"

CHECK_KINDS: Mapping[str, CheckKind] = {
    "bars": CheckKind(
        lambda p, r: value_counts(p, r.prob, root=False), "counts of every value", prob=0.9, discrete=True
    ),
    "dens_overlay": CheckKind(lambda p, _: density_overlay(p), "densities", ndraws=10),
    "ecdf_overlay": CheckKind(lambda p, _: ecdf_overlay(p), "distribution functions", ndraws=10),
    "error_scatter_avg": CheckKind(
        lambda p, _: row_averages(p, errors=True), "errors of the mean predictions", takes=("group", "x")
    ),
    "hist": CheckKind(lambda p, _: histogram_overlay(p), "histograms", ndraws=10, takes=()),
    "intervals": CheckKind(
        lambda p, r: row_intervals(p, r.prob, ribbon=False), "intervals by row", prob=0.9, takes=("group", "x")
    ),
    "loo_pit": CheckKind(
        lambda p, r: pit_distribution(loo_transforms(p, r.chains), r.prob), _LOO, prob=0.99, loo=True
    ),
    "loo_pit_overlay": CheckKind(lambda p, r: pit_density(loo_transforms(p, r.chains)), _LOO, loo=True),
    "loo_pit_qq": CheckKind(lambda p, r: pit_quantiles(loo_transforms(p, r.chains)), _LOO, loo=True),
    "pit_ecdf": CheckKind(lambda p, r: pit_distribution(transforms(p), r.prob), "transforms of the data", prob=0.99),
    "ribbon": CheckKind(
        lambda p, r: row_intervals(p, r.prob, ribbon=True), "intervals by row", prob=0.9, takes=("group", "x")
    ),
    "rootogram": CheckKind(
        lambda p, r: value_counts(p, r.prob, root=True), "square roots of counts", prob=0.9, discrete=True
    ),
    "scatter_avg": CheckKind(lambda p, _: row_averages(p, errors=False), "mean predictions"),
    "stat": CheckKind(lambda p, r: one_statistic(p, r.stat, r.prob), "a statistic", prob=0.9, stat="mean"),
    "stat_2d": CheckKind(
        lambda p, r: two_statistics(p, r.stat, r.prob), "two statistics", prob=0.9, stat=("mean", "sd")
    ),
}  # fmt: skip
"""Name -> kind; the names are bayesplot's without their prefix ``ppc_``."""

_SYNONYMS = {
    "loo_pit_ecdf": "loo_pit",
    "error_scatter_avg_vs_x": "error_scatter_avg",
}


def predictive_check(
    fit: Fitted, kind: str, *, ndraws: int | None, group: str | None, x: str | None, stat: Any, prob: float | None,
    new_data: Any, re_formula: Any, allow_new_levels: bool, sample_new_levels: str, seed: int | None,
    ax: Axes | Sequence[Axes] | None,
) -> PredictiveCheck:  # fmt: skip
    """Compute and draw a check; the arguments are those of ``Checking.pp_check``.

    Raises:
        OptionError: for an unknown kind, or an argument that the kind has no use for.
    """
    name, chosen = _kind(kind, group, x)
    _refuse_unused(name, chosen, group, x, stat, prob)
    if chosen.loo and fit.model.sample_prior == "only":
        raise OptionError(f"kind {name!r} needs a fit to the data; this one has sample_prior='only'")
    if chosen.loo and new_data is not None:
        raise OptionError(f"kind {name!r} leaves out rows of the fit; it takes no new_data")
    if chosen.discrete and not fit.design.family.discrete:
        raise OptionError(f"kind {name!r} counts values; family {fit.family} is continuous (try 'hist')")
    predictive = predictive_of(
        fit, new_data, group=group, x=x, re_formula=re_formula, allow_new_levels=allow_new_levels,
        sample_new_levels=sample_new_levels, ndraws=_draws(fit, chosen, ndraws), seed=seed,
    )  # fmt: skip
    request = Request(
        chosen.stat if stat is None else stat, prob or chosen.prob or 0.9,
        fit.chains if predictive.ndraws == fit.ndraws else 1,
    )  # fmt: skip
    comparison = chosen.compute(predictive, request)
    undrawn = PredictiveCheck(name, _title(predictive, chosen), comparison)
    return replace(undrawn, axes=undrawn.plot(ax))


def _draws(fit: Fitted, chosen: CheckKind, ndraws: int | None) -> int | None:
    if ndraws is not None or chosen.ndraws is None:
        return ndraws
    return min(chosen.ndraws, fit.ndraws)


def _kind(kind: Any, group: str | None, x: str | None) -> tuple[str, CheckKind]:
    """Find a kind by its name, or by bayesplot's name for its grouped form."""
    name = str(kind).removeprefix("ppc_") if isinstance(kind, str) else kind
    base = name.removesuffix("_grouped") if isinstance(name, str) else name
    base = _SYNONYMS.get(base, base) if isinstance(base, str) else base
    if not isinstance(base, str) or base not in CHECK_KINDS:
        near = suggestion(str(kind), CHECK_KINDS)
        raise OptionError(f"unknown kind {kind!r}{near} (known: {known(CHECK_KINDS)})")
    if name.endswith("_grouped") and group is None:
        raise OptionError(f"kind {kind!r} needs group=, the name of a column")
    if name.endswith("_vs_x") and x is None:
        raise OptionError(f"kind {kind!r} needs x=, the name of a column")
    return base, CHECK_KINDS[base]


def _refuse_unused(
    name: str, chosen: CheckKind, group: str | None, x: str | None, stat: Any, prob: float | None
) -> None:
    for option, value in {"group": group, "x": x, "stat": stat, "prob": prob}.items():
        if value is not None and not _uses(chosen, option):
            others = ", ".join(kind for kind, k in CHECK_KINDS.items() if _uses(k, option))
            raise OptionError(f"kind {name!r} has no use for {option}; these have: {others}")
    if prob is not None:
        check_probability(prob)


def _uses(kind: CheckKind, option: str) -> bool:
    return option in kind.takes if option in ("group", "x") else getattr(kind, option) is not None


def _title(predictive: Predictive, chosen: CheckKind) -> str:
    s, groups = predictive.ndraws, len(predictive.groups)
    by = f", by {predictive.group_name} ({groups} groups)" if predictive.group_name else ""
    return (
        f"{predictive.source.capitalize()} check of {predictive.label}: {chosen.title}, "
        f"{predictive.n} rows, {s} {'draw' if s == 1 else 'draws'}{by}"
    )
