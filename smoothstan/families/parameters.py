"""Distributional parameters that several families share, with brms's default priors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.family import Parameter, Parameters

# The words in braces are filled in from the response: see priors/defaults.py.
LOCATION = "student_t(3, {location}, {scale})"
SIGMA = Parameter(
    "sigma",
    "residual standard deviation",
    ("log", "identity", "softplus", "squareplus"),
    lower=0,
    prior="student_t(3, 0, {identity_scale})",
    intercept_prior="student_t(3, 0, {log_scale})",
)
NU = Parameter(
    "nu",
    "degrees of freedom",
    ("logm1", "identity"),
    lower=1,
    prior="gamma(2, 0.1)",
    intercept_prior="normal(2.7, 0.8)",
)
LOG_SIGMA = replace(
    SIGMA, description="standard deviation of the logarithm", prior="student_t(3, 0, {scale})",
    intercept_prior="student_t(3, 0, 2.5)",
)  # fmt: skip
ALPHA = Parameter(
    "alpha", "skewness", ("identity", "log", "softplus", "squareplus"), prior="normal(0, 4)",
    intercept_prior="normal(0, 4)",
)  # fmt: skip
NDT = Parameter(
    "ndt", "shift: the time before anything can happen", ("log", "identity", "softplus", "squareplus"), lower=0,
    prior="uniform(0, {smallest})", intercept_prior="", below_response=True,
)  # fmt: skip
SHAPE = Parameter("shape", "shape", ("log", "identity", "softplus", "squareplus"), lower=0, prior="gamma(0.01, 0.01)")
COUNT_SHAPE = replace(SHAPE, description="shape: mean squared over the extra variance", prior="inv_gamma(0.4, 0.3)")
"""brms 2.21's prior; it was gamma(0.01, 0.01) before."""

PHI = Parameter("phi", "precision", ("log", "identity", "softplus", "squareplus"), lower=0, prior="gamma(0.01, 0.01)")


def probability(name: str, description: str) -> Parameter:
    """Return a parameter that is a probability, uniform by default."""
    return Parameter(
        name, description, ("logit", "identity"), lower=0, upper=1, prior="beta(1, 1)", intercept_prior="logistic(0, 1)"
    )


LOG_ROOT_2PI = 0.5 * np.log(2 * np.pi)
REAL_LINKS = ("identity", "log", "inverse", "softplus", "squareplus")
LOCATION_LINKS = (*REAL_LINKS, "logit", "probit", "probit_approx", "cloglog", "cauchit", "softit")
POSITIVE_LINKS = ("log", "identity", "inverse", "softplus", "squareplus")
COUNT_LINKS = ("log", "identity", "sqrt", "softplus", "squareplus")
PROBABILITY_LINKS = ("logit", "probit", "probit_approx", "cloglog", "cauchit", "softit", "identity", "log")


def beta_shapes(parameters: Parameters) -> tuple[FloatArray, FloatArray]:
    """Return the shapes mu phi and (1 - mu) phi of the beta distribution."""
    mu, phi = parameters["mu"], parameters["phi"]
    return np.asarray(mu * phi), np.asarray((1 - mu) * phi)


def size_biased(parameters: Parameters) -> dict[str, FloatArray]:
    """Return the parameters of the beta distribution whose density is proportional to y times that of the given."""
    mu, phi = parameters["mu"], parameters["phi"]
    return {"mu": np.asarray((mu * phi + 1) / (phi + 1)), "phi": np.asarray(phi + 1)}


def negative_binomial(y: FloatArray, mu: FloatArray, shape: FloatArray) -> FloatArray:
    """Return the log mass of the negative binomial distribution with mean mu and variance mu + mu^2 / shape."""
    from scipy.special import gammaln, xlogy

    constant = gammaln(y + shape) - gammaln(shape) - gammaln(y + 1)
    return np.asarray(constant - shape * np.log1p(mu / shape) + xlogy(y, mu) - xlogy(y, shape + mu))
