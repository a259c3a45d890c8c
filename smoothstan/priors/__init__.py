"""Priors: values, addresses, defaults and their resolution."""

from smoothstan.priors.defaults import DefaultScale as DefaultScale
from smoothstan.priors.defaults import default_scale as default_scale
from smoothstan.priors.distribution import Distribution as Distribution
from smoothstan.priors.distribution import parse_distribution as parse_distribution
from smoothstan.priors.prior import Prior as Prior
from smoothstan.priors.prior import PriorSet as PriorSet
from smoothstan.priors.prior import prior as prior
from smoothstan.priors.resolve import as_priors as as_priors
from smoothstan.priors.resolve import resolve_priors as resolve_priors
from smoothstan.priors.shrinkage import Shrinkage as Shrinkage
from smoothstan.priors.slot import PriorSlot as PriorSlot
from smoothstan.priors.table import PriorTable as PriorTable
from smoothstan.priors.table import ResolvedPrior as ResolvedPrior
