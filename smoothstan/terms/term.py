"""What every part of a linear predictor has to say, once it is bound to data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from smoothstan.arrays import FloatArray, StanData
from smoothstan.priors import DefaultScale, PriorSlot, PriorTable
from smoothstan.table import Table
from smoothstan.terms.expression import Expression

Address = tuple[str, str, str, str]
"""(class, coef, group, dpar) of a prior."""

Draws = Mapping[str, FloatArray]
"""Posterior variable (brms's name) -> (draws, ...) array."""


@dataclass(frozen=True)
class PriorParameter:
    """A sampled Stan parameter that has priors: its Stan name and the address of each element.

    Args:
        labels: the elements' names in the posterior.
        concentration: of a simplex the Stan vector of its Dirichlet prior; ``size`` is its length.
        elements: if an element is a row of several numbers, the names of those of every element.
        whole: the Stan expression for all numbers as a vector, where it is not the name.
        copies: the Stan expression for the length of an array of parameters that share their priors.
    """

    stan: str
    addresses: tuple[Address, ...]
    labels: tuple[str, ...]
    scalar: bool = False
    concentration: str = ""
    size: int = 1
    elements: tuple[tuple[str, ...], ...] = ()
    whole: str = ""
    copies: str = ""

    @property
    def each(self) -> int:
        """How many numbers an element has."""
        return len(self.elements[0]) if self.elements else 1

    def names_of(self, label: str) -> tuple[str, ...]:
        """Return the names of an element's numbers."""
        return self.elements[self.labels.index(label)] if self.elements else (label,)


@dataclass(frozen=True)
class Variable:
    """A posterior variable: brms's name, the Stan columns that hold it, and its dimensions.

    ``columns`` are names such as ``"r_1[3,1]"`` in the order of the array's elements (last index
    fastest); ``dims`` and ``coords`` are empty for a scalar.
    """

    name: str
    columns: tuple[str, ...]
    dims: tuple[str, ...] = ()
    coords: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class DensePart:
    """A matrix of the design and the vector that multiplies it, by their Stan names.

    ``matrix`` is what the program multiplies; ``columns`` the Stan expression for its number of columns.
    """

    matrix: str
    coefficients: str
    columns: str


@dataclass(frozen=True)
class Addend:
    """A Stan expression that is added to a linear predictor: an (N,) vector, or a scalar.

    With ``pieces`` it is the name of a vector made beforehand, zero but for the rows that each piece
    fills: (array of row numbers, expression).
    """

    expression: str
    vector: bool = True
    pieces: tuple[tuple[str, str], ...] = ()
    comment: str = ""


@dataclass(frozen=True)
class Supply:
    """What a term gives to the family beside linear predictors: its name there, and the Stan expression.

    With a ``declaration``, its Stan type, the expression is a local variable that holds ``value``; values that several
    terms give under one name are added.
    """

    name: str
    expression: str
    declaration: str = ""
    value: str = ""


@dataclass(frozen=True)
class BoundTerm(ABC):
    """A term whose columns are fixed by the data.

    Implementing a term kind: a file in ``terms/`` with a final subclass and a function that binds it,
    a file ``stan_templates/terms/<template>.stan.jinja``, and a line in ``design/build.py``.  The template
    exports any of the macros ``functions``, ``data``, ``transformed_data``, ``parameters``,
    ``transformed_parameters``, ``model`` and ``generated_quantities``, each of one argument, the term.
    """

    template: ClassVar[str]
    penalised: ClassVar[bool] = True
    """Whether ``gam()`` has such a term."""

    @abstractmethod
    def stan_data(self, table: Table) -> StanData:
        """Return the data of this term at the rows of a table; the names are those that brms uses."""

    def prior_data(self, priors: PriorTable) -> StanData:
        """Return the data that priors give, in the place of those of ``stan_data``."""
        return {}

    @property
    @abstractmethod
    def reads(self) -> tuple[str, ...]:
        """The columns of the table that it needs, for the fit and for new data."""

    @abstractmethod
    def prior_slots(self, scale: DefaultScale) -> tuple[PriorSlot, ...]:
        """Return the rows that this term adds to the prior table."""

    @property
    @abstractmethod
    def prior_parameters(self) -> tuple[PriorParameter, ...]:
        """The sampled parameters that have priors."""

    @property
    @abstractmethod
    def variables(self) -> tuple[Variable, ...]:
        """What this term adds to the posterior."""

    @property
    def latent_variables(self) -> tuple[Variable, ...]:
        """The parameters that are kept beside the posterior, as its variables do not tell them; mostly nothing.

        Together with ``variables`` they are the draws that ``program_parameters`` reads.
        """
        return ()

    @abstractmethod
    def dense(self, dpar: str) -> tuple[DensePart, ...]:
        """The matrix products that it adds to the linear predictor of ``dpar``."""

    @abstractmethod
    def addends(self, dpar: str) -> tuple[Addend, ...]:
        """What else it adds to it."""

    @abstractmethod
    def contribution(self, dpar: str, draws: Draws, table: Table) -> FloatArray | float:
        """Return what it adds to the linear predictor of ``dpar``: (draws, rows), or a broadcastable part.

        An array is new; the caller may change it.
        """

    def coefficient_names(self, dpar: str) -> tuple[tuple[str, str], ...]:
        """Return the name of every population-level coefficient of ``dpar``, and its posterior variable."""
        return ()

    @property
    def factors(self) -> tuple[tuple[Expression, ...], ...]:
        """The expressions that its population-level terms multiply, term by term, as effects are shown."""
        return ()

    @property
    def whole_numbers(self) -> tuple[str, ...]:
        """The columns that, if they are numbers, must be whole."""
        return ()

    @property
    def supplies(self) -> tuple[Supply, ...]:
        """What else the family's macros can place; mostly nothing."""
        return ()

    @property
    def supplied_names(self) -> tuple[str, ...]:
        """The keys of what ``supplied`` returns."""
        return ()

    def supplied(self, draws: Draws, table: Table) -> dict[str, FloatArray]:
        """Return what the family's methods read beside its parameters; those of several terms are added."""
        return {}

    @property
    def width(self) -> int:
        """How many numbers it computes for every row before they meet the draws."""
        return 1

    def program_parameters(self, draws: Draws) -> dict[str, FloatArray]:
        """Return the parameters of the Stan program, by their Stan names, that give these draws; (draws, ...) each.

        A term without parameters returns nothing.
        """
        return {}

    def program_results(self, parameters: Draws, table: Table) -> dict[str, FloatArray]:
        """Return what the program computes from parameters, by Stan name: transformed and generated; (draws, ...) each.

        Together with the parameters it holds all columns of ``variables``.
        """
        return {}

    def released(self) -> BoundTerm:
        """Return the term without what it keeps of the data only to save time."""
        return self

    def model_columns(self, dpar: str, table: Table) -> Iterator[tuple[str, FloatArray]]:
        """Yield the posterior name of every coefficient of ``dpar`` and the (n,) column that multiplies it.

        A term without coefficients yields nothing.
        """
        yield from ()


@dataclass(frozen=True)
class TermWithoutParameters(BoundTerm):
    """A term in which everything is known: it has no priors, and adds nothing to the posterior."""

    def prior_slots(self, scale: DefaultScale) -> tuple[PriorSlot, ...]:
        """Return nothing."""
        return ()

    @property
    def prior_parameters(self) -> tuple[PriorParameter, ...]:
        """Nothing."""
        return ()

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Nothing."""
        return ()


@dataclass(frozen=True)
class TermBeside(BoundTerm):
    """A term that adds nothing to a linear predictor: its parameters go to the family."""

    def dense(self, dpar: str) -> tuple[DensePart, ...]:
        """Return nothing."""
        return ()

    def addends(self, dpar: str) -> tuple[Addend, ...]:
        """Return nothing."""
        return ()

    def contribution(self, dpar: str, draws: Draws, table: Table) -> FloatArray | float:
        """Return nothing to add."""
        return 0.0


def added(total: FloatArray | float, part: FloatArray | float) -> FloatArray | float:
    """Return a sum, in the memory of ``total`` where that has the shape of the sum."""
    if isinstance(total, np.ndarray) and total.shape == np.broadcast_shapes(total.shape, np.shape(part)):
        total += part
        return total
    if not isinstance(total, np.ndarray) and total == 0:
        return part
    return total + part
