"""Turn formulas into MathML, which browsers show by themselves.  A hook of MkDocs."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

_FORMULA = re.compile(r'<(span|div) class="arithmatex">(.*?)</\1>', flags=re.DOTALL)


def on_page_content(html: str, **_: Any) -> str:
    """Convert what the extension ``arithmatex`` has marked."""
    return _FORMULA.sub(lambda found: mathml(found[2]), html)


def mathml(marked: str) -> str:
    r"""Convert ``\(...\)`` or ``\[...\]``."""
    from latex2mathml.converter import convert

    text = unescape(marked).strip()
    display = "block" if text.startswith(r"\[") else "inline"
    return str(convert(text[2:-2].strip(), display=display))
