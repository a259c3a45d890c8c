"""Which classes of a linear predictor a shrinkage prior covers, and with which arguments.

A shrinkage prior stands at whole classes.  All classes of one predictor share its scales; the arguments are those of
the class that says ``main=TRUE``, or of the only one.
"""

from __future__ import annotations

from collections.abc import Iterator

from smoothstan.errors import PriorError, underline
from smoothstan.priors.distribution import Distribution, parse_distribution
from smoothstan.priors.shrinkage import Shrinkage
from smoothstan.priors.table import PriorRow, PriorTable

EFFECTS = "b"
"""The class whose parameters are standard normal values times the scales; those of the others are the scales."""

_CLASSES = ("b", "sd", "sds")


def shrinkage_of(table: PriorTable, dpar: str) -> tuple[Shrinkage | None, tuple[str, ...]]:
    """Return the shrinkage prior of a predictor, or None, and the classes that it covers; ``dpar`` is empty for mu."""
    found = [(row, prior) for row, prior in _shrinking(table) if row.slot.dpar == dpar]
    if not found:
        return None, ()
    shrinkages = [prior.shrinkage for _, prior in found if prior.shrinkage is not None]
    chosen = next((s for s in shrinkages if s.main), shrinkages[0])
    return chosen, tuple(row.slot.class_ for row, _ in found)


def _shrinking(table: PriorTable) -> Iterator[tuple[PriorRow, Distribution]]:
    for row in table.rows:
        if row.text and (distribution := parse_distribution(row.text)).shrinkage is not None:
            yield row, distribution


def check_shrinkage(table: PriorTable) -> None:
    """Refuse shrinkage priors where they cannot stand, beside closer priors, with bounds, and without one main one."""
    by_dpar: dict[str, list[tuple[PriorRow, Distribution]]] = {}
    for row, distribution in _shrinking(table):
        _check_place(row, table)
        by_dpar.setdefault(row.slot.dpar, []).append((row, distribution))
    for found in by_dpar.values():
        _check_main(found)


def _check_place(row: PriorRow, table: PriorTable) -> None:
    slot = row.slot
    if slot.class_ not in _CLASSES or slot.coef or slot.group:
        part = next(
            (f" {key}={value!r} of" for key, value in (("coef", slot.coef), ("group", slot.group)) if value), ""
        )
        raise PriorError(
            f"the prior {row.text!r} stands at{part} class {slot.class_!r}; it shrinks whole classes together: "
            f"{', '.join(_CLASSES)}\n{_shown(row)}"
        )
    natural = 0 if slot.class_ != EFFECTS else None
    if slot.ub is not None or slot.lb != natural:
        raise PriorError(
            f"parameters with the prior {row.text!r} have no bounds; leave lb and ub of {slot.class_!r} out\n"
            f"{_shown(row)}"
        )
    for other in table.rows:
        if other.text and other is not row and (other.slot.class_, other.slot.dpar) == (slot.class_, slot.dpar):
            name = other.slot.coef or other.slot.group
            raise PriorError(
                f"the prior {row.text!r} holds for all parameters of class {slot.class_!r} together, so that {name!r} "
                f"cannot have {other.text!r}\n{_shown(other)}"
            )


def _shown(row: PriorRow) -> str:
    return underline(row.text, (0, len(row.text)))


def _check_main(found: list[tuple[PriorRow, Distribution]]) -> None:
    kinds = {distribution.shrinkage.name for _, distribution in found if distribution.shrinkage is not None}
    written = ", ".join(f"{row.text!r} of class {row.slot.class_!r}" for row, _ in found)
    if len(kinds) > 1:
        raise PriorError(f"a predictor has one shrinkage prior, but {written} are given")
    main = [row for row, distribution in found if distribution.shrinkage is not None and distribution.shrinkage.main]
    if len(found) > 1 and len(main) != 1:
        raise PriorError(f"of several shrinkage priors one must say main=TRUE, and it gives the arguments: {written}")
