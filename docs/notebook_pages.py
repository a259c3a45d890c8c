"""Make a page of every notebook: its text, its code, and the outputs that are committed with it.

A hook of MkDocs.  The pages have the site's own look, light and dark, and need no script from elsewhere.
"""

from __future__ import annotations

import base64
import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

FOLDER = Path(__file__).parent.parent / "notebooks"


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add a page and its figures for every notebook."""
    from mkdocs.structure.files import File

    for path in sorted(FOLDER.glob("*.ipynb")):
        text, figures = page(nbformat.read(path, as_version=4), path.stem)
        files.append(File.generated(config, f"notebooks/{path.stem}.md", content=text))
        for name, content in figures.items():
            files.append(File.generated(config, f"notebooks/{name}", content=content))
    return files


def page(notebook: Any, stem: str) -> tuple[str, dict[str, bytes]]:
    """Return a notebook as Markdown and its figures by file name."""
    parts: list[str] = []
    figures: dict[str, bytes] = {}
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        parts.append(f"```python\n{cell.source}\n```")
        for position, output in enumerate(cell.outputs):
            parts.append(_shown(output, f"{stem}-{number:02d}-{position}.png", figures))
    return "\n\n".join(parts) + "\n", figures


def _shown(output: Any, name: str, figures: dict[str, bytes]) -> str:
    """Return one output as Markdown; the richest form that the page can show."""
    data = output.get("data", {})
    if "image/png" in data:
        figures[name] = base64.b64decode(data["image/png"])
        return f'<div class="cell-output"><img src="{name}" alt="figure made by the code above"></div>'
    if "text/html" in data:
        return f'<div class="cell-output">{_plain_tables(data["text/html"])}</div>'
    text = data.get("text/plain") or output.get("text", "")
    return f'<div class="cell-output"><pre><code>{escape(str(text).strip(chr(10)))}</code></pre></div>'


def _plain_tables(html: str) -> str:
    """Leave the look of tables to the site."""
    html = re.sub(r"<style.*?</style>", "", html, flags=re.DOTALL)
    html = re.sub(r"<table[^>]*>", "<table>", html)
    return "\n".join(line for line in html.splitlines() if line.strip())
