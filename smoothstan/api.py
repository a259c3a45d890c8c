"""The public functions: each is a straight line through the stages."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from smoothstan._version import __version__
from smoothstan.arrays import StanData
from smoothstan.codegen import SAMPLE_PRIOR, write_code
from smoothstan.design import Design, build_design, refuse_constant_columns
from smoothstan.engines import Inits, SamplingOptions, choose_engine
from smoothstan.errors import OptionError, SamplingWarning
from smoothstan.families import Family
from smoothstan.families import family as choose_family
from smoothstan.formula import ModelFormula, parse_formula
from smoothstan.gam import GamFit, chain_starts
from smoothstan.posterior import Posterior, sample_design
from smoothstan.priors import Prior, PriorTable, resolve_priors
from smoothstan.terms import SmoothOptions

if TYPE_CHECKING:
    import pandas as pd

Formula: TypeAlias = str | ModelFormula | Sequence[str]
Priors: TypeAlias = Prior | Sequence[Prior]


def brm(
    formula: Formula,
    data: Any,
    *,
    family: str | Family = "gaussian",
    prior: Priors = (),
    backend: str = "auto",
    chains: int = 4,
    iter_warmup: int = 1000,
    iter_sampling: int = 1000,
    parallel_chains: int | None = None,
    seed: int | None = None,
    adapt_delta: float = 0.8,
    max_treedepth: int = 10,
    inits: Inits | Literal["gam"] = None,
    show_progress: bool = True,
    sample_prior: str = "no",
    knots: Mapping[str, Any] | None = None,
    data2: Mapping[str, Any] | None = None,
) -> Posterior:
    """Fit a Bayesian multilevel model with smooths.

    Args:
        formula: brms's syntax, e.g. ``"y ~ x + s(z, bs='cr') + (1 + x | g)"``, or ``bf(...)``.
        data: pandas, polars, pyarrow or a dict of columns; rows with missing values are left out.
        family: name of the response family, or ``family(name, link=...)``.
        prior: one ``prior(...)`` or several; defaults as in brms, see ``default_prior``.
        backend: ``"cmdstan"``, ``"stanli"``, or ``"auto"`` for CmdStan where it is installed.
        chains: number of chains, at least 1.
        iter_warmup, iter_sampling: iterations of each chain before and after adaptation ends.
        parallel_chains: chains to run at once; by default one per processor.
        seed: makes the draws reproducible on one machine and engine.
        adapt_delta: target acceptance rate, between 0 and 1.
        max_treedepth: bound on the length of a trajectory.
        inits: starting values: None for random ones, a radius, values by Stan name (one dict, or one per chain),
            or ``"gam"`` for draws around the penalised fit by ``gam()``, a little overdispersed.
        show_progress: draw a progress bar per chain.
        sample_prior: ``"no"``, ``"yes"`` to draw from the priors as well, ``"only"`` to ignore the data.
        knots: covariate of a smooth -> its knots, as mgcv's ``knots``.
        data2: objects that the formula names, e.g. the polygons in ``s(region, bs='mrf', xt=list(polys=map))``.

    Returns:
        The fit: draws, summaries, predictions.

    Warns:
        SamplingWarning: in words, for divergences, slow or unmixed chains.
        DataWarning: if rows are left out.

    Raises:
        FormulaError, DataError, FamilyError, PriorError, OptionError: before anything is sampled.
        EngineError: if no engine is there, the program does not compile, or a chain fails.
    """
    options = SamplingOptions(
        chains,
        iter_warmup,
        iter_sampling,
        parallel_chains,
        seed,
        adapt_delta,
        max_treedepth,
        None if _from_gam(inits) else cast(Inits, inits),
        show_progress,
    )
    _check_sample_prior(sample_prior)
    engine = choose_engine(backend)
    smooth_options = SmoothOptions.of(knots, data2)
    given = (prior,) if isinstance(prior, Prior) else tuple(prior)
    design, priors = _bind(formula, data, family, given, smooth_options)
    if _from_gam(inits):
        options = replace(options, inits=chain_starts(design, priors, chains, seed))
    model, draws = sample_design(
        design, priors, engine, options, sample_prior=sample_prior, backend=backend, given_priors=given,
        smooth_options=smooth_options,
    )  # fmt: skip
    fit = Posterior(model, draws)
    for problem in fit.problems():
        warnings.warn(problem, SamplingWarning, stacklevel=2)
    return fit


def stancode(
    formula: Formula,
    data: Any,
    *,
    family: str | Family = "gaussian",
    prior: Priors = (),
    sample_prior: str = "no",
    knots: Mapping[str, Any] | None = None,
    data2: Mapping[str, Any] | None = None,
) -> str:
    """Return the Stan program that ``brm`` would sample; the arguments are those of ``brm``."""
    _check_sample_prior(sample_prior)
    design, priors = _bind(formula, data, family, prior, SmoothOptions.of(knots, data2))
    return write_code(design, priors, version=__version__, sample_prior=sample_prior)


def standata(
    formula: Formula,
    data: Any,
    *,
    family: str | Family = "gaussian",
    sample_prior: str = "no",
    knots: Mapping[str, Any] | None = None,
    data2: Mapping[str, Any] | None = None,
) -> StanData:
    """Return the data that ``brm`` would pass to Stan, under brms's names; the arguments are those of ``brm``."""
    _check_sample_prior(sample_prior)
    design = _design(formula, data, family, SmoothOptions.of(knots, data2))
    return design.stan_data(prior_only=sample_prior == "only")


def default_prior(
    formula: Formula,
    data: Any,
    *,
    family: str | Family = "gaussian",
    knots: Mapping[str, Any] | None = None,
    data2: Mapping[str, Any] | None = None,
) -> PriorTable:
    """Return the parameters that can have priors, with the defaults; the arguments are those of ``brm``."""
    return resolve_priors(_design(formula, data, family, SmoothOptions.of(knots, data2)).prior_slots())


def model_matrix(fit: Posterior | GamFit, new_data: Any = None) -> pd.DataFrame:
    """Return the design of a fitted model, one named column per coefficient.

    Args:
        fit: from ``brm()``, with columns named as the posterior names the coefficients, or from ``gam()``, with
            mgcv's names.
        new_data: rows to evaluate it at; those of the fit by default.

    Returns:
        (n, p) table.
    """
    return fit.model_matrix(new_data)


def _design(formula: Formula, data: Any, family: str | Family, smooths: SmoothOptions) -> Design:
    return build_design(parse_formula(formula), data, choose_family(family), smooths)


def _bind(
    formula: Formula, data: Any, family: str | Family, prior: Priors, smooths: SmoothOptions | None = None
) -> tuple[Design, PriorTable]:
    design = _design(formula, data, family, smooths or SmoothOptions())
    priors = resolve_priors(design.prior_slots(), prior)
    refuse_constant_columns(design, priors)
    return design, priors


def _from_gam(inits: object) -> bool:
    return isinstance(inits, str) and inits == "gam"


def _check_sample_prior(sample_prior: str) -> None:
    if sample_prior not in SAMPLE_PRIOR:
        raise OptionError(f"sample_prior must be one of {', '.join(map(repr, SAMPLE_PRIOR))}, got {sample_prior!r}")
