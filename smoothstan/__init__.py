"""smoothstan: brms-style formulas with smooths and groups, as readable Stan programs."""

from smoothstan import errors as errors
from smoothstan._version import __version__ as __version__
from smoothstan.api import brm as brm
from smoothstan.api import brm_multiple as brm_multiple
from smoothstan.api import combine_models as combine_models
from smoothstan.api import default_prior as default_prior
from smoothstan.api import model_matrix as model_matrix
from smoothstan.api import stancode as stancode
from smoothstan.api import standata as standata
from smoothstan.datasets import load_dataset as load_dataset
from smoothstan.families import family as family
from smoothstan.formula import bf as bf
from smoothstan.formula import lf as lf
from smoothstan.gam import GamComparison as GamComparison
from smoothstan.gam import GamFit as GamFit
from smoothstan.gam import compare_gam as compare_gam
from smoothstan.gam import gam as gam
from smoothstan.posterior import Posterior as Posterior
from smoothstan.posterior import load_fit as load_fit
from smoothstan.posterior import loo_compare as loo_compare
from smoothstan.posterior import loo_model_weights as loo_model_weights
from smoothstan.posterior import make_conditions as make_conditions
from smoothstan.posterior import model_weights as model_weights
from smoothstan.posterior import posterior_average as posterior_average
from smoothstan.posterior import pp_average as pp_average
from smoothstan.posterior.marginal import avg_comparisons as avg_comparisons
from smoothstan.posterior.marginal import avg_predictions as avg_predictions
from smoothstan.posterior.marginal import avg_slopes as avg_slopes
from smoothstan.posterior.marginal import comparisons as comparisons
from smoothstan.posterior.marginal import datagrid as datagrid
from smoothstan.posterior.marginal import predictions as predictions
from smoothstan.posterior.marginal import slopes as slopes
from smoothstan.priors import prior as prior
from smoothstan.terms.smooth_con import SmoothCon as SmoothCon
from smoothstan.terms.smooth_con import smooth2random as smooth2random
from smoothstan.terms.smooth_con import smooth_con as smooth_con
from smoothstan.toolchain import install_cmdstan as install_cmdstan


def __getattr__(name: str) -> object:
    """Say how a family is chosen to whoever looks for a function of its name."""
    from smoothstan.families import FAMILIES
    from smoothstan.families.spelling import family_name

    hint = f"; a family is chosen by its name, family={name!r}, or by ss.family({name!r}, link=...)"
    found = family_name(name, FAMILIES) in FAMILIES if not name.startswith("_") else False
    raise AttributeError(f"module 'smoothstan' has no attribute {name!r}{hint if found else ''}")
