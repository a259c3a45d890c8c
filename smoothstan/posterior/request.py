"""What a fit is asked for, and the way from there to draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from smoothstan.arrays import StanData
from smoothstan.codegen import SAMPLE_PRIOR, derived_parameters, prior_data, write_code
from smoothstan.design import Design, build_design, refuse_constant_columns
from smoothstan.engines import Engine, Inits, SamplingOptions
from smoothstan.errors import OptionError
from smoothstan.families import Family
from smoothstan.families import family as choose_family
from smoothstan.formula import ModelFormula, parse_formula
from smoothstan.gam import chain_starts, positive_starts
from smoothstan.posterior.fitted import FitModel
from smoothstan.posterior.sampling import sample_design
from smoothstan.priors import Prior, PriorSet, PriorTable, as_priors, resolve_priors
from smoothstan.terms import SmoothOptions

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class FitRequest:
    """All that a user asks of a fit, but for the data.

    Args:
        formula: the formulas.
        family: the response family.
        priors: the user's priors.
        options: how to sample.
        sample_prior: ``"no"``, ``"yes"`` or ``"only"``.
        backend: the engine asked for.
        smooth_options: knots and objects for smooths.
        from_gam: start the chains around the penalised fit.
    """

    formula: ModelFormula
    family: Family
    priors: tuple[Prior, ...]
    options: SamplingOptions
    sample_prior: str = "no"
    backend: str = "auto"
    smooth_options: SmoothOptions = field(default_factory=SmoothOptions)
    from_gam: bool = False

    def __post_init__(self) -> None:
        check_sample_prior(self.sample_prior)

    @classmethod
    def of(
        cls,
        formula: str | ModelFormula | Sequence[str],
        family: str | Family = "gaussian",
        prior: Prior | PriorSet | Sequence[Prior] = (),
        options: SamplingOptions | None = None,
        *,
        sample_prior: str = "no",
        backend: str = "auto",
        knots: Mapping[str, Any] | None = None,
        data2: Mapping[str, Any] | None = None,
        from_gam: bool = False,
    ) -> FitRequest:
        """Return the request for arguments as users give them to ``brm``."""
        return cls(
            parse_formula(formula), choose_family(family), as_priors(prior), options or SamplingOptions(),
            sample_prior, backend, SmoothOptions.of(knots, data2), from_gam,
        )  # fmt: skip

    def design(self, data: Any) -> Design:
        """Bind the terms of the model to data."""
        return build_design(self.formula, data, self.family, self.smooth_options)

    def resolve(self, design: Design) -> PriorTable:
        """Find the prior of every parameter; refuse a design whose coefficients no prior can tell apart."""
        priors = resolve_priors(design.prior_slots(), self.priors)
        refuse_constant_columns(design, priors)
        return priors

    def bind(self, data: Any) -> tuple[Design, PriorTable]:
        """Return the model bound to data, and the prior of every parameter."""
        design = self.design(data)
        return design, self.resolve(design)

    def code(self, design: Design, priors: PriorTable, version: str) -> str:
        """Return the Stan program of the bound model."""
        return write_code(design, priors, version=version, sample_prior=self.sample_prior)

    def stan_data(self, design: Design) -> StanData:
        """Return the data of the bound model, with those that the priors given by the user add."""
        priors = resolve_priors(design.prior_slots(), self.priors)
        return design.stan_data(prior_only=self.sample_prior == "only") | prior_data(design, priors)

    def sample(self, design: Design, priors: PriorTable, engine: Engine) -> tuple[FitModel, xr.DataTree]:
        """Sample the bound model."""
        options = self.options
        starts = None
        if self.from_gam:
            starts = chain_starts(design, priors, options.chains, options.seed)
        elif options.inits is None:
            starts = positive_starts(design, priors, options.chains, options.seed)
        if starts is not None:
            derived = derived_parameters(design, priors)
            options = replace(options, inits=[derived.starts(values) for values in starts])
        return sample_design(
            design, priors, engine, options, sample_prior=self.sample_prior, backend=self.backend,
            given_priors=self.priors, smooth_options=self.smooth_options,
        )  # fmt: skip


def gam_inits(inits: Inits | Literal["gam"]) -> tuple[bool, Inits]:
    """Return whether chains start around the penalised fit, and else where."""
    return (True, None) if isinstance(inits, str) and inits == "gam" else (False, inits)


def request_of(model: FitModel) -> FitRequest:
    """Return what a fit was asked for; starting values are not kept."""
    design = model.design
    return FitRequest(
        design.formula, design.family, model.given_priors, model.options, model.sample_prior, model.backend,
        model.smooth_options,
    )  # fmt: skip


def check_sample_prior(sample_prior: object) -> None:
    """Refuse anything but the known ways to use the prior."""
    if sample_prior not in SAMPLE_PRIOR:
        raise OptionError(f"sample_prior must be one of {', '.join(map(repr, SAMPLE_PRIOR))}, got {sample_prior!r}")
