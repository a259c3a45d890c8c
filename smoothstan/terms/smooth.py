"""The smooths of a linear predictor: fixed columns Xs and random columns Zs in the Stan program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray, IntArray, StanData
from smoothstan.errors import DataError, FormulaError, underline
from smoothstan.formula.syntax import Call
from smoothstan.priors import DefaultScale, PriorSlot
from smoothstan.smooths import GroupedColumns, MixedSmooth, Rows, dense
from smoothstan.table import Table
from smoothstan.terms.names import prior_dpar, suffix
from smoothstan.terms.numbered_smooth import NumberedSmooth, Smooth
from smoothstan.terms.smooth_bind import SmoothOptions, bind_smooth_calls
from smoothstan.terms.standardised import coefficient_root
from smoothstan.terms.term import Addend, BoundTerm, DensePart, Draws, PriorParameter, Variable, added


@final
@dataclass(frozen=True)
class SmoothTerm(BoundTerm):
    """All smooths of one distributional parameter; their fixed columns share one matrix."""

    dpar: str
    smooths: tuple[Smooth, ...]

    template: ClassVar[str] = "terms/smooth.stan.jinja"

    @property
    def p(self) -> str:
        """The suffix of the Stan names."""
        return suffix(self.dpar)

    @property
    def fixed_names(self) -> tuple[str, ...]:
        """The names of the columns of Xs."""
        return tuple(name for smooth in self.smooths for name in smooth.fixed_names)

    @property
    def sorts(self) -> bool:
        """Whether any smooth needs its rows in the order of groups."""
        return any(smooth.sorts for smooth in self.smooths)

    @property
    def numbered(self) -> tuple[NumberedSmooth, ...]:
        """The smooths under their Stan names; linked ones use the standard deviations of the first of them."""
        first: dict[str, str] = {}
        found = []
        for number, smooth in enumerate(self.smooths, start=1):
            i = f"{self.p}_{number}"
            link = smooth.bound.link or i
            owns = bool(smooth.random_sizes) and link not in first
            if owns:
                first[link] = f"sds{i}"
            rows = "N" if smooth.level is None else f"Nrows{i}"
            found.append(NumberedSmooth(i, smooth, rows, first.get(link, ""), owns))
        return tuple(found)

    def stan_data(self, table: Table) -> StanData:
        """Return Ks, Xs and, per smooth, its matrices and what places their rows."""
        data: StanData = {}
        xs = np.zeros((table.n, len(self.fixed_names)))
        column = 0
        for numbered in self.numbered:
            i, smooth = numbered.i, numbered.smooth
            columns, rows = smooth.columns(table)
            width = columns.fixed.shape[1]
            xs[slice(None) if rows is None else rows, column : column + width] = columns.fixed
            column += width
            data |= {f"nb{i}": len(columns.random), f"knots{i}": np.asarray(smooth.random_sizes, dtype=np.int64)}
            if rows is not None:
                data |= {f"Nrows{i}": len(rows), f"rows{i}": rows + 1}
            for j, block in enumerate(columns.random, start=1):
                if isinstance(block, GroupedColumns):
                    data |= {f"ngs{i}": block.n_groups, f"Js{i}": block.codes + 1}
                    values = block.values[:, 0] if block.values.shape[1] == 1 else block.values
                    data[f"Zs{i}_{j}"] = values
                else:
                    data[f"Zs{i}_{j}"] = block
            if smooth.sorts:
                data[f"ws{i}"] = np.asarray([m.shape[1] for m in smooth.mixed.random], dtype=np.int64)
            joint = smooth.mixed.joint
            if joint is not None:
                data[f"np{i}"] = joint.n_penalties
                data |= {f"Ds{i}": joint.diagonals} if joint.diagonals is not None else {f"Ss{i}": joint.matrices}
        return data | {f"Ks{self.p}": xs.shape[1], f"Xs{self.p}": xs}

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns that it needs."""
        return tuple(dict.fromkeys(name for smooth in self.smooths for name in smooth.bound.reads))

    def prior_slots(self, scale: DefaultScale) -> tuple[PriorSlot, ...]:
        """Return rows of the class ``b`` for the fixed columns and of ``sds``, one per term as in brms.

        A term that shares the standard deviations of another has no row of its own.
        """
        dpar = prior_dpar(self.dpar)
        slots = [PriorSlot("b", dpar=dpar)] if self.fixed_names else []
        slots += [PriorSlot("b", coef=name, dpar=dpar) for name in self.fixed_names]
        slots.append(PriorSlot("sds", dpar=dpar, default=scale.fill("student_t(3, 0, {scale})"), lb=0))
        terms = dict.fromkeys(n.smooth.term for n in self.numbered if n.owns or not n.blocks)
        slots += [PriorSlot("sds", coef=term, dpar=dpar) for term in terms]
        return tuple(slots)

    @property
    def prior_parameters(self) -> tuple[PriorParameter, ...]:
        """The vector ``bs`` and one vector of standard deviations per smooth."""
        dpar, p = prior_dpar(self.dpar), self.p
        parameters = []
        if self.fixed_names:
            addresses = tuple(("b", name, "", dpar) for name in self.fixed_names)
            parameters.append(PriorParameter(f"bs{p}", addresses, tuple(f"bs{p}_{n}" for n in self.fixed_names)))
        for numbered in (n for n in self.numbered if n.owns):
            labels = tuple(f"sds{p}_{name}" for name in numbered.smooth.deviations)
            addresses = (("sds", numbered.smooth.term, "", dpar),) * len(labels)
            parameters.append(PriorParameter(numbered.deviations, addresses, labels))
        return tuple(parameters)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """``bs_sx_1``, ``sds_sx_1`` and the scaled coefficients ``s_sx_1``."""
        p = self.p
        result = [Variable(f"bs{p}_{name}", (f"bs{p}[{i}]",)) for i, name in enumerate(self.fixed_names, start=1)]
        for numbered in self.numbered:
            smooth = numbered.smooth
            if numbered.owns:
                deviations = enumerate(smooth.deviations, start=1)
                result += [Variable(f"sds{p}_{name}", (f"{numbered.deviations}[{j}]",)) for j, name in deviations]
            for j, size in enumerate(smooth.random_sizes, start=1):
                name = f"s{p}_{smooth.name}_{j}"
                columns = tuple(f"s{numbered.i}_{j}[{c + 1}]" for c in range(size))
                result.append(Variable(name, columns, (f"{name}_dim",), (tuple(str(c + 1) for c in range(size)),)))
        return tuple(result)

    def coefficient_names(self, dpar: str) -> tuple[tuple[str, str], ...]:
        """Return the name of every unpenalised coefficient, and its posterior variable."""
        return tuple((name, f"bs{self.p}_{name}") for name in self.fixed_names) if dpar == self.dpar else ()

    def program_parameters(self, draws: Draws) -> dict[str, FloatArray]:
        """Return ``bs``, the standard deviations ``sds`` and the standardised coefficients ``zs``."""
        p = self.p
        found: dict[str, FloatArray] = {}
        if self.fixed_names:
            found[f"bs{p}"] = np.column_stack([draws[f"bs{p}_{name}"] for name in self.fixed_names])
        for n in self.numbered:
            if n.owns:
                found[n.deviations] = np.column_stack([draws[f"sds{p}_{name}"] for name in n.smooth.deviations])
            for j, block in enumerate(n.blocks):
                root = coefficient_root(n.smooth.mixed.joint, found[n.deviations], j)
                values = draws[f"s{p}_{n.smooth.name}_{j + 1}"]
                found[block.standardised] = root.standardise(values)
        return found

    def program_results(self, parameters: Draws, table: Table) -> dict[str, FloatArray]:
        """Return the coefficients ``s`` of the random columns."""
        return {
            block.coefficients: coefficient_root(n.smooth.mixed.joint, parameters[n.deviations], j).scale(
                parameters[block.standardised]
            )
            for n in self.numbered
            for j, block in enumerate(n.blocks)
        }

    def dense(self, dpar: str) -> tuple[DensePart, ...]:
        """Return Xs times bs and every Zs of all rows times its coefficients."""
        if dpar != self.dpar:
            return ()
        p = self.p
        parts = [DensePart(f"Xs{p}", f"bs{p}", f"Ks{p}")] if self.fixed_names else []
        dense = (b for n in self.numbered if n.smooth.level is None for b in n.blocks if b.kind == "dense")
        return (*parts, *(DensePart(b.columns, b.coefficients, b.size) for b in dense))

    def addends(self, dpar: str) -> tuple[Addend, ...]:
        """Return the random effects that are looked up by group, and those of the levels of ``by``."""
        if dpar != self.dpar:
            return ()
        everywhere = (b for n in self.numbered if n.smooth.level is None for b in n.blocks if b.kind != "dense")
        found = [Addend(block.product) for block in everywhere]
        by_level = (n for n in self.numbered if n.smooth.level is not None and n.blocks)
        for term, members in groupby(by_level, key=lambda numbered: numbered.smooth.term):
            levels = list(members)
            pieces = tuple((f"rows{n.i}", " + ".join(b.product for b in n.blocks)) for n in levels)
            found.append(Addend(f"by{levels[0].i}", pieces=pieces, comment=f"{term}, level by level"))
        return tuple(found)

    def released(self) -> SmoothTerm:
        """Return the term without the bases at the data."""
        return replace(self, smooths=tuple(replace(s, bound=replace(s.bound, at_data=None)) for s in self.smooths))

    def contribution(self, dpar: str, draws: Draws, table: Table) -> FloatArray | float:
        """Return the sum of the smooths, (draws, rows)."""
        if dpar != self.dpar:
            return 0.0
        if len(self.smooths) == 1:
            return self.smooth_contribution(self.smooths[0], draws, table)
        total = np.zeros((_count(draws), table.n))
        for smooth in self.smooths:
            part, rows = self._at_its_rows(smooth, draws, table)
            if rows is None:
                total += part
            else:
                total[:, rows] += part
        return total

    def smooth_contribution(self, smooth: Smooth, draws: Draws, table: Table) -> FloatArray:
        """Return one smooth, (draws, rows); zero at the rows of other levels."""
        part, rows = self._at_its_rows(smooth, draws, table)
        if rows is None:
            return part
        full = np.zeros((_count(draws), table.n))
        full[:, rows] = part
        return full

    def _at_its_rows(self, smooth: Smooth, draws: Draws, table: Table) -> tuple[FloatArray, IntArray | None]:
        """Return one smooth at the rows where it exists, (draws, its rows), and their numbers; None for all rows."""
        columns, rows = smooth.columns(table)
        grouped: FloatArray | float = 0.0
        # Everything dense in one product.
        matrices = [columns.fixed]
        coefficients = [draws[f"bs{self.p}_{name}"][:, None] for name in smooth.fixed_names]
        for j, block in enumerate(columns.random, start=1):
            values = draws[f"s{self.p}_{smooth.name}_{j}"]
            if isinstance(block, GroupedColumns):
                grouped = added(grouped, block.times(values))
            else:
                matrices.append(block)
                coefficients.append(values)
        if not coefficients:
            return np.asarray(grouped), rows
        product = np.concatenate(coefficients, axis=1) @ np.concatenate(matrices, axis=1).T
        return np.asarray(added(product, grouped)), rows

    @property
    def width(self) -> int:
        """The number of its columns, those of one group where they are the same for all."""
        maps = [m for smooth in self.smooths for m in (smooth.mixed.fixed, *smooth.mixed.random)]
        return sum(m.shape[1] for m in maps)

    def model_columns(self, dpar: str, table: Table) -> Iterator[tuple[str, FloatArray]]:
        """Yield the columns of ``bs_sx_1`` and ``s_sx_1[1]``, zero at the rows of other levels."""
        if dpar != self.dpar:
            return
        for smooth in self.smooths:
            columns, rows = smooth.columns(table)
            names = [f"bs{self.p}_{name}" for name in smooth.fixed_names]
            for j, size in enumerate(smooth.random_sizes, start=1):
                names += [f"s{self.p}_{smooth.name}_{j}[{c + 1}]" for c in range(size)]
            combined = np.column_stack([columns.fixed, *map(dense, columns.random)])
            full = np.zeros((table.n, combined.shape[1]))
            full[slice(None) if rows is None else rows] = combined
            yield from zip(names, full.T, strict=True)


