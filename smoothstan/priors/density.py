"""The distributions that a prior may name: Stan's continuous densities on the reals.

Source: Stan Functions Reference 2.39, parts 'Unbounded', 'Positive', 'Positive lower-bounded',
'Bounded' and 'Correlation matrix' distributions.
"""

from __future__ import annotations

from dataclasses import dataclass

from smoothstan.errors import PriorError
from smoothstan.registry import Registry


@dataclass(frozen=True)
class Density:
    """A Stan density.

    ``arguments`` has one letter per parameter: ``r`` a real number, ``p`` a positive one.
    A last letter with a plus stands for one or more numbers, which may be written as ``c(...)``.
    ``lower`` and ``upper`` bound its support; None where it is unbounded or depends on the arguments.
    ``log_tails`` is False where Stan has its distribution function but not the logarithms of it.
    """

    name: str
    arguments: str
    lower: float | None = None
    upper: float | None = None
    log_tails: bool = True


_DENSITIES = (
    Density("std_normal", ""),
    Density("normal", "rp"),
    Density("student_t", "prp"),
    Density("cauchy", "rp"),
    Density("double_exponential", "rp"),
    Density("logistic", "rp"),
    Density("gumbel", "rp"),
    Density("skew_normal", "rpr"),
    Density("exp_mod_normal", "rpp"),
    Density("lognormal", "rp", lower=0),
    Density("chi_square", "p", lower=0),
    Density("inv_chi_square", "p", lower=0),
    Density("scaled_inv_chi_square", "pp", lower=0),
    Density("exponential", "p", lower=0),
    Density("gamma", "pp", lower=0),
    Density("inv_gamma", "pp", lower=0),
    Density("weibull", "pp", lower=0),
    Density("frechet", "pp", lower=0),
    Density("rayleigh", "p", lower=0),
    Density("loglogistic", "pp", lower=0, log_tails=False),
    Density("pareto", "pp", lower=0),
    Density("pareto_type_2", "rpp"),
    Density("beta", "pp", lower=0, upper=1),
    Density("beta_proportion", "pp", lower=0, upper=1),
    Density("uniform", "rr"),
)

DENSITIES: Registry[Density] = Registry("distribution", {d.name: d for d in _DENSITIES}, PriorError)

LKJ = Density("lkj", "p", lower=-1, upper=1)
"""Prior of a correlation matrix; in the program ``lkj_corr_cholesky`` of its Cholesky factor."""

DIRICHLET = Density("dirichlet", "p+", lower=0, upper=1)
"""Prior of a simplex, with one concentration for all of its elements or one for each."""

NOT_BUILT = frozenset({"horseshoe", "R2D2", "lasso", "constant"})
