"""The prior of every parameter of a model: the defaults, overlaid by what the user set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from smoothstan import notebook
from smoothstan.errors import PriorError, suggestion
from smoothstan.numerals import format_number
from smoothstan.priors.density import LKJ
from smoothstan.priors.prior import Distribution, Prior, parse_distribution
from smoothstan.priors.slot import PriorSlot
from smoothstan.table import collation_key

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = ("prior", "class", "coef", "group", "resp", "dpar", "nlpar", "lb", "ub", "source")
_ALWAYS = ("prior", "class", "source")
_CORRELATIONS = "cor"


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
        bounds = self._row(class_, "", "", dpar).slot
        row = self._holding(class_, coef, group, dpar)
        distribution = parse_distribution(row.text) if row.text else None
        return ResolvedPrior(distribution, bounds.lb, bounds.ub)

    def is_set(self, address: tuple[str, str, str, str]) -> bool:
        """Return whether a prior stands at this very address, not only above it."""
        row = self._find(address)
        return row is not None and bool(row.text)

    def _holding(self, class_: str, coef: str, group: str, dpar: str) -> PriorRow:
        for address in ((class_, coef, group, dpar), (class_, "", group, dpar)):
            row = self._find(address)
            if row is not None and row.text:
                return row
        return self._row(class_, "", "", dpar)

    def _row(self, *address: str) -> PriorRow:
        row = self._find(address)
        if row is None:
            raise PriorError(f"the model has no parameters of class {address[0]!r}")
        return row

    def _find(self, address: tuple[str, ...]) -> PriorRow | None:
        return next((row for row in self.rows if row.slot.address == address), None)

    def to_frame(self) -> pd.DataFrame:
        """Return the table as a pandas DataFrame with brms's columns."""
        import pandas as pd

        return pd.DataFrame([self._cells(row) for row in self.rows], columns=list(_COLUMNS))

    def _cells(self, row: PriorRow) -> tuple[str, ...]:
        slot = row.slot
        inherited = not row.text and bool(slot.coef or slot.group)
        text = row.text or (self._holding(*slot.address).text if inherited else "") or "(flat)"
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


def resolve_priors(slots: Iterable[PriorSlot], priors: Prior | Sequence[Prior] = ()) -> PriorTable:
    """Overlay the default priors with the user's.

    Raises:
        PriorError: if a prior matches no parameter (the nearest is named), is given twice, or does not
            fit the kind of parameter.
    """
    table = default_table(slots)
    rows = {row.slot.address: row for row in table.rows}
    for given in as_priors(priors):
        address = given.address
        if address not in rows:
            raise PriorError(_no_match(given, address, tuple(rows)))
        row = rows[address]
        if row.source == "user":
            raise PriorError(f"two priors are given for the same parameters: {given}")
        _check_kind(given)
        lb, ub = _bounds(given, row.slot)
        rows[address] = PriorRow(replace(row.slot, lb=lb, ub=ub), given.text, "user")
    result = PriorTable(tuple(rows.values()))
    for row in result.rows:
        _check_support(row, result)
    return result


def as_priors(priors: Any) -> tuple[Prior, ...]:
    """Return one prior or several as a tuple; PriorError for anything else."""
    given = priors if isinstance(priors, (list, tuple)) else (priors,)
    for prior in given:
        if not isinstance(prior, Prior):
            raise PriorError(f"priors are made with prior('normal(0, 5)', class_='b', ...), got {prior!r}")
    return tuple(given)


def _bounds(given: Prior, slot: PriorSlot) -> tuple[float | None, float | None]:
    """Return the bounds that the user asks for within those that the parameter has by nature."""
    if not slot.bounded and (given.lb is not None or given.ub is not None):
        raise PriorError(f"{given}: thresholds that must increase have no bounds of their own; leave lb and ub out")
    lb = slot.lb if given.lb is None else given.lb
    ub = slot.ub if given.ub is None else given.ub
    if slot.lb is not None and lb is not None and lb < slot.lb:
        raise PriorError(f"{given}: lb={lb:g} lies below the parameter's own bound, {slot.lb:g}")
    if slot.ub is not None and ub is not None and ub > slot.ub:
        raise PriorError(f"{given}: ub={ub:g} lies above the parameter's own bound, {slot.ub:g}")
    if lb is not None and ub is not None and not lb < ub:
        raise PriorError(f"{given}: no value lies between the bounds lb={lb:g} and ub={ub:g}")
    return lb, ub


def _check_kind(given: Prior) -> None:
    if given.class_ == _CORRELATIONS and (given.lb is not None or given.ub is not None):
        raise PriorError(f"{given}: correlations have no bounds of their own; leave lb and ub out")
    if not given.text:
        return
    is_lkj = parse_distribution(given.text).density is LKJ
    if is_lkj != (given.class_ == _CORRELATIONS):
        raise PriorError(f"{given}: lkj(eta) is the prior of correlations (class_='cor'), and their only one")


def _check_support(row: PriorRow, table: PriorTable) -> None:
    """Refuse a user's density without mass between the bounds, and one on a parameter that can leave its support."""
    if not row.text or row.slot.class_ == _CORRELATIONS or row.source != "user":
        return
    slot = row.slot
    resolved = table.resolve(slot.class_, slot.coef, slot.group, slot.dpar)
    lower, upper = parse_distribution(row.text).support
    if _at_least(lower, resolved.ub) or _at_least(resolved.lb, upper):
        raise PriorError(
            f"the prior {row.text!r} of class {slot.class_!r} has no mass between the bounds "
            f"lb={resolved.lb} and ub={resolved.ub}"
        )
    for name, edge, bound in (("lb", lower, resolved.lb), ("ub", upper, resolved.ub)):
        outside = edge is not None and (bound is None or (bound < edge if name == "lb" else bound > edge))
        if outside:
            raise PriorError(
                f"the prior {row.text!r} has no density beyond {edge:g}, where parameters of class {slot.class_!r} "
                f"can go; set {name}={edge:g} for the class"
            )


def _at_least(value: float | None, bound: float | None) -> bool:
    return value is not None and bound is not None and value >= bound


def _no_match(given: Prior, address: tuple[str, ...], known: tuple[tuple[str, ...], ...]) -> str:
    labels = ("class", "coef", "group", "dpar")
    message = f"{given} matches no parameter of this model"
    classes = sorted({a[0] for a in known})
    if address[0] not in classes:
        hint = suggestion(address[0], classes)
        return f"{message}: there is no class {address[0]!r}{hint} (classes: {', '.join(classes)})"
    best = max(known, key=lambda a: (a[0] == address[0], sum(x == y for x, y in zip(a, address, strict=True))))
    wrong = next(i for i in range(4) if best[i] != address[i])
    choices = sorted({a[wrong] for a in known if a[:1] == address[:1] and a[wrong]})
    hint = suggestion(address[wrong], choices)
    there = ", ".join(choices) or "none"
    return f"{message}: no {labels[wrong]} {address[wrong]!r} in class {address[0]!r}{hint} (there: {there})"
