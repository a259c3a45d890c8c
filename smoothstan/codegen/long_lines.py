"""Break the statements of a program that are too long to read on one line."""

from __future__ import annotations

import re
from collections.abc import Iterator

WIDTH = 110
_BREAK = re.compile(r", | = | (?=[+-] )")
_DEPTH = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


def break_long_lines(code: str) -> str:
    """Break lines after commas and equals signs, before plus and minus, outermost first; those with comments stay."""
    parts: list[str] = []
    inside = False
    for line in code.split("\n"):
        inside = inside or "/*" in line
        parts += [line] if inside else _broken(line)
        inside = inside and "*/" not in line
    return "\n".join(parts)


def _broken(line: str) -> Iterator[str]:
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    while len(line) > WIDTH and not any(mark in line for mark in ("//", "/*", '"')):
        places = [m for m in _BREAK.finditer(line) if len(indent) < m.start() < WIDTH]
        if not places:
            break
        place = min(places, key=lambda m: (_depth(line[: m.start()]), -m.start()))
        yield line[: place.end()].rstrip()
        line = indent + line[place.end() :]
    yield line


def _depth(text: str) -> int:
    return sum(_DEPTH.get(character, 0) for character in text)
