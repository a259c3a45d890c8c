"""What a response family has to say: its parameters, its density, and how to draw from it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import FamilyError, known
from smoothstan.families.links import LINKS, Link

Parameters = Mapping[str, FloatArray]
"""Distributional parameter -> values on the natural scale, broadcastable to (draws, rows)."""


@dataclass(frozen=True)
class Parameter:
    """A distributional parameter.

    ``links`` are allowed when it is predicted; the first is the default.  ``prior`` is the default on
    the natural scale, ``intercept_prior`` the one for its intercept when it is predicted; words in braces
    such as ``{scale}`` are replaced by what brms derives from the response.  ``below_response`` marks a parameter that
    is at most the smallest response.
    """

    name: str
    description: str
    links: tuple[str, ...]
    lower: float | None = None
    upper: float | None = None
    prior: str = ""
    intercept_prior: str = "student_t(3, 0, 2.5)"
    below_response: bool = False


@dataclass(frozen=True)
class Response:
    """The response of a model: its values and what was added to it.

    Args:
        label: what the user wrote, for messages.
        y: (n,) values; whole numbers for a discrete family.
        trials: (n,) numbers of trials, or None.
        weights: (n,) log-likelihood weights, or None.
        cens: (n,) -1 for left, 0 for no, 1 for right and 2 for interval censoring, or None.
        rcens: (n,) upper ends of censored intervals, or None.
        lb, ub: (n,) bounds of truncation, both included, or None.
        se: (n,) known standard errors, or None.
        denom: (n,) denominators of rates, or None.
    """

    label: str
    y: FloatArray
    trials: FloatArray | None = None
    weights: FloatArray | None = None
    cens: FloatArray | None = None
    rcens: FloatArray | None = None
    lb: FloatArray | None = None
    ub: FloatArray | None = None
    se: FloatArray | None = None
    denom: FloatArray | None = None

    def rows(self, rows: slice) -> Response:
        """Return some of the rows; the values of a response that is not there stay empty."""
        given = {f.name: getattr(self, f.name) for f in fields(self)[1:]}
        taken: dict[str, Any] = {name: values[rows] for name, values in given.items() if values is not None}
        return replace(self, **taken)


@dataclass(frozen=True)
class Family(ABC):
    """A response distribution.

    Implementing a family: subclass this in a file of its own, decorate it with
    ``@final @dataclass(frozen=True)``, set the class variables, write the four methods, add
    ``stan_templates/families/<name>.stan.jinja`` and one line to ``families/__init__``.  The template exports

    - ``density(v)``, the log density on the natural scale summed over the rows, and ``pointwise(v)``, a vector of rows;
    - where they are faster, ``density_<link>(v)``, which takes the linear predictor itself, with ``density_data()`` for
      its transformed data; ``glm_<link>(v)``, Stan's GLM primitive; ``weighted(v)``, the sum weighted by ``v.weights``;
    - if it needs them, ``functions()`` and ``transformed_data()``;
    - if it can be censored or truncated, ``cdf(v)``, the arguments ``y | mu, sigma`` of the distribution function, and
      ``cdf_functions()`` with Stan functions ``<cdf>_lcdf_rows`` and ``<cdf>_lccdf_rows`` of vectors, or
      ``<cdf>_lcdf_row`` and ``<cdf>_lccdf_row`` of one row; the class then sets ``cdf`` and has ``log_cdf`` and
      ``log_ccdf``.

    ``v`` names the Stan expressions: ``v.y``, ``v.mu``, ``v.trials`` and every further parameter, each a vector of rows
    or a number; for the primitive also ``v.X``, ``v.alpha`` and ``v.beta``.  ``v.vectors`` tells which are vectors.

    ``links`` holds a link for every parameter.
    """

    links: tuple[tuple[str, str], ...] = ()

    name: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]]
    discrete: ClassVar[bool] = False
    binary: ClassVar[bool] = False
    support: ClassVar[tuple[float, float]] = (-np.inf, np.inf)
    """The smallest and the largest response, as far as they do not depend on parameters or additions."""
    log_scale: ClassVar[bool] = False
    """Whether ``mu`` is on the scale of the logarithm of the response whatever its link, for default priors."""
    required_additions: ClassVar[tuple[str, ...]] = ()
    optional_additions: ClassVar[tuple[str, ...]] = ("weights",)
    cdf: ClassVar[str] = ""
    """The name with which the template's distribution functions begin, or empty if it has none."""

    @classmethod
    def create(cls, links: Mapping[str, str]) -> Family:
        """Make the family with the given links, the defaults elsewhere."""
        for dpar in links:
            cls.parameter(dpar)
        return cls(tuple((p.name, _checked_link(cls.name, p, links.get(p.name))) for p in cls.parameters))

    def link(self, dpar: str) -> Link:
        """Return the link of a distributional parameter."""
        return LINKS[dict(self.links)[dpar]]

    @classmethod
    def parameter(cls, dpar: str) -> Parameter:
        """Return the facts of a distributional parameter."""
        for parameter in cls.parameters:
            if parameter.name == dpar:
                return parameter
        raise FamilyError(
            f"family {cls.name} has no parameter {dpar!r} (parameters: {', '.join(p.name for p in cls.parameters)})"
        )

    def log_cdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y <= y), (draws, rows); for families with a ``cdf``."""
        raise FamilyError(f"family {self.name} has no distribution function")

    def log_ccdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y > y), (draws, rows); for families with a ``cdf``."""
        raise FamilyError(f"family {self.name} has no distribution function")

    @abstractmethod
    def check_response(self, response: Response) -> None:
        """Raise FamilyError if a value lies outside the support; name the first offender."""

    @abstractmethod
    def mean(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return the expected response, (draws, rows)."""

    @abstractmethod
    def log_density(self, response: Response, parameters: Parameters) -> FloatArray:
        """Return the log density (or log mass) of every observation, (draws, rows)."""

    @abstractmethod
    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw new responses, (draws, rows)."""


def _checked_link(family: str, parameter: Parameter, name: str | None) -> str:
    if name is None:
        return parameter.links[0]
    if name not in LINKS:
        raise FamilyError(f"unknown link {name!r} (known: {known(LINKS)})")
    if name not in parameter.links:
        raise FamilyError(
            f"link {name!r} is not available for {parameter.name} of family {family} "
            f"(available: {', '.join(parameter.links)})"
        )
    return name


def first_offender(response: Response, bad: FloatArray | np.ndarray, needs: str, family: str) -> None:
    """Raise FamilyError naming the first value for which ``bad`` is True."""
    if np.any(bad):
        row = int(np.argmax(bad))
        value = response.y[row]
        more = int(np.sum(bad)) - 1
        others = f" and {more} more" if more else ""
        raise FamilyError(
            f"family {family} needs {needs}; the response {response.label!r} has {value:g} "
            f"in row {row} of the rows used{others} (rows count from 0)"
        )