def bind_smooths(calls: Sequence[Call], dpar: str, table: Table, text: str, options: SmoothOptions) -> SmoothTerm:
    """Bind the smooths of a predictor and split them into fixed and random effects."""
    smooths: list[Smooth] = []
    for call, bound in zip(calls, bind_smooth_calls(calls, table, text, options), strict=True):
        for one in bound:
            if one.label in [other.label for other in smooths]:
                raise FormulaError(f"the smooth {one.label} is given twice", text, call.span)
            if any(value is not None for value in one.smoothing):
                raise FormulaError(
                    "sp fixes a smoothing parameter of gam(); here the standard deviations are estimated: leave sp "
                    "out, and if they are to be small or large give a prior, e.g. prior('normal(0, 0.1)', 'sds')",
                    text, call.span,
                )  # fmt: skip
        # The levels of a factor share one basis and one split, made at the rows of the first level.
        try:
            mixed = bound[0].mixed(table)
        except DataError as fault:
            raise DataError(f"{fault}\n{underline(text, call.span)}") from None
        smooths += [Smooth(one, mixed, _indicators(mixed, one.rows(table))) for one in bound]
    return SmoothTerm(dpar, tuple(smooths))


def _indicators(mixed: MixedSmooth, rows: Rows) -> tuple[bool, ...]:
    blocks = mixed.columns(rows).random if mixed.grouped else ()
    if not blocks:
        return (False,) * len(mixed.random)
    return tuple(
        isinstance(b, GroupedColumns) and b.values.shape[1] == 1 and bool(np.all(b.values == 1)) for b in blocks
    )


def _count(draws: Draws) -> int:
    return len(next(iter(draws.values())))
