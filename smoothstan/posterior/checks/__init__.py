from smoothstan.posterior.checks.kinds import CHECK_KINDS as CHECK_KINDS
from smoothstan.posterior.checks.kinds import predictive_check as predictive_check
from smoothstan.posterior.checks.predictive_check import PredictiveCheck as PredictiveCheck
