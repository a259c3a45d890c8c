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
from smoothstan.families.log_scale import log_difference

Parameters = Mapping[str, FloatArray]
"""Distributional parameter -> values on the natural scale, broadcastable to (draws, rows)."""


@dataclass(frozen=True)
class Parameter:
    """A distributional parameter.

    ``links`` are allowed when it is predicted; the first is the default.  ``prior`` is the default on
    the natural scale, ``intercept_prior`` the one for its intercept when it is predicted; words in braces
    such as ``{scale}`` are replaced by what brms derives from the response.  ``below_response`` marks a parameter that
    is at most the smallest response; ``held`` is the number of one that is not sampled unless it is predicted.
    """

    name: str
    description: str
    links: tuple[str, ...]
    lower: float | None = None
    upper: float | None = None
    prior: str = ""
    intercept_prior: str = "student_t(3, 0, 2.5)"
    below_response: bool = False
    held: float | None = None


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
        categories: labels of the categories that ``y`` counts from 1; none for other responses.
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
    categories: tuple[str, ...] = ()

    def rows(self, rows: slice) -> Response:
        """Return some of the rows; the values of a response that is not there stay empty."""
        given = {f.name: getattr(self, f.name) for f in fields(self)}
        taken: dict[str, Any] = {k: values[rows] for k, values in given.items() if isinstance(values, np.ndarray)}
        return replace(self, **taken)


@dataclass(frozen=True)
class Constant:
    """A number of the family that the program reads as data: its Stan type, its name, what it is, and its value."""

    kind: str
    name: str
    comment: str
    value: int


