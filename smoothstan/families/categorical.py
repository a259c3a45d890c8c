"""Unordered categories."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import FamilyError, suggestion
from smoothstan.families.categories import category_log_density, draw_categories, refuse_codes
from smoothstan.families.category_names import category_parameters
from smoothstan.families.family import Constant, Family, Parameter, Parameters, Response
from smoothstan.numerals import format_number, is_number

_NO_REFERENCE = "NA"
_MU = Parameter("mu", "log odds of a category", ("logit",))
_LOG_ODDS = Parameter("mu", "log odds", ("identity",), prior="student_t(3, 0, 2.5)")
"""brms's default prior of intercepts, whatever the link."""


@final
@dataclass(frozen=True)
class Categorical(Family):
    """P(y = k) = exp(mu_k) / sum_j exp(mu_j), with mu = 0 for the reference.

    Args:
        links: those of the parameters.
        refcat: the reference, by default the first category; ``"NA"`` or a missing value for none.
        categories: the labels of the categories, once the response is known.

    Source: ``categorical`` of brms.
    """

    refcat: Any = None
    categories: tuple[str, ...] = ()

    name: ClassVar[str] = "categorical"
    discrete: ClassVar[bool] = True
    categorical: ClassVar[bool] = True
    options: ClassVar[tuple[str, ...]] = ("refcat",)
    shared_priors: ClassVar[tuple[str, ...]] = ("b", "Intercept")

    def __post_init__(self) -> None:
        object.__setattr__(self, "refcat", _label(self.refcat))

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The log odds of every category but the reference; ``mu`` before the response is known."""
        if not self.categories:
            return (_MU,)
        labelled = zip(self.by_category, self.categories, strict=True)
        return tuple(replace(_LOG_ODDS, name=n, description=f"log odds of {label}") for n, label in labelled if n)

    @property
    def main(self) -> tuple[str, ...]:
        """All parameters."""
        return tuple(name for name in self.by_category if name)

    @property
    def by_category(self) -> tuple[str, ...]:
        """The names of the parameters, empty for the reference."""
        reference = self._reference()
        others = [label for label in self.categories if label != reference]
        names = dict(zip(others, category_parameters("mu", others), strict=True))
        return tuple(names.get(label, "") for label in self.categories)

    @property
    def constants(self) -> tuple[Constant, ...]:
        """The number of categories."""
        return (Constant("int<lower=2>", "ncat", "number of categories", len(self.categories)),)

    def bound(self, categories: tuple[str, ...]) -> Family:
        """Return the family that knows the categories."""
        if len(categories) < 2:
            raise FamilyError(f"family categorical needs at least two categories, found {', '.join(categories)}")
        known = replace(self, links=(("mu", "logit"),), categories=categories)
        return replace(known, links=(("mu", "logit"), *((name, "identity") for name in known.main)))

    def _reference(self) -> str | None:
        if self.refcat in self.categories:
            return str(self.refcat)
        if self.refcat == _NO_REFERENCE or not self.categories:
            return None
        if self.refcat is None:
            return self.categories[0]
        raise FamilyError(
            f"refcat must be one of the categories {', '.join(self.categories)}, or 'NA' for none, got "
            f"{self.refcat!r}{suggestion(self.refcat, self.categories)}"
        )

    def check_response(self, response: Response) -> None:
        """Accept the codes of the categories."""
        refuse_codes(response, len(self.categories), self.name)

    def probabilities(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return the softmax of the log odds."""
        odds = self._log_odds(parameters)
        odds -= odds.max(axis=2, keepdims=True)
        np.exp(odds, out=odds)
        odds /= odds.sum(axis=2, keepdims=True)
        return odds

    def mean(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return the probabilities of the categories."""
        return self.probabilities(parameters, response)

    def log_density(self, response: Response, parameters: Parameters) -> FloatArray:
        """Return the log odds of the category less the log of the sum of the odds."""
        odds = self._log_odds(parameters)
        highest = odds.max(axis=2)
        total = highest + np.log(np.exp(odds - highest[:, :, None]).sum(axis=2))
        return np.asarray(category_log_density(odds, response) - total)

    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw codes of categories."""
        return draw_categories(rng, self.probabilities(parameters, response))

    def _log_odds(self, parameters: Parameters) -> FloatArray:
        """Return a new array (draws, rows, categories)."""
        given = [np.asarray(parameters[name]) if name else None for name in self.by_category]
        shape = np.broadcast_shapes(*(values.shape for values in given if values is not None))
        odds = np.zeros((*shape, len(given)))
        for k, values in enumerate(given):
            if values is not None:
                odds[:, :, k] = values
        return odds


def _label(refcat: Any) -> str | None:
    """Return a reference as the label of a category, ``"NA"`` for none."""
    if refcat is None or isinstance(refcat, str):
        return refcat
    if isinstance(refcat, (bool, np.bool_)):
        return str(refcat).upper()
    if is_number(refcat):
        return format_number(refcat)
    if str(refcat) in ("nan", "<NA>"):
        return _NO_REFERENCE
    raise FamilyError(f"refcat is the label of a category, or 'NA' for none, got {refcat!r}")
