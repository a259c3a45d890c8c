"""Priors as Stan statements."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from smoothstan.codegen.shrinking import ShrinkagePart
from smoothstan.errors import PriorWarning, warn
from smoothstan.numerals import format_number
from smoothstan.priors import Distribution, PriorTable, ResolvedPrior
from smoothstan.priors.distribution import is_correlations
from smoothstan.terms import GroupTerm, PriorParameter


@dataclass(frozen=True)
class PriorStatement:
    """``lprior += density(target | arguments) - normaliser``; the normaliser makes a truncated density proper.

    ``copies`` is the length of an array of parameters, for each of which it holds, or empty.
    """

    target: str
    density: str
    arguments: str
    normaliser: str
    copies: str = ""


@dataclass(frozen=True)
class PriorDraw:
    """A draw from a prior: its Stan name, the expression, the condition to draw again, and its posterior name.

    ``size`` is the length of a vector, 0 for a number.
    """

    name: str
    expression: str
    outside: str
    label: str
    size: int = 0


@dataclass(frozen=True)
class PriorPart:
    """What the priors add to the program."""

    statements: tuple[PriorStatement, ...]
    draws: tuple[PriorDraw, ...]
    shrinkages: tuple[ShrinkagePart, ...] = ()
    template: str = "priors.stan.jinja"


def bounds_of(parameter: PriorParameter, table: PriorTable) -> str:
    """Return the bounds of a parameter as Stan declares them, e.g. ``<lower=0>``."""
    prior = table.resolve(*parameter.addresses[0])
    if is_correlations(prior.distribution):
        return ""
    given = [("lower", prior.lb), ("upper", prior.ub)]
    text = ", ".join(f"{name}={format_number(value)}" for name, value in given if value is not None)
    return f"<{text}>" if text else ""


def statements_of(parameter: PriorParameter, table: PriorTable) -> Iterator[PriorStatement]:
    """Return the prior statements of one parameter, vectorised where all elements share a prior."""
    if parameter.concentration:
        yield PriorStatement(parameter.stan, "dirichlet_lpdf", parameter.concentration, "")
        return
    for target, count, prior, _ in _pieces(parameter, table):
        distribution = prior.distribution
        if distribution is None:
            continue
        if is_correlations(distribution):
            index = "[k]" if parameter.copies else ""
            text = distribution.argument_text
            yield PriorStatement(f"{target}{index}", "lkj_corr_cholesky_lpdf", text, "", parameter.copies)
        elif distribution.is_density:
            name = distribution.density.name
            yield PriorStatement(target, f"{name}_lpdf", distribution.argument_text, _normaliser(prior, count))


def draws_of(parameter: PriorParameter, table: PriorTable, group: GroupTerm | None) -> Iterator[PriorDraw]:
    """Return the draws from the proper priors of one parameter, named as brms names them."""
    if parameter.concentration:
        expression = f"dirichlet_rng({parameter.concentration})"
        yield PriorDraw(f"prior_{parameter.stan}", expression, "", f"prior_{parameter.labels[0]}", parameter.size)
        return
    for n, (_, _, prior, label) in enumerate(_pieces(parameter, table), start=1):
        if prior.distribution is None:
            continue
        name = f"prior_{_identifier(parameter.stan)}_{n}"
        if is_correlations(prior.distribution):
            size = len(group.coefficients) if group is not None else 2
            name = name.replace("_L_", "_cor_")
            shape = format_number(prior.distribution.arguments[0] + (size - 2) / 2)
            # The marginal of one correlation under lkj(eta): Lewandowski, Kurowicka & Joe (2009), section 3.
            yield PriorDraw(name, f"2 * beta_rng({shape}, {shape}) - 1", "", f"prior_{label}")
        elif prior.distribution.is_density:
            yield PriorDraw(name, _turned(prior), _outside(name, prior), f"prior_{label}")


def distinct(draws: Iterable[PriorDraw]) -> tuple[PriorDraw, ...]:
    """Keep one draw of each name, as two groupings of one group share theirs: ``prior_sd_g``.

    Warns:
        PriorWarning: where different priors have one name; none of them is drawn then.
    """
    named: dict[str, list[PriorDraw]] = {}
    for draw in draws:
        named.setdefault(draw.label, []).append(draw)
    kept = []
    for label, same in named.items():
        if len({(draw.expression, draw.outside.replace(draw.name, label)) for draw in same}) == 1:
            kept.append(same[0])
        else:
            message = f"different priors share the name {label}, so none is drawn; priors with coef= have own names"
            warn(message, PriorWarning)
    return tuple(kept)


def _identifier(text: str) -> str:
    return re.sub(r"\W+", "_", text).strip("_")


def prior_draw_names(parameter: PriorParameter, table: PriorTable, group: GroupTerm | None) -> dict[str, str]:
    """Return element of a parameter -> name of the draws from its prior where that is proper; see ``draws_of``."""
    pieces = list(_pieces(parameter, table))
    if len(pieces) == 1:
        _, _, prior, label = pieces[0]
        is_matrix = is_correlations(prior.distribution)
        all_names = tuple(name for one in parameter.labels for name in parameter.names_of(one))
        names = group.correlation_names if is_matrix and group is not None else all_names
        found = [(name, prior, label) for name in names]
    else:
        found = [(name, prior, label) for _, _, prior, label in pieces for name in parameter.names_of(label)]
    return {name: f"prior_{label}" for name, prior, label in found if _has_draws(prior.distribution)}


def _has_draws(distribution: Distribution | None) -> bool:
    return distribution is not None and (distribution.is_density or is_correlations(distribution))


def _turned(prior: ResolvedPrior) -> str:
    """Return the expression that draws from a density; one that repeats is turned to start at the lower bound."""
    distribution = prior.distribution
    assert distribution is not None
    if not distribution.density.circular:
        return distribution.draw
    low = format_number(prior.lb or 0.0)
    turns = math.ceil((abs(prior.lb or 0.0) + abs(distribution.arguments[0])) / (2 * math.pi)) + 1
    return f"{low} + fmod({distribution.draw} - ({low}) + {2 * turns} * pi(), 2 * pi())"


def _pieces(parameter: PriorParameter, table: PriorTable) -> Iterator[tuple[str, int, ResolvedPrior, str]]:
    """Return (Stan target, number of elements, prior, label): one piece if all elements share a prior."""
    priors = [table.resolve(*address) for address in parameter.addresses]
    if len(set(priors)) == 1:
        whole = parameter.whole or parameter.stan
        yield whole, len(priors) * parameter.each, priors[0], _shared_label(parameter, table)
        return
    for i, (prior, label) in enumerate(zip(priors, parameter.labels, strict=True), start=1):
        yield f"{parameter.stan}[{i}]", parameter.each, prior, label


def _shared_label(parameter: PriorParameter, table: PriorTable) -> str:
    """Return the name under which all elements share a prior: ``b``, ``sd_g``, ``sds_sx``, ``sigma``."""
    class_, _, group, _ = parameter.addresses[0]
    if parameter.scalar or (len(parameter.labels) == 1 and class_ != "sds" and table.is_set(parameter.addresses[0])):
        return parameter.labels[0]
    if class_ == "sds":
        return parameter.labels[0].rpartition("_")[0]
    return f"{class_}_{group}".replace("/", "D") if group else parameter.stan


def _normaliser(prior: ResolvedPrior, count: int) -> str:
    """Return the log of the mass between the bounds, ``count`` times; empty if the bounds cut nothing off."""
    distribution = prior.distribution
    assert distribution is not None
    if distribution.density.circular:
        return _normaliser_of_arc(distribution, prior, count)
    below, above = _cuts(distribution, prior)
    if below is not None and above is not None:
        return f"{count} * log_diff_exp({_log_below(distribution, above)}, {_log_below(distribution, below)})"
    if below is not None:
        return f"{count} * {_log_above(distribution, below)}"
    if above is not None:
        return f"{count} * {_log_below(distribution, above)}"
    return ""


def _normaliser_of_arc(distribution: Distribution, prior: ResolvedPrior, count: int) -> str:
    """Return the number itself: Stan's distribution function starts anew every turn."""
    from scipy import stats

    assert prior.lb is not None
    assert prior.ub is not None
    if prior.ub - prior.lb > 2 * math.pi * (1 - 1e-9):
        return ""
    location, concentration = distribution.arguments
    ends = stats.vonmises(concentration, location).cdf(np.asarray([prior.lb, prior.ub]))
    return f"{count} * {format_number(math.log(ends[1] - ends[0]))}"


