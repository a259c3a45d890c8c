"""Checks of a fit: predictions beside data, sensitivity to the prior, and pictures of the draws."""

from smoothstan.posterior.checks.kinds import CHECK_KINDS as CHECK_KINDS
from smoothstan.posterior.checks.kinds import predictive_check as predictive_check
from smoothstan.posterior.checks.predictive_check import PredictiveCheck as PredictiveCheck
from smoothstan.posterior.checks.sensitivity import Sensitivity as Sensitivity
from smoothstan.posterior.checks.sensitivity import powerscale_sensitivity as powerscale_sensitivity
