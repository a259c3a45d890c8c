"""smoothstan: brms-style formulas with smooths and groups, as readable Stan programs."""

from smoothstan import errors as errors
from smoothstan._version import __version__ as __version__
from smoothstan.api import brm as brm
from smoothstan.api import default_prior as default_prior
from smoothstan.api import model_matrix as model_matrix
from smoothstan.api import stancode as stancode
from smoothstan.api import standata as standata
from smoothstan.datasets import load_dataset as load_dataset
from smoothstan.families import family as family
from smoothstan.formula import bf as bf
from smoothstan.gam import GamComparison as GamComparison
from smoothstan.gam import GamFit as GamFit
from smoothstan.gam import compare_gam as compare_gam
from smoothstan.gam import gam as gam
from smoothstan.posterior import Posterior as Posterior
from smoothstan.posterior import load_fit as load_fit
from smoothstan.posterior import make_conditions as make_conditions
from smoothstan.priors import prior as prior
from smoothstan.terms.smooth_con import SmoothCon as SmoothCon
from smoothstan.terms.smooth_con import smooth2random as smooth2random
from smoothstan.terms.smooth_con import smooth_con as smooth_con
from smoothstan.toolchain import install_cmdstan as install_cmdstan
