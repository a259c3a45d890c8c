"""Link functions: eta = g(parameter) and parameter = g^-1(eta), in numpy and in Stan.

Source: McCullagh & Nelder (1989), *Generalized Linear Models*, section 2.2.3; the names are those of brms.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import FamilyError
from smoothstan.registry import Registry

Function = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class Link:
    """A link function.

    ``stan_inverse`` is a Stan expression in which ``{}`` stands for the linear predictor; it works on
    vectors.  ``scales_response`` is True where brms derives the scale of default priors from the
    response on the link scale.
    """

    name: str
    link: Function
    inverse: Function
    stan_inverse: str
    scales_response: bool = False


def _special(name: str) -> Function:
    def function(x: FloatArray) -> FloatArray:
        from scipy import special

        return np.asarray(getattr(special, name)(x), dtype=float)

    return function


def _inverse_cloglog(x: FloatArray) -> FloatArray:
    return np.asarray(-np.expm1(-np.exp(x)))


def _softplus_link(x: FloatArray) -> FloatArray:
    return np.asarray(x + np.log(-np.expm1(-x)))


def _inverse_softplus(x: FloatArray) -> FloatArray:
    return np.logaddexp(0.0, x)


def _square(x: FloatArray) -> FloatArray:
    return np.asarray(x * x)


LINKS: Registry[Link] = Registry(
    "link",
    {
        link.name: link
        for link in (
            Link("identity", lambda x: x, lambda x: x, "{}", scales_response=True),
            Link("log", np.log, np.exp, "exp({})", scales_response=True),
            Link("inverse", np.reciprocal, np.reciprocal, "inv({})", scales_response=True),
            Link("sqrt", np.sqrt, _square, "square({})", scales_response=True),
            Link("1/mu^2", lambda x: x**-2.0, lambda x: x**-0.5, "inv_sqrt({})", scales_response=True),
            Link("logit", _special("logit"), _special("expit"), "inv_logit({})"),
            Link("probit", _special("ndtri"), _special("ndtr"), "Phi({})"),
            Link("cloglog", lambda x: np.log(-np.log1p(-x)), _inverse_cloglog, "inv_cloglog({})"),
            Link(
                "cauchit",
                lambda x: np.tan(np.pi * (x - 0.5)),
                lambda x: 0.5 + np.arctan(x) / np.pi,
                "(atan({}) / pi() + 0.5)",
            ),
            Link("softplus", _softplus_link, _inverse_softplus, "log1p_exp({})"),
            Link("logm1", lambda x: np.log(x - 1), lambda x: np.exp(x) + 1, "exp({}) + 1"),
        )
    },
    FamilyError,
)
