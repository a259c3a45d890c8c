"""Hypotheses about parameters, tested on the draws."""

from smoothstan.posterior.hypothesis.hypotheses import tested_hypotheses as tested_hypotheses
from smoothstan.posterior.hypothesis.result import HypothesisTests as HypothesisTests
