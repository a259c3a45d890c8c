"""Distributional parameters that several families share, with brms's default priors."""

from __future__ import annotations

from smoothstan.families.family import Parameter

# The words in braces are filled in from the response: see priors/defaults.py.
LOCATION = "student_t(3, {location}, {scale})"
SIGMA = Parameter(
    "sigma",
    "residual standard deviation",
    ("log", "identity", "softplus"),
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
PROBABILITY_LINKS = ("logit", "probit", "cloglog", "cauchit", "identity", "log")
