"""Distributional parameters without a formula: sampled as one number, or held at one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray, StanData
from smoothstan.families import Parameter
from smoothstan.numerals import format_number
from smoothstan.priors import DefaultScale, PriorSlot
from smoothstan.table import Table
from smoothstan.terms.term import Draws, PriorParameter, TermBeside, Variable


@final
@dataclass(frozen=True)
class AuxiliaryTerm(TermBeside):
    """A parameter such as ``sigma``: the same in every row, on its natural scale.

    ``value`` is None if it is sampled, else the number that it is held at.
    """

    parameter: Parameter
    value: float | None = None

    template: ClassVar[str] = "terms/auxiliary.stan.jinja"

    @property
    def name(self) -> str:
        """The parameter's name."""
        return self.parameter.name

    @property
    def limits(self) -> str:
        """The parameter's own bounds as Stan declares them."""
        given = (("lower", self.parameter.lower), ("upper", self.parameter.upper))
        text = ", ".join(f"{name}={format_number(value)}" for name, value in given if value is not None)
        return f"<{text}>" if text else ""

    @property
    def expression(self) -> str:
        """What stands for it in the program: its name, or the number that it is always held at."""
        return "1" if self.is_one else self.name

    @property
    def is_one(self) -> bool:
        """Whether it is held at one, as long as nothing else is said."""
        return self.value == self.parameter.held == 1

    @property
    def reads(self) -> tuple[str, ...]:
        """No columns."""
        return ()

    def stan_data(self, table: Table) -> StanData:
        """Return the number that it is held at."""
        return {} if self.value is None else {self.name: self.value}

    def prior_slots(self, scale: DefaultScale) -> tuple[PriorSlot, ...]:
        """Return one row, its class named like the parameter."""
        if self.value is not None:
            return ()
        facts = self.parameter
        symbol = "min_Y" if facts.below_response else ""
        return (
            PriorSlot(
                facts.name,
                default=scale.fill(facts.prior),
                lb=facts.lower,
                ub=facts.upper,
                ub_symbol=symbol,
                open_range=True,
            ),
        )

    @property
    def prior_parameters(self) -> tuple[PriorParameter, ...]:
        """The parameter itself, unless it is held."""
        if self.value is not None:
            return ()
        return (PriorParameter(self.name, ((self.name, "", "", ""),), (self.name,), scalar=True),)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The parameter itself, unless the model says a number for it."""
        if self.value is None:
            return (Variable(self.name, (self.name,)),)
        return (Variable(self.name, (f"{self.name}_held",)),) if self.is_one else ()

    def program_parameters(self, draws: Draws) -> dict[str, FloatArray]:
        """Return the parameter itself, unless it is held."""
        return {} if self.value is not None else {self.name: draws[self.name]}

    def program_results(self, parameters: Draws, table: Table) -> dict[str, FloatArray]:
        """Return the number that it is always held at."""
        return {f"{self.name}_held": np.ones(len(next(iter(parameters.values()))))} if self.is_one else {}

    def values(self, draws: Draws) -> FloatArray:
        """Return the parameter as a (draws, 1) column, or as (1, 1) if it is held."""
        if self.value is not None:
            return np.full((1, 1), self.value)
        return draws[self.name][:, None]
