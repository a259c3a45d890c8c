r"""Write ``|`` for ``\|`` in code within tables; other readers of Markdown need the backslash.  A hook of MkDocs."""

from __future__ import annotations

import re
from typing import Any

_CODE = re.compile(r"`[^`\n]+`")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Change the rows of tables, which begin with a bar."""
    return "\n".join(_row(line) if line.startswith("|") else line for line in markdown.split("\n"))


def _row(line: str) -> str:
    return _CODE.sub(lambda found: found[0].replace(r"\|", "|"), line)
