"""From a design and its priors to a fit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from smoothstan._version import __version__
from smoothstan.codegen import write_program
from smoothstan.design import Design
from smoothstan.engines import Engine, SamplingOptions, choose_engine
from smoothstan.posterior.fitted import FitModel, Fitted
from smoothstan.posterior.tree import draws_tree
from smoothstan.priors import Prior, PriorTable
from smoothstan.table import Table
from smoothstan.terms import SmoothOptions

if TYPE_CHECKING:
    import xarray as xr

F = TypeVar("F", bound=Fitted)


def sample_design(
    design: Design, priors: PriorTable, engine: Engine, options: SamplingOptions, *, sample_prior: str = "no",
    backend: str = "auto", given_priors: tuple[Prior, ...] = (), smooth_options: SmoothOptions | None = None,
) -> tuple[FitModel, xr.DataTree]:  # fmt: skip
    """Write the program of a design, sample it, and collect what a fit is made of.

    Args:
        design: the model bound to its data.
        priors: the prior of every parameter.
        engine: what samples.
        options: how.
        sample_prior: ``"no"``, ``"yes"`` or ``"only"``.
        backend, given_priors, smooth_options: what the user asked for, kept for later fits.
    """
    program = write_program(design, priors, version=__version__, sample_prior=sample_prior)
    design = design.released()
    raw = engine.sample(program, options)
    tree = draws_tree(raw, program.variables, design, latent=program.latent)
    stored = replace(options, seed=raw.seed, inits=None)
    model = FitModel(
        design, priors, program.code, stored, sample_prior, raw.engine, backend, given_priors,
        smooth_options or SmoothOptions(),
    )  # fmt: skip
    return model, tree


def refit(fit: F, table: Table, *, seed: int | None = None) -> F:
    """Sample the same model given other rows.

    Bases, codings, levels and priors stay as they are, so that levels without rows have effects drawn from their
    distribution, and what was left out can be predicted as under the model itself.

    Args:
        fit: the fit.
        table: rows with the columns of its design.
        seed: of the sampler; by default the one of the fit.
    """
    model = fit.model
    options = replace(model.options, seed=model.options.seed if seed is None else seed, show_progress=False)
    parts = sample_design(
        replace(fit.design, table=table), model.priors, choose_engine(model.backend), options,
        sample_prior=model.sample_prior, backend=model.backend, given_priors=model.given_priors,
        smooth_options=model.smooth_options,
    )  # fmt: skip
    return type(fit)(*parts)
