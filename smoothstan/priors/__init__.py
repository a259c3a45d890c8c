"""Priors: values, addresses, defaults and their resolution."""

from smoothstan.priors.defaults import DefaultScale as DefaultScale
from smoothstan.priors.defaults import default_scale as default_scale
from smoothstan.priors.prior import Distribution as Distribution
from smoothstan.priors.prior import Prior as Prior
from smoothstan.priors.prior import parse_distribution as parse_distribution
from smoothstan.priors.prior import prior as prior
from smoothstan.priors.slot import PriorSlot as PriorSlot
from smoothstan.priors.table import PriorTable as PriorTable
from smoothstan.priors.table import ResolvedPrior as ResolvedPrior
from smoothstan.priors.table import as_priors as as_priors
from smoothstan.priors.table import resolve_priors as resolve_priors