@dataclass(frozen=True)
class Family(ABC):
    """A response distribution.

    Implementing a family: subclass this in a file of its own, decorate it with
    ``@final @dataclass(frozen=True)``, set the class variables, write the four methods, add
    ``stan_templates/families/<name>.stan.jinja`` and one line to ``families/__init__``.  The template
    exports ``density(v)``, the log density on the natural scale summed over the rows, and ``pointwise(v)``, the same as
    a vector of rows, or ``weighted(v)``, the sum of the rows weighted by ``v.weights``; where Stan has one,
    ``density_<link>(v)``, which takes the linear predictor itself, and ``glm_<link>(v)``, the GLM primitive; and, if it
    needs them, ``functions()`` and ``transformed_data()``, or ``functions(v)`` and ``transformed_data(v)``.  ``v``
    names the Stan expressions: ``v.y``, ``v.mu``, ``v.trials`` and every further parameter, each a vector of rows or
    a number; for the primitive also ``v.X``, ``v.alpha`` and ``v.beta``.  A family that can be censored or truncated
    sets ``cdf``, has the methods ``log_cdf``, ``log_ccdf`` and ``truncated_mean``, and a macro ``cdf(v)`` with the
    arguments of Stan's distribution function, ``y | mu, sigma``, and ``cdf_functions()`` with the functions
    ``<cdf>_lcdf_rows`` and ``<cdf>_lccdf_rows`` of vectors.  Where these belong to another family, of which it is a
    mixture with zeros, ``at_most(v, inner)`` and ``above(v, inner)`` make log P(Y <= y) and log P(Y > y) of them.

    What the program must know of the rows whose responses are not censored (``v.n_rows`` of them), such as which are
    zero, a macro ``row_sets(v)`` finds in the transformed data; it may use the functions of ``functions/rows.stan``.

    A family of categories sets ``categorical``, has the method ``probabilities``, and codes its response 1, 2, ...
    Where the data say which parameters there are, ``parameters`` is a property, and ``bound`` returns the family that
    knows them; ``main`` names those that the main formula predicts.  Such a family may say in ``by_category`` which
    linear predictor belongs to every category: ``v.mu`` is then the matrix of them, a column per category.  Macros
    ``pointwise_functions()`` and ``pointwise_data()`` give what only ``pointwise(v)`` needs.

    What terms give to a family beside its parameters (``BoundTerm.supplies`` and ``supplied``), such as thresholds, its
    macros place and its methods read under the names that the terms say; ``v.link`` is the link of a family with
    ``joint_link``.

    ``links`` holds a link for every parameter.
    """

    links: tuple[tuple[str, str], ...] = ()

    name: ClassVar[str]
    discrete: ClassVar[bool] = False
    binary: ClassVar[bool] = False
    support: ClassVar[tuple[float, float]] = (-np.inf, np.inf)
    """The smallest and the largest response, as far as they do not depend on parameters or additions."""
    atom: ClassVar[bool] = False
    """Whether the smallest response has a probability of its own; that of a discrete family always has."""
    log_scale: ClassVar[bool] = False
    """Whether ``mu`` is on the scale of the logarithm of the response whatever its link, for default priors."""
    required_additions: ClassVar[tuple[str, ...]] = ()
    optional_additions: ClassVar[tuple[str, ...]] = ("weights",)
    cdf: ClassVar[str] = ""
    """Stan's name of the distribution whose ``_lcdf`` and ``_lccdf`` the template's macro ``cdf`` fits; or empty."""
    categorical: ClassVar[bool] = False
    """Whether the response is one of several categories, coded 1, 2, ...; means are then their probabilities."""
    ordered: ClassVar[bool] = False
    """Whether the categories have an order."""
    ordered_thresholds: ClassVar[bool] = False
    """Whether thresholds between ordered categories must increase."""
    joint_link: ClassVar[bool] = False
    """Whether ``mu`` stays a linear predictor, because its link works on thresholds as well."""
    options: ClassVar[tuple[str, ...]] = ()
    """Fields beside the links that ``family()`` takes."""
    shared_priors: ClassVar[tuple[str, ...]] = ()
    """Classes of priors that can be given for all parameters at once."""

    @property
    @abstractmethod
    def parameters(self) -> tuple[Parameter, ...]:
        """The distributional parameters; mostly a class variable."""

    @property
    def main(self) -> tuple[str, ...]:
        """The parameters that the main formula predicts."""
        return ("mu",)

    @property
    def by_category(self) -> tuple[str, ...]:
        """The parameter that is the linear predictor of every category, empty for the reference; mostly none."""
        return ()

    @property
    def constants(self) -> tuple[Constant, ...]:
        """What the program must know of the family."""
        return ()

    @classmethod
    def create(cls, links: Mapping[str, str], **options: Any) -> Family:
        """Make the family with the given links, the defaults elsewhere, and its own options."""
        for option in options:
            if option not in cls.options:
                known_options = f" (options: {', '.join(cls.options)})" if cls.options else ""
                raise FamilyError(f"family {cls.name} has no option {option!r}{known_options}")
        family = cls(**options)
        for dpar in links:
            family.parameter(dpar)
        chosen = tuple((p.name, _checked_link(cls.name, p, links.get(p.name))) for p in family.parameters)
        return replace(family, links=chosen)

    def bound(self, categories: tuple[str, ...]) -> Family:
        """Return the family of a response with these categories; the same again unless its parameters depend on them.

        Raises:
            FamilyError: if it cannot have such categories.
        """
        return self

    def link(self, dpar: str) -> Link:
        """Return the link of a distributional parameter."""
        return LINKS[dict(self.links)[dpar]]

    def parameter(self, dpar: str) -> Parameter:
        """Return the facts of a distributional parameter."""
        for parameter in self.parameters:
            if parameter.name == dpar:
                return parameter
        raise FamilyError(
            f"family {self.name} has no parameter {dpar!r} (parameters: {', '.join(p.name for p in self.parameters)})"
        )

    def probabilities(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return the probabilities of the categories, (draws, rows, categories); for families of categories."""
        raise FamilyError(f"family {self.name} has no categories")

    def log_cdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y <= y), (draws, rows); for families with a ``cdf``."""
        raise FamilyError(f"family {self.name} has no distribution function")

    def log_ccdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y > y), (draws, rows); for families with a ``cdf``."""
        raise FamilyError(f"family {self.name} has no distribution function")

    def log_between(self, low: FloatArray, high: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(low < Y <= high), (draws, rows), from the tail in which it loses no digits."""
        lowest, highest = self.support
        empty = (high < lowest) | (low >= highest)
        low = np.where(low < lowest if self.discrete else low <= lowest, -np.inf, low)
        high = np.where(high >= highest, np.inf, high)
        # Distribution functions need not take numbers beyond the support; what overflows has the right limit.
        inside = 0.0 if self.discrete else 0.5
        bottom, top = (np.where(np.isfinite(bound) & ~empty, bound, inside) for bound in (low, high))
        with np.errstate(over="ignore", divide="ignore"):
            lower = np.where(low == -np.inf, -np.inf, self.log_cdf(bottom, parameters, response))
            upper = np.where(high == np.inf, 0.0, self.log_cdf(top, parameters, response))
            lower_tail = np.where(low == -np.inf, 0.0, self.log_ccdf(bottom, parameters, response))
            upper_tail = np.where(high == np.inf, -np.inf, self.log_ccdf(top, parameters, response))
        from_below = lower < np.log(0.5)
        inside_mass = np.where(from_below, log_difference(upper, lower), log_difference(lower_tail, upper_tail))
        return np.where(empty, -np.inf, inside_mass)

    def truncated_mean(
        self, low: FloatArray, high: FloatArray, parameters: Parameters, response: Response
    ) -> FloatArray:
        """Return E[Y | low < Y <= high], (draws, rows), for (rows,) bounds; for families with a ``cdf``."""
        raise FamilyError(f"family {self.name} has no distribution function")

    @abstractmethod
    def check_response(self, response: Response) -> None:
        """Raise FamilyError if a value lies outside the support; name the first offender."""

    @abstractmethod
    def mean(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return the expected response, (draws, rows); of categories the probabilities, (draws, rows, categories)."""

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


def check_counts(response: Response, family: str) -> None:
    """Raise FamilyError naming the first value that is no whole number >= 0."""
    y = response.y
    first_offender(response, (y < 0) | (y != np.floor(y)), "whole numbers >= 0", family)


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
