"""An R process that times what it is told: one command per line, one number of seconds back."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import threading
from pathlib import Path
from types import TracebackType

_FOLDER = Path(__file__).parent
_START_SECONDS = 60.0


def r_version(*packages: str) -> str | None:
    """Return R's version and those of the packages, None if Rscript or one of the packages is missing."""
    if shutil.which("Rscript") is None:
        return None
    versions = ", ".join(f"'{name}', as.character(packageVersion('{name}'))" for name in packages)
    code = f"cat(paste('R', getRversion()), paste({versions}), sep=', ')"
    done = subprocess.run(["Rscript", "--vanilla", "-e", code], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else None


class RProcess:
    """An R script that reads lines and answers each with seconds; it is started anew after a line took too long.

    Args:
        script: the name of a script beside this file, which prints ``ready`` first.
    """

    def __init__(self, script: str) -> None:
        self._script = _FOLDER / script
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str] = queue.Queue()

    def __enter__(self) -> RProcess:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop()

    def seconds(self, *words: str, limit: float) -> float | None:
        """Return the seconds that a command took, None if it was stopped at the limit.

        Raises:
            RuntimeError: with R's message, if the command failed.
        """
        process = self._process or self._start()
        if process.stdin is None:
            raise RuntimeError("R cannot be spoken to")
        process.stdin.write("\t".join(words) + "\n")
        process.stdin.flush()
        try:
            answer = self._answers.get(timeout=limit)
        except queue.Empty:
            self._stop()
            return None
        try:
            return float(answer)
        except ValueError:
            raise RuntimeError(f"R on {' '.join(words)}: {answer or 'the process ended'}") from None

    def _start(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            ["Rscript", "--vanilla", str(self._script)], env={**os.environ, "LC_ALL": "C.UTF-8"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        answers: queue.Queue[str] = queue.Queue()
        threading.Thread(target=_pass_on, args=(process, answers), daemon=True).start()
        if answers.get(timeout=_START_SECONDS) != "ready":
            process.kill()
            raise RuntimeError(f"{self._script.name} did not start")
        self._process, self._answers = process, answers
        return process

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _pass_on(process: subprocess.Popen[str], answers: queue.Queue[str]) -> None:
    if process.stdout is not None:
        for line in process.stdout:
            answers.put(line.strip())
    answers.put("")
