"""The tails of varying effects: those of the normal distribution, or of Student's t."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import NotYetSupported
from smoothstan.priors import PriorSlot
from smoothstan.terms.term import Draws, PriorParameter, Variable


@dataclass(frozen=True)
class Tails(ABC):
    """What every level's effects are multiplied by; names of the program end in the number of a grouping."""

    @property
    @abstractmethod
    def normal(self) -> bool:
        """Whether the effects are normal."""

    @property
    @abstractmethod
    def owns(self) -> bool:
        """Whether the program has parameters of the tails for this grouping."""

    @abstractmethod
    def stretch(self, r: str) -> str:
        """Return the Stan expression for effects, one row per level, from normal ones."""

    @abstractmethod
    def shrink(self, r: str) -> str:
        """Return the Stan expression that undoes ``stretch``."""

    @abstractmethod
    def log_determinant(self) -> str:
        """Return the Stan expression of the log determinant of ``stretch``, per coefficient, or nothing."""

    @abstractmethod
    def starts(self, near_zero: Callable[..., FloatArray], levels: int) -> dict[str, Any]:
        """Return values for its parameters in the program, as a chain might start from."""

    @abstractmethod
    def prior_slots(self, group: str) -> tuple[PriorSlot, ...]:
        """Return the rows that it adds to the prior table."""

    @abstractmethod
    def prior_parameters(self, group: str, name: str) -> tuple[PriorParameter, ...]:
        """Return its sampled parameters that have priors."""

    @abstractmethod
    def variables(self, name: str) -> tuple[Variable, ...]:
        """Return what it adds to the posterior."""

    @abstractmethod
    def latent_variables(self, name: str, levels: tuple[str, ...]) -> tuple[Variable, ...]:
        """Return its parameters that the posterior leaves out."""

    @abstractmethod
    def program_parameters(self, name: str, draws: Draws) -> dict[str, FloatArray]:
        """Return its parameters in the program, (draws, ...) each."""

    @abstractmethod
    def scales(self, parameters: Draws) -> FloatArray | None:
        """Return what the effects of every level are multiplied by, (draws, levels), from the program's parameters."""


@final
@dataclass(frozen=True)
class NormalTails(Tails):
    """Effects are normal."""

    @property
    def normal(self) -> bool:
        """Yes."""
        return True

    @property
    def owns(self) -> bool:
        """No: there are no parameters."""
        return False

    def stretch(self, r: str) -> str:
        """Return the effects."""
        return r

    def shrink(self, r: str) -> str:
        """Return the effects."""
        return r

    def log_determinant(self) -> str:
        """Return nothing."""
        return ""

    def starts(self, near_zero: Callable[..., FloatArray], levels: int) -> dict[str, Any]:
        """Return nothing."""
        return {}

    def prior_slots(self, group: str) -> tuple[PriorSlot, ...]:
        """Return nothing."""
        return ()

    def prior_parameters(self, group: str, name: str) -> tuple[PriorParameter, ...]:
        """Return nothing."""
        return ()

    def variables(self, name: str) -> tuple[Variable, ...]:
        """Return nothing."""
        return ()

    def latent_variables(self, name: str, levels: tuple[str, ...]) -> tuple[Variable, ...]:
        """Return nothing."""
        return ()

    def program_parameters(self, name: str, draws: Draws) -> dict[str, FloatArray]:
        """Return nothing."""
        return {}

    def scales(self, parameters: Draws) -> None:
        """Return nothing."""


@final
@dataclass(frozen=True)
class StudentTails(Tails):
    """Effects are multivariate t: normal ones times sqrt(df u) with u inverse chi-square, one u per level.

    Groupings of one group share ``df`` and the ``u``, as in brms.

    Args:
        owner: the number of the grouping that has the parameters.
        index: the number of this one.

    Source: Lange, Little & Taylor (1989), JASA 84, 881-896, section 2.
    """

    owner: int
    index: int

    @property
    def normal(self) -> bool:
        """No."""
        return False

    @property
    def owns(self) -> bool:
        """Whether the parameters are this grouping's."""
        return self.owner == self.index

    @property
    def _factor(self) -> str:
        return f"df_{self.owner} * udf_{self.owner}"

    def stretch(self, r: str) -> str:
        """Return the effects times the factors of their levels."""
        return f"diag_pre_multiply(sqrt({self._factor}), {r})"

    def shrink(self, r: str) -> str:
        """Return the effects over the factors of their levels."""
        return f"diag_pre_multiply(inv_sqrt({self._factor}), {r})"

    def log_determinant(self) -> str:
        """Return the sum of the logs of the factors."""
        return f"0.5 * sum(log({self._factor}))"

    def starts(self, near_zero: Callable[..., FloatArray], levels: int) -> dict[str, Any]:
        """Return the degrees of freedom and the scales of the levels, unless they are another grouping's."""
        if not self.owns:
            return {}
        df = 1 + 10 * float(np.exp(near_zero(1)[0]))
        return {f"df_{self.index}": df, f"udf_{self.index}": np.exp(near_zero(levels)) / df}

    def prior_slots(self, group: str) -> tuple[PriorSlot, ...]:
        """Return the row of the degrees of freedom."""
        return (PriorSlot("df", group=group, default="gamma(2, 0.1)", lb=1),)

    def prior_parameters(self, group: str, name: str) -> tuple[PriorParameter, ...]:
        """Return the degrees of freedom, unless they are another grouping's."""
        address = ("df", "", group, "")
        parameter = PriorParameter(f"df_{self.index}", (address,), (f"df_{name}",), scalar=True)
        return (parameter,) if self.owns else ()

    def variables(self, name: str) -> tuple[Variable, ...]:
        """``df_g``."""
        return (Variable(f"df_{name}", (f"df_{self.index}",)),) if self.owns else ()

    def latent_variables(self, name: str, levels: tuple[str, ...]) -> tuple[Variable, ...]:
        """``udf_g``, unless it is another grouping's."""
        columns = tuple(f"udf_{self.index}[{g + 1}]" for g in range(len(levels)))
        return (Variable(f"udf_{name}", columns, (name,), (levels,)),) if self.owns else ()

    def program_parameters(self, name: str, draws: Draws) -> dict[str, FloatArray]:
        """Return the degrees of freedom and the scales of the levels, also where they are another grouping's.

        Raises:
            NotYetSupported: if the scales are not among the draws, as those of old files are not.
        """
        if f"udf_{name}" not in draws:
            raise NotYetSupported(
                f"the scales of the levels behind the Student-t effects of {name!r} were not kept with the draws; "
                "sample the model again"
            )
        return {f"df_{self.owner}": draws[f"df_{name}"], f"udf_{self.owner}": draws[f"udf_{name}"]}

    def scales(self, parameters: Draws) -> FloatArray:
        """Return sqrt(df u)."""
        return np.sqrt(parameters[f"df_{self.owner}"][:, None] * parameters[f"udf_{self.owner}"])
