"""Join fits of one model: their chains side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from textwrap import indent
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from smoothstan.errors import DataWarning, OptionError, SamplingWarning, warn
from smoothstan.formula import meaning
from smoothstan.posterior.codec import encode
from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.flat_draws import all_names
from smoothstan.table import Table

if TYPE_CHECKING:
    import xarray as xr

F = TypeVar("F", bound=Fitted)


def combine_fits(fits: Sequence[F], *, check_data: bool = True) -> F:
    """Return one fit with the chains of several.

    Data, and what else is not drawn, are those of the first. If the data differ, the chains of different data are not
    expected to agree, see ``FitModel.data_sets``.

    Args:
        fits: fits of one model with as many draws per chain.
        check_data: refuse fits to different data.

    Raises:
        OptionError: if the fits differ in more than their draws; what differs is named.

    Warns:
        SamplingWarning: if two fits have a chain in common.
        DataWarning: if smooths or codings were made from different data.
    """
    if not fits:
        raise OptionError("there is no fit to combine")
    for i, fit in enumerate(fits, start=1):
        if not isinstance(fit, Fitted):
            raise OptionError(f"only fits by brm() can be combined; number {i} is of type {type(fit).__name__}")
    first = fits[0]
    for i, other in enumerate(fits[1:], start=2):
        difference = next(_differences(first, other, check_data), "")
        if difference:
            raise OptionError(f"fits 1 and {i} cannot be combined: they have different {difference}")
    _warn_of_copies(fits)
    _warn_of_other_designs(fits)
    options = replace(first.model.options, chains=sum(fit.chains for fit in fits), inits=None)
    engines = dict.fromkeys(fit.model.engine for fit in fits)
    model = replace(first.model, options=options, engine=", ".join(engines), data_sets=_data_sets(fits))
    return type(first)(model, _side_by_side([fit.draws for fit in fits]))


def _differences(first: Fitted, other: Fitted, check_data: bool) -> Iterator[str]:
    """Yield what differs between two fits, in words."""
    one, two = first.model, other.model
    if meaning(one.design.formula) != meaning(two.design.formula):
        yield "formulas:\n" + "\nand\n".join(indent(fit.formula, "  ") for fit in (first, other))
    if encode(one.design.family) != encode(two.design.family):
        yield f"families: {_family(first)} and {_family(other)}"
    if one.sample_prior != two.sample_prior:
        yield f"sample_prior: {one.sample_prior!r} and {two.sample_prior!r}"
    names, others = _names(first), _names(other)
    if names != others:
        only = sorted(set(names) ^ set(others))
        yield f"parameters: {', '.join(only[:6])}{', ...' if len(only) > 6 else ''}"
    if check_data:
        yield from _differences_of_data(one.design.table, two.design.table)
    if encode(one.smooth_options) != encode(two.smooth_options):
        yield "knots or data2"
    if encode(one.given_priors) != encode(two.given_priors) or (check_data and one.priors != two.priors):
        yield "priors:\n" + "\nand\n".join(indent(str(fit.priors), "  ") for fit in (first, other))
    draws = [fit.ndraws // fit.chains for fit in (first, other)]
    if draws[0] != draws[1]:
        yield f"numbers of draws per chain: {draws[0]} and {draws[1]}"
    sets = [(fit.model.data_sets > 1, fit.chains // fit.model.data_sets) for fit in (first, other)]
    if sets[0] != sets[1] and (sets[0][0] or sets[1][0]):
        yield f"numbers of chains per data set: {sets[0][1]} and {sets[1][1]}"


def _differences_of_data(one: Table, two: Table) -> Iterator[str]:
    hint = "; check_data=False lets fits to different data pass"
    if one.n != two.n:
        yield f"data: {one.n} and {two.n} rows{hint}"
    differing = [name for name, column in one.columns.items() if encode(column) != encode(two[name])]
    if differing:
        yield f"data, in column {', '.join(map(repr, differing))}{hint}"


def _family(fit: Fitted) -> str:
    family = fit.design.family
    return f"{family.name} ({', '.join(f'{p.name}: {family.link(p.name).name}' for p in family.parameters)})"


def _names(fit: Fitted) -> list[str]:
    return [name for elements in all_names(fit).values() for name in elements]


def _data_sets(fits: Sequence[Fitted]) -> int:
    """Return the number of data sets: those that the fits join already, or one per fit if their data differ."""
    joined = sum(fit.model.data_sets for fit in fits)
    tables = {encode(fit.design.table) for fit in fits}
    equal = len({fit.chains for fit in fits}) == 1
    return joined if joined > len(fits) or (len(tables) > 1 and equal) else 1


def _warn_of_copies(fits: Sequence[Fitted]) -> None:
    seen: dict[bytes, int] = {}
    for i, fit in enumerate(fits, start=1):
        for chain in np.asarray(fit.draws["posterior"].dataset["lp__"].values):
            other = seen.setdefault(chain.tobytes(), i)
            if other != i:
                warn(
                    f"fits {other} and {i} have a chain in common, which now counts twice: sample them with different "
                    "seeds", SamplingWarning,
                )  # fmt: skip
                return


def _warn_of_other_designs(fits: Sequence[Fitted]) -> None:
    """Warn if coefficients multiply other columns, as those of smooths that each fit placed in its own data."""
    bound = [[encode(term) for term in fit.design.terms] for fit in fits]
    for i, other in enumerate(bound[1:], start=2):
        if other != bound[0]:
            warn(
                f"the smooths, codings or levels of fits 1 and {i} were made from different data, so that their "
                "coefficients do not mean the same; brm_multiple() makes them once for all data sets", DataWarning,
            )  # fmt: skip
            return


def _side_by_side(trees: Sequence[Any]) -> xr.DataTree:
    """Join the groups that have chains; the others are those of the first."""
    import xarray as xr

    groups = {}
    for name, node in trees[0].children.items():
        dataset = node.dataset
        if not all(name in tree.children for tree in trees):
            continue
        if "chain" in dataset.dims:
            parts = [tree[name].dataset for tree in trees]
            joined = xr.concat(parts, "chain", combine_attrs="override", join="override", coords="minimal")
            dataset = joined.assign_coords(chain=np.arange(joined.sizes["chain"]))
        groups[name] = dataset
    return xr.DataTree.from_dict(groups)
