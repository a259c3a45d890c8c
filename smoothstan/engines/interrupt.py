"""Run something that starts processes so that Ctrl-C ends all of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
_POLL_SECONDS = 0.1


def run_interruptibly(work: Callable[[], T], exe: Path) -> T:
    """Run ``work`` in a thread; on Ctrl-C kill every process of ``exe`` that this process started.

    cmdstanpy waits for its chains in a pool of threads, so an interrupt would otherwise be noticed only
    when all chains have finished.
    """
    result: list[T] = []
    fault: list[BaseException] = []

    def target() -> None:
        try:
            result.append(work())
        except BaseException as error:  # re-raised in the caller's thread
            fault.append(error)

    thread = threading.Thread(target=target, name="smoothstan-sampling", daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(_POLL_SECONDS)
    except KeyboardInterrupt:
        while thread.is_alive():
            _kill_children(exe)
            thread.join(_POLL_SECONDS)
        raise
    if fault:
        raise fault[0]
    return result[0]


def _kill_children(exe: Path) -> None:
    import psutil

    for child in psutil.Process().children(recursive=True):
        try:
            if Path(child.exe()) == exe.resolve():
                child.kill()
        except psutil.Error:
            continue
