"""From draws to answers."""

from smoothstan.posterior.combine import combine_fits as combine_fits
from smoothstan.posterior.comparison.compare import LooComparison as LooComparison
from smoothstan.posterior.comparison.kfold import KFold as KFold
from smoothstan.posterior.comparison.models import loo_compare as loo_compare
from smoothstan.posterior.comparison.models import loo_model_weights as loo_model_weights
from smoothstan.posterior.comparison.models import model_weights as model_weights
from smoothstan.posterior.comparison.models import posterior_average as posterior_average
from smoothstan.posterior.comparison.models import pp_average as pp_average
from smoothstan.posterior.comparison.waic import Waic as Waic
from smoothstan.posterior.data_sets import file_of_joined as file_of_joined
from smoothstan.posterior.data_sets import fit_each as fit_each
from smoothstan.posterior.data_sets import joined as joined
from smoothstan.posterior.data_sets import seeded as seeded
from smoothstan.posterior.data_sets import warn_of_each as warn_of_each
from smoothstan.posterior.fit import Posterior as Posterior
from smoothstan.posterior.fit import load_fit as load_fit
from smoothstan.posterior.fit_file import FitFile as FitFile
from smoothstan.posterior.fitted import FitModel as FitModel
from smoothstan.posterior.fitted import Fitted as Fitted
from smoothstan.posterior.loo import Loo as Loo
from smoothstan.posterior.request import FitRequest as FitRequest
from smoothstan.posterior.request import gam_inits as gam_inits
from smoothstan.posterior.sampling import sample_design as sample_design
from smoothstan.posterior.summary import Summary as Summary
from smoothstan.posterior.tree import draws_tree as draws_tree
from smoothstan.posterior.twin_comparison import TwinComparison as TwinComparison
