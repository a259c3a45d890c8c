"""The prior of every parameter of a model: the defaults, overlaid by what the user set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from smoothstan import notebook
from smoothstan.errors import PriorError
from smoothstan.numerals import format_number
from smoothstan.priors.distribution import Distribution, parse_distribution
from smoothstan.priors.slot import PriorSlot
from smoothstan.table import collation_key

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = ("prior", "class", "coef", "group", "resp", "dpar", "nlpar", "lb", "ub", "source")
_ALWAYS = ("prior", "class", "source")


@dataclass(frozen=True)
class PriorRow:
    """A slot with the prior that was set there; ``text`` is empty where nothing was."""

    slot: PriorSlot
    text: str
    source: str


@dataclass(frozen=True)
class ResolvedPrior:
    """The prior that holds for one parameter; ``distribution`` is None where it is flat."""

    distribution: Distribution | None
    lb: float | None
    ub: float | None


@dataclass(frozen=True)
class PriorTable:
    """The rows of a model's priors, in brms's order; prints as a table."""

    rows: tuple[PriorRow, ...]

    def resolve(self, class_: str, coef: str = "", group: str = "", dpar: str = "") -> ResolvedPrior:
        """Return the prior of one parameter: its own, else its group's, else its class's."""
        lb, ub = self._bounds(class_, group, dpar)
        row = self.holding(class_, coef, group, dpar)
        distribution = parse_distribution(row.text) if row.text else None
        return ResolvedPrior(distribution, lb, ub)

    def _bounds(self, class_: str, group: str, dpar: str) -> tuple[float | None, float | None]:
        """Return the bounds of a group's parameters, else of the class's."""
        above = self._find((class_, "", "", dpar))
        own = self._find((class_, "", group, dpar)) or above
        if own is None:
            return None, None
        whole, slot = (above or own).slot, own.slot
        return whole.lb if slot.lb is None else slot.lb, whole.ub if slot.ub is None else slot.ub

    def is_set(self, address: tuple[str, str, str, str]) -> bool:
        """Return whether a prior stands at this very address, not only above it."""
        row = self._find(address)
        return row is not None and bool(row.text)

    def holding(self, class_: str, coef: str, group: str, dpar: str) -> PriorRow:
        """Return the row whose prior a parameter has."""
        for address in ((class_, coef, group, dpar), (class_, "", group, dpar)):
            row = self._find(address)
            if row is not None and row.text:
                return row
        return self._class_row(class_, coef, group, dpar)

    def _class_row(self, class_: str, coef: str, group: str, dpar: str) -> PriorRow:
        """Return the row of a class, or, where it has none, that of the class in a group, or of the coefficient."""
        addresses = ((class_, "", "", dpar), (class_, "", group, dpar), (class_, coef, group, dpar))
        row = next((row for address in addresses if (row := self._find(address)) is not None), None)
        if row is None:
            raise PriorError(f"the model has no parameters of class {class_!r}")
        return row

    def _find(self, address: tuple[str, ...]) -> PriorRow | None:
        return self._by_address.get(address)

    @cached_property
    def _by_address(self) -> dict[tuple[str, ...], PriorRow]:
        """The rows by address; the first of two."""
        return {row.slot.address: row for row in reversed(self.rows)}

    def below(self, row: PriorRow) -> tuple[PriorRow, ...]:
        """Return the rows of the parameters that a row of a class or group stands above."""
        slot = row.slot
        if slot.coef:
            return ()
        inside = [
            r for r in self.rows
            if (r.slot.class_, r.slot.dpar) == (slot.class_, slot.dpar) and slot.group in ("", r.slot.group)
        ]  # fmt: skip
        divided = {r.slot.group for r in inside if r.slot.coef}
        return tuple(
            r for r in inside if r is not row and (r.slot.coef or (r.slot.group and r.slot.group not in divided))
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the table as a pandas DataFrame with brms's columns."""
        import pandas as pd

        return pd.DataFrame([self._cells(row) for row in self.rows], columns=list(_COLUMNS))

    def _cells(self, row: PriorRow) -> tuple[str, ...]:
        slot = row.slot
        inherited = not row.text and bool(slot.coef or slot.group)
        text = row.text or (self.holding(*slot.address).text if inherited else "") or "(flat)"
        source = "(vectorized)" if inherited else row.source
        bounds = ["" if b is None else format_number(b) for b in (slot.lb, slot.ub)]
        if slot.ub_symbol and bounds[1]:
            text, bounds = text.replace(bounds[1], slot.ub_symbol), [bounds[0], slot.ub_symbol]
        return (text, slot.class_, slot.coef, slot.group, "", slot.dpar, "", *bounds, source)

    def __str__(self) -> str:
        return self.to_frame().to_string(index=False)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        frame = self.to_frame()
        kept = [name for name in frame.columns if name in _ALWAYS or frame[name].astype(bool).any()]
        return notebook.page(notebook.heading("Priors"), notebook.table(frame[kept], index=False))

    def __len__(self) -> int:
        return len(self.rows)


def default_table(slots: Iterable[PriorSlot]) -> PriorTable:
    """Order the slots of a model as brms does: by parameter, class, group, coefficient."""
    unique = dict.fromkeys(slots)
    ordered = sorted(unique, key=lambda s: tuple(collation_key(part) for part in (s.dpar, s.class_, s.group, s.coef)))
    return PriorTable(tuple(PriorRow(slot, slot.default, "default") for slot in ordered))
