"""Response families: one file each, listed here."""

from __future__ import annotations

from typing import Any

from smoothstan.errors import FamilyError, suggestion
from smoothstan.families.acat import AdjacentCategory as AdjacentCategory
from smoothstan.families.asym_laplace import AsymLaplace as AsymLaplace
from smoothstan.families.bernoulli import Bernoulli as Bernoulli
from smoothstan.families.beta_binomial import BetaBinomial as BetaBinomial
from smoothstan.families.beta_family import Beta as Beta
from smoothstan.families.binomial import Binomial as Binomial
from smoothstan.families.categorical import Categorical as Categorical
from smoothstan.families.cratio import ContinuationRatio as ContinuationRatio
from smoothstan.families.cumulative import Cumulative as Cumulative
from smoothstan.families.exponential_family import Exponential as Exponential
from smoothstan.families.family import Constant as Constant
from smoothstan.families.family import Family as Family
from smoothstan.families.family import Parameter as Parameter
from smoothstan.families.family import Response as Response
from smoothstan.families.gamma import Gamma as Gamma
from smoothstan.families.gaussian import Gaussian as Gaussian
from smoothstan.families.geometric import Geometric as Geometric
from smoothstan.families.hurdle import HurdleGamma as HurdleGamma
from smoothstan.families.hurdle import HurdleLogNormal as HurdleLogNormal
from smoothstan.families.hurdle import HurdleNegBinomial as HurdleNegBinomial
from smoothstan.families.hurdle import HurdlePoisson as HurdlePoisson
from smoothstan.families.inverse_gaussian import InverseGaussian as InverseGaussian
from smoothstan.families.links import LINKS as LINKS
from smoothstan.families.links import Link as Link
from smoothstan.families.lognormal import LogNormal as LogNormal
from smoothstan.families.negbinomial_family import NegBinomial as NegBinomial
from smoothstan.families.observation import log_likelihood as log_likelihood
from smoothstan.families.poisson import Poisson as Poisson
from smoothstan.families.shifted_lognormal import ShiftedLogNormal as ShiftedLogNormal
from smoothstan.families.skew_normal import SkewNormal as SkewNormal
from smoothstan.families.spelling import family_name, read_family
from smoothstan.families.sratio import StoppingRatio as StoppingRatio
from smoothstan.families.student import Student as Student
from smoothstan.families.truncation import draw_responses as draw_responses
from smoothstan.families.truncation import expected_response as expected_response
from smoothstan.families.weibull import Weibull as Weibull
from smoothstan.families.zero_inflated import ZeroInflatedBeta as ZeroInflatedBeta
from smoothstan.families.zero_inflated import ZeroInflatedBinomial as ZeroInflatedBinomial
from smoothstan.families.zero_inflated import ZeroInflatedNegBinomial as ZeroInflatedNegBinomial
from smoothstan.families.zero_inflated import ZeroInflatedPoisson as ZeroInflatedPoisson
from smoothstan.families.zero_one_inflated_beta import ZeroOneInflatedBeta as ZeroOneInflatedBeta
from smoothstan.registry import Registry

FAMILIES: Registry[type[Family]] = Registry(
    "family",
    {
        family.name: family
        for family in (
            AdjacentCategory,
            AsymLaplace,
            Bernoulli,
            Beta,
            BetaBinomial,
            Binomial,
            Categorical,
            ContinuationRatio,
            Cumulative,
            Exponential,
            Gamma,
            Gaussian,
            Geometric,
            HurdleGamma,
            HurdleLogNormal,
            HurdleNegBinomial,
            HurdlePoisson,
            InverseGaussian,
            LogNormal,
            NegBinomial,
            Poisson,
            ShiftedLogNormal,
            SkewNormal,
            StoppingRatio,
            Student,
            Weibull,
            ZeroInflatedBeta,
            ZeroInflatedBinomial,
            ZeroInflatedNegBinomial,
            ZeroInflatedPoisson,
            ZeroOneInflatedBeta,
        )
    },
    FamilyError,
)


def family(name: str | Family, link: str | None = None, **links_and_options: Any) -> Family:
    """Choose a response family and its links.

    Args:
        name: one of ``FAMILIES``, e.g. ``"gaussian"`` or ``"negbinomial"``, in small or capital letters, or a call as
            in R: ``'cumulative("probit")'``, ``"Gamma(link = 'log')"``.
        link: link of the main parameter ``mu``; default as in brms.
        links_and_options: links of further parameters as ``link_<parameter>``, e.g. ``link_sigma="identity"``;
            they matter where that parameter is predicted. Options of the family, e.g. ``refcat="b"``, the reference
            of ``"categorical"``.

    Raises:
        FamilyError: for an unknown family, parameter or option, or a link that the family does not have.
    """
    if isinstance(name, Family):
        if link is not None or links_and_options:
            raise FamilyError(f"the family {name.name} has its links already; give its name to choose others")
        return name
    if not isinstance(name, str):
        raise FamilyError(f"family is a name such as 'gaussian' or family(...), got {name!r}")
    written = read_family(name)
    if written.arguments:
        if link is not None or links_and_options:
            raise FamilyError(f"give the links and options inside {name!r} or beside it, not both")
        return family(written.name, **written.arguments)
    made = FAMILIES[family_name(written.name, FAMILIES)]
    chosen = {} if link is None else {"mu": link}
    options = {key: value for key, value in links_and_options.items() if key in made.options}
    for key, value in links_and_options.items():
        if key in options:
            continue
        if not key.startswith("link_"):
            own = f"; options of {made.name}: {', '.join(made.options)}" if made.options else ""
            hint = suggestion(key, (*made.options, "link", *(f"link_{p.name}" for p in made().parameters)))
            raise FamilyError(f"unknown argument {key!r}{hint}; links of parameters are given as link_<parameter>{own}")
        dpar = key.removeprefix("link_")
        if dpar in chosen:
            raise FamilyError(f"the link of {dpar} is given twice, as link= and as {key}=")
        chosen[dpar] = value
    return made.create(chosen, **options)
