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
Derivatives = tuple[FloatArray, FloatArray, FloatArray, FloatArray]


@dataclass(frozen=True)
class Link:
    """A link function.

    ``stan_inverse`` is a Stan expression in which ``{}`` stands for the linear predictor; it works on
    vectors.  ``scales_response`` is True where brms derives the scale of default priors from the
    response on the link scale.  ``inverse_derivatives`` gives the first to fourth derivative of the
    inverse with respect to the linear predictor.
    """

    name: str
    link: Function
    inverse: Function
    stan_inverse: str
    inverse_derivatives: Callable[[FloatArray], Derivatives]
    scales_response: bool = False
    keeps_sign: bool = False
    """Whether a positive parameter needs a positive linear predictor."""


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


def _power_derivatives(power: float) -> Callable[[FloatArray], Derivatives]:
    """Return the derivatives of eta^power."""

    def derivatives(eta: FloatArray) -> Derivatives:
        first, second, third, fourth = (
            np.prod(power - np.arange(order)) * eta ** (power - order) for order in (1, 2, 3, 4)
        )
        return first, second, third, fourth

    return derivatives


def _identity_derivatives(eta: FloatArray) -> Derivatives:
    zero = np.zeros_like(eta)
    return np.ones_like(eta), zero, zero, zero


def _square_derivatives(eta: FloatArray) -> Derivatives:
    zero = np.zeros_like(eta)
    return 2 * eta, np.full_like(eta, 2.0), zero, zero


def _exponential_derivatives(eta: FloatArray) -> Derivatives:
    mu = np.exp(eta)
    return mu, mu, mu, mu


def _logistic_derivatives(eta: FloatArray) -> Derivatives:
    from scipy.special import expit

    mu = expit(eta)
    v = mu * expit(-eta)
    skew = 1 - 2 * mu
    return v, v * skew, v * (1 - 6 * v), v * skew * (1 - 12 * v)


def _probit_derivatives(eta: FloatArray) -> Derivatives:
    density = np.exp(-0.5 * eta * eta) / np.sqrt(2 * np.pi)
    return density, -eta * density, (eta * eta - 1) * density, eta * (3 - eta * eta) * density


def _cloglog_derivatives(eta: FloatArray) -> Derivatives:
    t = np.exp(np.minimum(eta, 700.0))
    slope = np.exp(np.minimum(eta, 700.0) - t)
    return slope, slope * (1 - t), slope * (1 - t * (3 - t)), slope * (1 - t * (7 - t * (6 - t)))


def _cauchit_derivatives(eta: FloatArray) -> Derivatives:
    square = eta * eta
    b = 1 / (1 + square)
    c = b / np.pi
    return c, -2 * eta * b * c, (6 * square - 2) * b**2 * c, 24 * eta * (1 - square) * b**3 * c


def _softplus_derivatives(eta: FloatArray) -> Derivatives:
    from scipy.special import expit

    first, second, third, _ = _logistic_derivatives(eta)
    return np.asarray(expit(eta)), first, second, third


def _composed(outer: Derivatives, inner: Derivatives) -> Derivatives:
    """Return the derivatives of f(g(eta)) from those of f at g(eta) and of g (Faa di Bruno)."""
    (f1, f2, f3, f4), (g1, g2, g3, g4) = outer, inner
    return (
        f1 * g1,
        f2 * g1**2 + f1 * g2,
        f3 * g1**3 + 3 * f2 * g1 * g2 + f1 * g3,
        f4 * g1**4 + 6 * f3 * g1**2 * g2 + f2 * (3 * g2**2 + 4 * g1 * g3) + f1 * g4,
    )


def _inverse_squareplus(x: FloatArray) -> FloatArray:
    return np.asarray((x + np.sqrt(x * x + 4)) / 2)


def _squareplus_derivatives(eta: FloatArray) -> Derivatives:
    root = np.sqrt(eta * eta + 4)
    return (1 + eta / root) / 2, 2 / root**3, -6 * eta / root**5, (30 * eta**2 / root**2 - 6) / root**5


