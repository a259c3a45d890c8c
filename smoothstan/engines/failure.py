"""Why CmdStan failed, in words."""

from __future__ import annotations

import re
import shutil
import signal
from pathlib import Path

_NOISE = re.compile(
    r"^(Command and output|RunSet:|cmd|retcodes|per-chain|csv_file|console|\[|Consider re|Error during sampling)"
    r"|^/\S+(csv|txt)$"
)
_RETURN_CODES = re.compile(r"retcodes=\[([-\d, ]*)\]")
_MEGABYTE = 2**20
_CAUSES = (
    "Common causes: a response that the model cannot have at any parameter value, or starting values outside the "
    "support; try inits=0 or narrower priors"
)


def useful_lines(message: str, most: int = 25) -> str:
    """Return the lines of cmdstanpy's message that say something, each once."""
    lines = [line.strip() for line in message.splitlines()]
    return "\n".join(list(dict.fromkeys(line for line in lines if line and not _NOISE.search(line)))[:most])


def explanation(message: str, folder: Path) -> str:
    """Return why sampling failed, from cmdstanpy's message and the state of the disk that the draws went to."""
    return "\n".join(line for line in (useful_lines(message), _cause(message, folder)) if line)


def _cause(message: str, folder: Path) -> str:
    if shutil.disk_usage(folder).free < _MEGABYTE:
        return f"the disk of {folder.parent} is full; the environment variable TMPDIR names another folder"
    found = _RETURN_CODES.search(message)
    codes = [int(code) for code in found[1].split(",")] if found and found[1] else []
    ended = {_signal(-code): chain for chain, code in reversed(list(enumerate(codes, start=1))) if code < 0}
    if not ended:
        return _CAUSES
    chains = ", ".join(f"chain {chain} by {name}" for name, chain in ended.items())
    return f"the process was ended from outside or crashed: {chains} (SIGKILL often means that memory ran out)"


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
