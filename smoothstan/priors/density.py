"""The distributions that a prior may name: Stan's continuous densities on the reals.

Source: Stan Functions Reference 2.39, parts 'Unbounded', 'Positive', 'Positive lower-bounded',
'Bounded', 'Circular', 'Simplex' and 'Correlation matrix' distributions.
"""

from __future__ import annotations

from dataclasses import dataclass

from smoothstan.errors import PriorError
from smoothstan.registry import Registry

_KINDS = {"+": "a positive number", "%": "a number between 0 and 1"}


@dataclass(frozen=True)
class Argument:
    """An argument of a density: its name, and what it must be (empty for any real number)."""

    name: str
    needs: str = ""

    def allows(self, value: float) -> bool:
        """Return whether a number may stand here."""
        return not self.needs or (value > 0 and (self.needs == _KINDS["+"] or value < 1))


@dataclass(frozen=True)
class Density:
    """A Stan density.

    Args:
        name: Stan's name.
        signature: the names of its arguments; ``+`` marks a positive one, ``%`` one between 0 and 1.
        lower, upper: the ends of its support: a number, the name of an argument, or None where it is unbounded.
        draw: how to draw from it by functions that every engine has, ``{}`` for its arguments; empty for ``name_rng``.
        log_tails: False where Stan has its distribution function but not the logarithms of it.
        circular: whether it repeats every 2 pi, and integrates to one over any such turn.
    """

    name: str
    signature: str
    lower: float | str | None = None
    upper: float | str | None = None
    draw: str = ""
    log_tails: bool = True
    circular: bool = False

    @property
    def arguments(self) -> tuple[Argument, ...]:
        """Its arguments in order."""
        return tuple(Argument(word.rstrip("+%"), _KINDS.get(word[-1], "")) for word in self.signature.split())

    @property
    def usage(self) -> str:
        """How it is written: ``student_t(nu, mu, sigma)``."""
        return f"{self.name}({', '.join(argument.name for argument in self.arguments)})"


_DENSITIES = (
    Density("std_normal", ""),
    Density("normal", "mu sigma+"),
    Density("student_t", "nu+ mu sigma+"),
    Density("cauchy", "mu sigma+"),
    Density("double_exponential", "mu sigma+"),
    Density("logistic", "mu sigma+"),
    Density("gumbel", "mu beta+"),
    Density(
        "skew_normal", "xi omega+ alpha",
        draw="{0} + {1} * ({2} * abs(normal_rng(0, 1)) + normal_rng(0, 1)) / sqrt(1 + square({2}))",
    ),
    Density("exp_mod_normal", "mu sigma+ lambda+", draw="normal_rng({0}, {1}) + exponential_rng({2})"),
    Density(
        "skew_double_exponential", "mu sigma+ tau%",
        draw="{0} + {1} / 2 * (exponential_rng({2}) - exponential_rng(1 - {2}))",
    ),
    Density("von_mises", "mu kappa+", circular=True),
    Density("lognormal", "mu sigma+", lower=0),
    Density("chi_square", "nu+", lower=0),
    Density("inv_chi_square", "nu+", lower=0, draw="1 / chi_square_rng({0})"),
    Density("scaled_inv_chi_square", "nu+ sigma+", lower=0, draw="{0} * square({1}) / chi_square_rng({0})"),
    Density("exponential", "beta+", lower=0),
    Density("gamma", "alpha+ beta+", lower=0),
    Density("inv_gamma", "alpha+ beta+", lower=0),
    Density("weibull", "alpha+ sigma+", lower=0),
    Density("frechet", "alpha+ sigma+", lower=0, draw="{1} * exponential_rng(1)^(-1 / {0})"),
    Density("rayleigh", "sigma+", lower=0, draw="{0} * sqrt(2 * exponential_rng(1))"),
    Density("loglogistic", "alpha+ beta+", lower=0, draw="{0} * exp(logistic_rng(0, 1) / {1})", log_tails=False),
    Density("pareto", "y_min+ alpha+", lower="y_min", draw="{0} * exp(exponential_rng({1}))"),
    Density(
        "pareto_type_2", "mu lambda+ alpha+", lower="mu", draw="{0} + {1} * expm1(exponential_rng({2}))",
    ),
    Density("beta", "alpha+ beta+", lower=0, upper=1),
    Density("beta_proportion", "mu% kappa+", lower=0, upper=1, draw="beta_rng({0} * {1}, (1 - {0}) * {1})"),
    Density("uniform", "alpha beta", lower="alpha", upper="beta"),
)  # fmt: skip

LKJ = Density("lkj", "eta+", lower=-1, upper=1)
"""Prior of a correlation matrix; in the program ``lkj_corr_cholesky`` of its Cholesky factor."""

DIRICHLET = Density("dirichlet", "alpha+", lower=0, upper=1)
"""Prior of a simplex; takes one concentration for all its elements, or one for each."""

CONSTANT = Density("constant", "value")
"""What is not sampled but held at a value."""

_SPECIAL = {"lkj": LKJ, "lkj_corr_cholesky": LKJ, "dirichlet": DIRICHLET, "constant": CONSTANT}

DENSITIES: Registry[Density] = Registry("distribution", {d.name: d for d in _DENSITIES}, PriorError)
"""The densities of real parameters."""

DISTRIBUTIONS: Registry[Density] = Registry("distribution", {**DENSITIES, **_SPECIAL}, PriorError)
"""Everything that a prior may name, but for those that shrink: see ``shrinkage``."""
