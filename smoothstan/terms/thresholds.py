"""Thresholds between ordered categories, which stand for the intercept: ``Intercept[1]``, ``Intercept[2]``, ..."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray, IntArray, StanData
from smoothstan.errors import DataError
from smoothstan.priors import DefaultScale, PriorSlot
from smoothstan.table import Factor, Logical, Table, as_factor
from smoothstan.terms.expression import Expression
from smoothstan.terms.model_matrix import ModelMatrix
from smoothstan.terms.names import clean_name
from smoothstan.terms.term import Draws, PriorParameter, Supply, TermBeside, Variable


@dataclass(frozen=True)
class ThresholdBlock:
    """The thresholds of one group, or of all rows.

    Args:
        number: the number of the group, from 1; 0 where all rows share the thresholds.
        level: the group's level, or empty.
        count: the number of thresholds.
    """

    number: int
    level: str
    count: int

    @property
    def p(self) -> str:
        """The suffix of the Stan names."""
        return f"_{self.number}" if self.number else ""

    @property
    def size(self) -> str:
        """The number of thresholds in Stan."""
        return f"nthres[{self.number}]" if self.number else "nthres"

    @property
    def group(self) -> str:
        """The group in names and priors."""
        return clean_name(self.level)

    def name(self, k: int) -> str:
        """Return the posterior name of a threshold, counted from 1."""
        return f"b_Intercept[{self.group},{k}]" if self.number else f"b_Intercept[{k}]"


@final
@dataclass(frozen=True)
class ThresholdTerm(TermBeside):
    """The thresholds of an ordinal model.

    Args:
        blocks: the thresholds by group.
        kind: ``"flexible"``, ``"equidistant"`` or ``"sum_to_zero"``.
        ordered: whether they must increase.
        grouping: the groups with thresholds of their own, or None.
        columns: the population-level columns that are centred in the program, or None for none.
        default: the default prior.
    """

    blocks: tuple[ThresholdBlock, ...]
    kind: str
    ordered: bool
    grouping: Expression | None
    columns: ModelMatrix | None
    default: str

    template: ClassVar[str] = "terms/thresholds.stan.jinja"

    @property
    def grouped(self) -> bool:
        """Whether groups have thresholds of their own."""
        return self.grouping is not None

    @property
    def equidistant(self) -> bool:
        """Whether neighbours have the same distance."""
        return self.kind == "equidistant"

    @property
    def sum_to_zero(self) -> bool:
        """Whether their sum is zero."""
        return self.kind == "sum_to_zero"

    @property
    def shifted(self) -> bool:
        """Whether the program's thresholds are those at the means of the columns."""
        return self.columns is not None

    @property
    def stem(self) -> str:
        """The Stan name of the thresholds that the likelihood uses."""
        return "Intercept_stz" if self.sum_to_zero else "Intercept"

    @property
    def most(self) -> int:
        """The largest number of thresholds."""
        return max(block.count for block in self.blocks)

    def where(self, block: ThresholdBlock) -> str:
        """Return the group as a comment names it."""
        at_means = " at the means of the columns" if self.shifted else ""
        return f" of {block.level}" if self.grouped else at_means

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns of the grouping."""
        return () if self.grouping is None else self.grouping.variables

    def indices(self, table: Table) -> IntArray:
        """Return the (n,) numbers of the rows' blocks, from 0."""
        if self.grouping is None:
            return np.zeros(table.n, dtype=np.int64)
        value = self.grouping.at(table)
        assert isinstance(value, (Factor, Logical))
        factor = as_factor(value)
        place = {block.level: i for i, block in enumerate(self.blocks)}
        for level in factor.levels:
            if level not in place:
                raise DataError(
                    f"thresholds are known for {', '.join(place)}; {self.grouping.label} has the unknown level "
                    f"{level!r}"
                )
        return np.asarray([place[level] for level in factor.levels], dtype=np.int64)[factor.codes]

    def stan_data(self, table: Table) -> StanData:
        """Return nthres; for groups also their number, and the first and last threshold of every row."""
        if not self.grouped:
            return {"nthres": self.most}
        counts = np.asarray([block.count for block in self.blocks])
        ends = np.cumsum(counts)
        places = np.column_stack([ends - counts + 1, ends])
        return {"ngrthres": len(counts), "nthres": counts, "Jthres": places[self.indices(table)]}

    def prior_slots(self, scale: DefaultScale) -> tuple[PriorSlot, ...]:
        """Return the rows of the classes ``Intercept`` and ``delta``."""
        free = self.equidistant or not self.ordered
        slots = [PriorSlot("Intercept", default=scale.fill(self.default), bounded=free)]
        if self.equidistant:
            slots.append(PriorSlot("delta", lb=self._least))
        for block in self.blocks:
            if self.grouped:
                slots.append(PriorSlot("Intercept", group=block.group))
            if self.equidistant and self.grouped:
                slots.append(PriorSlot("delta", group=block.group, lb=self._least))
            if not self.equidistant:
                slots += [PriorSlot("Intercept", coef=str(k), group=block.group) for k in _numbers(block)]
        return tuple(slots)

    @property
    def _least(self) -> float | None:
        return 0.0 if self.ordered else None

    @property
    def prior_parameters(self) -> tuple[PriorParameter, ...]:
        """The vectors of thresholds, or the first ones and the distances."""
        return tuple(parameter for block in self.blocks for parameter in self._parameters(block))

    def _parameters(self, block: ThresholdBlock) -> Iterator[PriorParameter]:
        p = block.p
        if self.equidistant:
            for name, class_ in (("first_Intercept", "Intercept"), ("delta", "delta")):
                yield PriorParameter(f"{name}{p}", ((class_, "", block.group, ""),), (f"{name}{p}",), scalar=True)
        else:
            addresses = tuple(("Intercept", str(k), block.group, "") for k in _numbers(block))
            yield PriorParameter(f"Intercept{p}", addresses, tuple(f"Intercept{p}[{k}]" for k in _numbers(block)))

    @property
    def variables(self) -> tuple[Variable, ...]:
        """``b_Intercept[1]``, ..., the distances, and the thresholds at the means of the columns."""
        found = [Variable(b.name(k), (f"b_Intercept{b.p}[{k}]",)) for b in self.blocks for k in _numbers(b)]
        if self.equidistant:
            found += [Variable(f"delta{b.p}", (f"delta{b.p}",)) for b in self.blocks]
        names = (f"Intercept{b.p}[{k}]" for b in self.blocks for k in _numbers(b))
        return (*found, *(Variable(name, (name,)) for name in names))

    def coefficient_names(self, dpar: str) -> tuple[tuple[str, str], ...]:
        """Return label and posterior name of the thresholds."""
        if dpar != "mu":
            return ()
        names = [block.name(k) for block in self.blocks for k in _numbers(block)]
        return tuple((name.removeprefix("b_"), name) for name in names)

    def program_parameters(self, draws: Draws) -> dict[str, FloatArray]:
        """Return the thresholds at the means of the columns, or the first of them and the distance."""
        found: dict[str, FloatArray] = {}
        for block in self.blocks:
            if self.equidistant:
                found[f"first_Intercept{block.p}"] = draws[f"Intercept{block.p}[1]"]
                found[f"delta{block.p}"] = draws[f"delta{block.p}"]
            else:
                names = (f"Intercept{block.p}[{k}]" for k in _numbers(block))
                found[f"Intercept{block.p}"] = np.column_stack([draws[name] for name in names])
        return found

    def program_results(self, parameters: Draws, table: Table) -> dict[str, FloatArray]:
        """Return the thresholds that follow from the parameters, and those at zero."""
        found: dict[str, FloatArray] = {}
        for block in self.blocks:
            p = block.p
            if self.equidistant:
                steps = parameters[f"delta{p}"][:, None] * np.arange(block.count)
                found[f"Intercept{p}"] = values = parameters[f"first_Intercept{p}"][:, None] + steps
            else:
                values = parameters[f"Intercept{p}"]
            if self.sum_to_zero:
                found[f"Intercept_stz{p}"] = values = values - values.mean(axis=1, keepdims=True)
            if self.columns is not None:
                values = values + (parameters["b"] @ self.columns.at(table).mean(axis=0))[:, None]
            found[f"b_Intercept{p}"] = values
        return found

    @property
    def supplies(self) -> tuple[Supply, ...]:
        """The thresholds, the numbers of the first and the last of every row, and the largest number of them."""
        if not self.grouped:
            return (
                Supply("thresholds", self.stem), Supply("start", "rep_array(1, N)"),
                Supply("end", "rep_array(nthres, N)"), Supply("most", "nthres"),
            )  # fmt: skip
        merged = f"{self.stem}{self.blocks[0].p}"
        for block in self.blocks[1:]:
            merged = f"append_row({merged}, {self.stem}{block.p})"
        return (
            Supply("thresholds", "thresholds", "vector[sum(nthres)]", merged),
            Supply("start", "Jthres[, 1]"), Supply("end", "Jthres[, 2]"), Supply("most", "max(nthres)"),
            Supply("grouped", "1"),
        )  # fmt: skip

    @property
    def supplied_names(self) -> tuple[str, ...]:
        """The thresholds."""
        return ("thresholds",)

    def supplied(self, draws: Draws, table: Table) -> dict[str, FloatArray]:
        """Return the thresholds, (draws, rows or 1, K); infinite ones where a row has fewer."""
        count = len(draws[self.blocks[0].name(1)])
        values = np.full((count, len(self.blocks), self.most), np.inf)
        for i, block in enumerate(self.blocks):
            for k in _numbers(block):
                values[:, i, k - 1] = draws[block.name(k)]
        return {"thresholds": values[:, self.indices(table)] if self.grouped else values}


def _numbers(block: ThresholdBlock) -> range:
    return range(1, block.count + 1)
