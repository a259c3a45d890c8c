"""The Jinja environment that renders Stan programs."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from smoothstan.codegen.names import Names

if TYPE_CHECKING:
    from jinja2 import Environment


def template_folder() -> Path:
    """Return the folder of the templates: inside an installed package, beside it in a checkout."""
    package = Path(__file__).parents[1]
    for folder in (package / "stan_templates", package.parent / "stan_templates"):
        if (folder / "program.stan.jinja").is_file():
            return folder
    raise FileNotFoundError(f"the Stan templates are missing from {package}")


@cache
def environment() -> Environment:
    """Return the environment; undefined names are errors, block tags leave no blank lines, files are read once."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(template_folder()),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    made.filters["comment"] = one_line
    made.filters["rows"] = Names.at
    return made


def one_line(text: str) -> str:
    """Put the user's words on one line, so that they cannot end the comment they stand in."""
    return " ".join(str(text).split())


@cache
def macro_names(template: str) -> frozenset[str]:
    """Return the names of the macros that a template exports."""
    module = environment().get_template(template).module
    return frozenset(name for name in dir(module) if not name.startswith("_"))


def rendered(template: str, macro: str, *names: Names | str) -> str:
    """Return what a macro of a template makes of the names of Stan expressions, or of an expression."""
    return one_line(getattr(environment().get_template(template).module, macro)(*names))