def _log_below(distribution: Distribution, bound: float) -> str:
    tail = _tail(distribution, bound)
    name = distribution.density.name
    return f"{name}_lcdf({tail})" if distribution.density.log_tails else f"log({name}_cdf({tail}))"


def _log_above(distribution: Distribution, bound: float) -> str:
    tail = _tail(distribution, bound)
    name = distribution.density.name
    return f"{name}_lccdf({tail})" if distribution.density.log_tails else f"log1m({name}_cdf({tail}))"


def _tail(distribution: Distribution, bound: float) -> str:
    return f"{format_number(bound)} | {distribution.argument_text}".rstrip()


def _outside(name: str, prior: ResolvedPrior) -> str:
    """Return the condition under which a draw lies outside the bounds; empty if it cannot."""
    assert prior.distribution is not None
    below, above = _cuts(prior.distribution, prior)
    low = [] if below is None else [f"{name} < {format_number(below)}"]
    high = [] if above is None else [f"{name} > {format_number(above)}"]
    return " || ".join(low + high)


def _cuts(distribution: Distribution, prior: ResolvedPrior) -> tuple[float | None, float | None]:
    """Return the bounds that cut off part of the support; None where a bound takes nothing away."""
    lower, upper = distribution.support
    below = None if prior.lb is None or (lower is not None and lower >= prior.lb) else prior.lb
    above = None if prior.ub is None or (upper is not None and upper <= prior.ub) else prior.ub
    return below, above


def improper(parameters: Iterable[PriorParameter], table: PriorTable) -> tuple[str, ...]:
    """Return the labels of the parameters whose prior has no finite integral."""
    flat = []
    for parameter in (p for p in parameters if not p.concentration):
        for address, label in zip(parameter.addresses, parameter.labels, strict=True):
            prior = table.resolve(*address)
            bounded = prior.lb is not None and prior.ub is not None
            if prior.distribution is None and not bounded:
                flat.append(label)
    return tuple(flat)
