"""A named collection of classes whose look-up error lists what is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from smoothstan.errors import SmoothstanError, known, suggestion

T = TypeVar("T")


class Registry(Mapping[str, T]):
    """Map names to entries; an unknown name raises ``error`` with the known ones.

    Args:
        kind: what an entry is called in messages, e.g. ``"basis"``.
        entries: name -> entry.
        error: the exception class raised for an unknown name.
    """

    def __init__(self, kind: str, entries: Mapping[str, T], error: type[SmoothstanError]) -> None:
        self._kind = kind
        self._entries = dict(entries)
        self._error = error

    def __getitem__(self, name: str) -> T:
        if name not in self:
            hint = suggestion(name, self._entries)
            raise self._error(f"unknown {self._kind} {name!r}{hint} (known: {known(self._entries)})")
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
