"""What group-level terms of a model must have in common if they share a group or an ID."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from smoothstan.errors import FormulaError
from smoothstan.formula import WrittenGroup, WrittenGrouping
from smoothstan.formula.syntax import Node, deparse


@dataclass(frozen=True)
class PlacedGroup:
    """A group term as written, with the parameter and the text in which it stands, and how many thresholds that has."""

    dpar: str
    term: WrittenGroup
    text: str
    cmc: bool = True
    thresholds: int = 0

    @property
    def grouping(self) -> WrittenGrouping:
        """What stands right of the bar."""
        return self.term.grouping

    @property
    def group(self) -> str:
        """The group's label."""
        return self.grouping.label

    def error(self, message: str) -> FormulaError:
        """Return an error that points at this term."""
        return FormulaError(message, self.text, self.term.span)

    def group_error(self, message: str) -> FormulaError:
        """Return an error that points at its grouping."""
        return FormulaError(message, self.text, self.term.group.span)


_SETTINGS = (
    ("by", "by"), ("covariance", "cov"), ("distribution", "dist"), ("center", "center"), ("weights", "weights"),
    ("scale", "scale"), ("level_weights", "pw"),
)  # fmt: skip
"""Attributes of a grouping with their names as arguments."""


def check_together(written: Sequence[PlacedGroup]) -> None:
    """Refuse terms that do not go together.

    Raises:
        FormulaError: if an ID has several groups, or groupings of several kinds; if a group has two ``by`` variables;
            or if two groupings have one label.
    """
    by_id: dict[str, PlacedGroup] = {}
    by_group: dict[str, PlacedGroup] = {}
    by_variable: dict[str, Node] = {}
    for item in written:
        same = by_group.setdefault(item.group, item)
        if same.grouping.factors != item.grouping.factors:
            raise item.error(f"two groupings get the same name {item.group!r}; rename a column")
        if item.grouping.by is not None:
            by = by_variable.setdefault(item.group, item.grouping.by)
            if by != item.grouping.by:
                raise item.group_error(f"the group {item.group!r} has another by variable already, {deparse(by)}")
        if item.term.identifier is not None:
            _check_id(item, by_id.setdefault(item.term.identifier, item))


def _check_id(item: PlacedGroup, first: PlacedGroup) -> None:
    if item.group != first.group:
        raise item.error(f"the ID {item.term.identifier} belongs to the group {first.group!r} already")
    if item.term.correlated != first.term.correlated:
        raise item.error("terms that share an ID must all have '|' or all '||'")
    for attribute, argument in _SETTINGS:
        if getattr(item.grouping, attribute) != getattr(first.grouping, attribute):
            raise item.error(
                f"terms that share the ID {item.term.identifier} must have the same grouping, "
                f"but {argument} differs between them"
            )
