"""Pieces of HTML for notebooks.

They have no colours of their own, so that they read on light and on dark pages, and every text is escaped.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

_MOST_ROWS = 60


def page(*parts: str) -> str:
    """Join pieces; wide ones scroll by themselves."""
    return f'<div class="smoothstan" style="overflow-x: auto">{"".join(parts)}</div>'


def heading(text: str, note: str = "") -> str:
    """Write a heading, with what belongs to it in thinner letters."""
    beside = f' <span style="font-weight: normal; opacity: 0.75">{escape(note)}</span>' if note else ""
    return f'<div style="font-weight: bold; margin: 0.6em 0 0.2em">{escape(text)}{beside}</div>'


def code(text: str) -> str:
    """Write text of a formula or program, line by line."""
    style = "font-family: monospace; margin: 0.2em 0; background: none; white-space: pre-wrap"
    return f'<pre style="{style}">{escape(text)}</pre>'


def note(text: str) -> str:
    """Write small print."""
    return f'<div style="font-size: smaller; opacity: 0.75; margin: 0.4em 0">{escape(text)}</div>'


def warning(text: str) -> str:
    """Write a warning."""
    return f'<div style="margin: 0.4em 0"><b>Warning:</b> {escape(text)}</div>'


def table(frame: Any, *, index: bool = True, write: Callable[[float], str] = str) -> str:
    """Write a pandas table, its middle left out if it is long.

    Args:
        frame: the table.
        index: write the names of the rows.
        write: how to write numbers.
    """
    shown = frame.to_html(index=index, border=0, na_rep="", max_rows=_MOST_ROWS, float_format=write)
    hidden = len(frame) - _MOST_ROWS
    return str(shown) + (note(f"{hidden} of {len(frame)} rows are not shown") if hidden > 0 else "")