# Stan's Phi_approx(x) = inv_logit(a x^3 + b x); Bowling, Khasawneh, Kaewkuekool & Cho (2009).
_CUBIC, _LINEAR = 0.07056, 1.5976


def probit_approx_odds(x: FloatArray) -> FloatArray:
    """Return the log odds that the approximation of the normal distribution function gives."""
    return np.asarray(_CUBIC * x**3 + _LINEAR * x)


def _probit_approx_link(x: FloatArray) -> FloatArray:
    from scipy.special import logit

    third = _LINEAR / _CUBIC / 3
    return np.asarray(2 * np.sqrt(third) * np.sinh(np.arcsinh(logit(x) / _CUBIC / 2 / third**1.5) / 3))


def _inverse_probit_approx(x: FloatArray) -> FloatArray:
    from scipy.special import expit

    return np.asarray(expit(probit_approx_odds(x)))


def _probit_approx_derivatives(eta: FloatArray) -> Derivatives:
    inner = 3 * _CUBIC * eta**2 + _LINEAR, 6 * _CUBIC * eta, np.full_like(eta, 6 * _CUBIC), np.zeros_like(eta)
    return _composed(_logistic_derivatives(probit_approx_odds(eta)), inner)


def _softit_link(x: FloatArray) -> FloatArray:
    return np.asarray(np.log(np.expm1(x / (1 - x))))


def _inverse_softit(x: FloatArray) -> FloatArray:
    soft = _inverse_softplus(x)
    return np.asarray(soft / (1 + soft))


def _softit_derivatives(eta: FloatArray) -> Derivatives:
    base = 1 + _inverse_softplus(eta)
    return _composed((base**-2.0, -2 * base**-3.0, 6 * base**-4.0, -24 * base**-5.0), _softplus_derivatives(eta))


LINKS: Registry[Link] = Registry(
    "link",
    {
        link.name: link
        for link in (
            Link("identity", lambda x: x, lambda x: x, "{}", _identity_derivatives, True, True),
            Link("log", np.log, np.exp, "exp({})", _exponential_derivatives, scales_response=True),
            Link("inverse", np.reciprocal, np.reciprocal, "inv({})", _power_derivatives(-1.0), True, True),
            Link("sqrt", np.sqrt, _square, "square({})", _square_derivatives, scales_response=True),
            Link(
                "1/mu^2",
                lambda x: x**-2.0,
                lambda x: x**-0.5,
                "inv_sqrt({})",
                _power_derivatives(-0.5),
                scales_response=True,
                keeps_sign=True,
            ),
            Link("logit", _special("logit"), _special("expit"), "inv_logit({})", _logistic_derivatives),
            Link("probit", _special("ndtri"), _special("ndtr"), "Phi({})", _probit_derivatives),
            Link("cloglog", lambda x: np.log(-np.log1p(-x)), _inverse_cloglog, "inv_cloglog({})", _cloglog_derivatives),
            Link(
                "cauchit",
                lambda x: np.tan(np.pi * (x - 0.5)),
                lambda x: 0.5 + np.arctan(x) / np.pi,
                "(atan({}) / pi() + 0.5)",
                _cauchit_derivatives,
            ),
            Link(
                "squareplus",
                lambda x: x - 1 / x,
                _inverse_squareplus,
                "(({} + sqrt(square({}) + 4)) / 2)",
                _squareplus_derivatives,
            ),
            Link(
                "probit_approx",
                _probit_approx_link,
                _inverse_probit_approx,
                "Phi_approx({})",
                _probit_approx_derivatives,
            ),
            Link(
                "softit", _softit_link, _inverse_softit, "(log1p_exp({}) ./ (1 + log1p_exp({})))", _softit_derivatives
            ),
            Link("softplus", _softplus_link, _inverse_softplus, "log1p_exp({})", _softplus_derivatives),
            Link("logm1", lambda x: np.log(x - 1), lambda x: np.exp(x) + 1, "exp({}) + 1", _exponential_derivatives),
        )
    },
    FamilyError,
)
