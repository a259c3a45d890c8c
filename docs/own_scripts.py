"""Serve from the site what its theme would fetch from elsewhere, and let nothing else be fetched.  A hook of MkDocs."""

from __future__ import annotations

import re
from typing import Any

_SHIM = "https://unpkg.com/iframe-worker/shim"
_FETCHED = re.compile(
    r"""<(?:script|img|iframe)[^>]+src=["']?(?:https?:)?//[^>]*|<link[^>]+href=["']?(?:https?:)?//[^>]*"""
)


def on_post_page(output: str, *, page: Any, **_: Any) -> str:
    """Replace the theme's script for searching pages that are opened from a folder by ours."""
    return own(output, "../" * page.url.count("/"))


def on_post_template(output_content: str, *, template_name: str, **_: Any) -> str:
    """Do the same for pages that are no documents; they stand at the top."""
    return own(output_content, "") if template_name.endswith(".html") else output_content


def own(html: str, top: str) -> str:
    """Return a page that fetches nothing from other sites.

    Args:
        html: the page.
        top: the way from it to the top of the site.

    Raises:
        ValueError: if it fetches something that is not known.
    """
    changed = html.replace(_SHIM, f"{top}assets/file-worker.js")
    if found := _FETCHED.search(changed):
        raise ValueError(f"a page would fetch {found[0]}")
    return changed
