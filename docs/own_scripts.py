"""Serve from the site what its theme would fetch from elsewhere.  A hook of MkDocs."""

from __future__ import annotations

from typing import Any

_SHIM = "https://unpkg.com/iframe-worker/shim"


def on_post_page(output: str, *, page: Any, **_: Any) -> str:
    """Replace the theme's script for searching pages that are opened from a folder by ours."""
    return output.replace(_SHIM, "../" * page.url.count("/") + "assets/file-worker.js")


def on_post_template(output_content: str, *, template_name: str, **_: Any) -> str:
    """Do the same for pages that are no documents; they stand at the top."""
    return output_content.replace(_SHIM, "assets/file-worker.js") if template_name.endswith(".html") else output_content
