"""From draws to answers."""

from smoothstan.posterior.conditional import ConditionalEffects as ConditionalEffects
from smoothstan.posterior.conditional import make_conditions as make_conditions
from smoothstan.posterior.fit import Posterior as Posterior
from smoothstan.posterior.fit import load_fit as load_fit
from smoothstan.posterior.fitted import FitModel as FitModel
from smoothstan.posterior.fitted import Fitted as Fitted
from smoothstan.posterior.hypothesis import HypothesisTests as HypothesisTests
from smoothstan.posterior.loo import Loo as Loo
from smoothstan.posterior.sampling import sample_design as sample_design
from smoothstan.posterior.summary import Summary as Summary
from smoothstan.posterior.tree import draws_tree as draws_tree
from smoothstan.posterior.twin_comparison import TwinComparison as TwinComparison
