"""One smooth in a Stan program: its split into fixed and random columns, and the names of both."""

from __future__ import annotations

from dataclasses import dataclass

from smoothstan.arrays import IntArray
from smoothstan.smooths import MixedSmooth, SmoothColumns
from smoothstan.table import Table
from smoothstan.terms.bound_smooth import BoundSmooth, Level
from smoothstan.terms.names import clean_name


@dataclass(frozen=True)
class Smooth:
    """One smooth as fixed and random effects.

    Args:
        bound: the smooth on its data.
        mixed: its split.
        indicators: for every block of random columns, whether it only says which group a row is in.
    """

    bound: BoundSmooth
    mixed: MixedSmooth
    indicators: tuple[bool, ...]

    @property
    def term(self) -> str:
        """The text by which brms addresses its prior."""
        return self.bound.term

    @property
    def label(self) -> str:
        """mgcv's label, e.g. ``s(x)``."""
        return self.bound.label

    @property
    def name(self) -> str:
        """Its name in standard deviations and coefficients: ``sx``, ``sxfa``."""
        return clean_name(self.label).replace(":", "")

    @property
    def fixed_names(self) -> tuple[str, ...]:
        """The names of its columns in Xs: ``sx_1``, ``sx:fa_1``."""
        return tuple(f"{clean_name(self.label)}_{i + 1}" for i in range(self.mixed.fixed.shape[1]))

    @property
    def random_sizes(self) -> tuple[int, ...]:
        """The number of columns of every Zs."""
        return self.mixed.random_sizes

    @property
    def deviations(self) -> tuple[str, ...]:
        """The names of its standard deviations, after ``sds_``."""
        return tuple(f"{self.name}_{j + 1}" for j in range(self.mixed.n_deviations))

    @property
    def level(self) -> str | None:
        """The level at whose rows it exists, or None for all rows."""
        return self.bound.by.level if isinstance(self.bound.by, Level) else None

    @property
    def grouped(self) -> bool:
        """Whether its random columns are the same few for every group."""
        return self.mixed.grouped

    @property
    def sorts(self) -> bool:
        """Whether its rows are put in the order of their groups: several columns per group."""
        return self.grouped and any(block.shape[1] > 1 for block in self.mixed.random)

    def columns(self, table: Table) -> tuple[SmoothColumns, IntArray | None]:
        """Return its columns at the rows where it exists, and the numbers of these rows (None for all)."""
        return self.mixed.columns(self.bound.rows(table)), self.bound.selected(table)


@dataclass(frozen=True)
class Block:
    """A block of random columns under its Stan names.

    ``size`` is the number of its coefficients, ``width`` that of one group's.  ``kind`` is ``"dense"``, or for
    coefficients by group: ``"indicator"`` if there is nothing to multiply them by, ``"vector"`` for one column,
    ``"shared"`` for several.
    """

    columns: str
    coefficients: str
    standardised: str
    sorted: str
    size: str
    width: str
    kind: str
    product: str


@dataclass(frozen=True)
class NumberedSmooth:
    """A smooth under its Stan names.

    ``i`` is its suffix, e.g. ``1`` or ``sigma_2``; ``rows`` the Stan name of the number of its rows,
    ``deviations`` that of its standard deviations, which belong to another smooth unless ``owns``.
    """

    i: str
    smooth: Smooth
    rows: str
    deviations: str
    owns: bool

    @property
    def count(self) -> str:
        """The Stan expression for the number of its standard deviations."""
        return f"nb{self.i}" if self.smooth.mixed.joint is None else f"np{self.i}"

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Its blocks of random columns."""
        smooth, i = self.smooth, self.i
        return tuple(
            _block(i, j, "dense" if not smooth.grouped else _kind(indicator, matrix.shape[1]))
            for j, (matrix, indicator) in enumerate(zip(smooth.mixed.random, smooth.indicators, strict=True), start=1)
        )


def _kind(indicator: bool, width: int) -> str:
    return "indicator" if indicator else "vector" if width == 1 else "shared"


def _block(i: str, j: int, kind: str) -> Block:
    columns, coefficients = f"Zs{i}_{j}", f"s{i}_{j}"
    looked_up = f"{coefficients}[Js{i}]"
    products = {
        "dense": f"{columns} * {coefficients}",
        "indicator": looked_up,
        "vector": f"{columns} .* {looked_up}",
        "shared": f"times_by_group(Zo{i}_{j}, {coefficients}, order{i}, start{i})",
    }
    return Block(
        columns, coefficients, f"z{coefficients}", f"Zo{i}_{j}", f"knots{i}[{j}]", f"ws{i}[{j}]", kind, products[kind]
    )
