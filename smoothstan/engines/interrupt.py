"""Run something that starts processes so that Ctrl-C ends all of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
_POLL_SECONDS = 0.1


def run_interruptibly(work: Callable[[], T], path: Path) -> T:
    """Run ``work`` in a thread; on Ctrl-C kill the processes that it started on ``path``.

    cmdstanpy waits for its chains in a pool of threads, so an interrupt would otherwise be noticed only
    when all chains have finished.

    Args:
        work: what to run.
        path: appears in the command line of every process that ``work`` starts.
    """
    result: list[T] = []
    fault: list[BaseException] = []
    # Not Thread.join: up to Python 3.12 an interrupted join takes the thread for finished.
    done = threading.Event()

    def target() -> None:
        try:
            result.append(work())
        except BaseException as error:  # re-raised in the caller's thread
            fault.append(error)
        finally:
            done.set()

    threading.Thread(target=target, name="smoothstan-sampling", daemon=True).start()
    try:
        while not done.wait(_POLL_SECONDS):
            pass
    except KeyboardInterrupt:
        while not done.is_set():
            _kill_children(path)
            done.wait(_POLL_SECONDS)
        raise
    if fault:
        raise fault[0]
    return result[0]


def _kill_children(path: Path) -> None:
    """Kill the children that have ``path`` in their command line, and all that those have started."""
    import psutil

    found: list[psutil.Process] = []
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if any(str(path) in argument for argument in child.cmdline()):
                found += [child, *child.children(recursive=True)]
    for process in found:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(found, timeout=_POLL_SECONDS)
