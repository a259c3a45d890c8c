"""A process in another language or environment that times what it is told: a line in, processor seconds out."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import threading
import time
from pathlib import Path
from types import TracebackType

_FOLDER = Path(__file__).parent
_START_SECONDS = 60.0
_CHECK_SECONDS = 1.0


class CannotRun(RuntimeError):
    """The process cannot do what it is told, and why."""


def r_version(package: str) -> str | None:
    """Return R's version and that of a package, None if Rscript or the package is missing."""
    if shutil.which("Rscript") is None:
        return None
    code = f"cat('R', format(getRversion()), 'with {package}', format(packageVersion('{package}')))"
    done = subprocess.run(["Rscript", "--vanilla", "-e", code], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else None


class AnsweringProcess:
    """A script that prints ``ready``, then reads lines and answers each with seconds.

    It is started when it is first asked, and anew after an answer that took too long.

    Args:
        command: the program that runs scripts, with its options.
        script: the name of a script beside this file.
    """

    def __init__(self, command: tuple[str, ...], script: str) -> None:
        self._command = (*command, str(_FOLDER / script))
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str] = queue.Queue()

    def __enter__(self) -> AnsweringProcess:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop()

    def seconds(self, *words: str, limit: float) -> float | None:
        """Return the seconds that something took, None if it was stopped.

        Args:
            words: what to do.
            limit: processor seconds after which it is stopped; wall seconds where the system does not tell them.

        Raises:
            CannotRun: with what the process says instead.
        """
        process = self._process or self._start()
        if process.stdin is None:
            raise CannotRun("the process does not listen")
        try:
            process.stdin.write("\t".join(words) + "\n")
            process.stdin.flush()
        except BrokenPipeError:
            self._stop()
            raise CannotRun("the process ended") from None
        answer = self._answer(process, limit)
        if answer is None:
            self._stop()
            return None
        try:
            return float(answer)
        except ValueError:
            if not answer:
                self._stop()
            raise CannotRun(f"{' '.join(words)}: {answer or 'the process ended'}") from None

    def _answer(self, process: subprocess.Popen[str], limit: float) -> str | None:
        started = _used_seconds(process.pid)
        while _used_seconds(process.pid) - started < limit:
            try:
                return self._answers.get(timeout=_CHECK_SECONDS)
            except queue.Empty:
                continue
        return None

    def _start(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            self._command, env={**os.environ, "LC_ALL": "C.UTF-8"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        answers: queue.Queue[str] = queue.Queue()
        threading.Thread(target=_pass_on, args=(process, answers), daemon=True).start()
        if answers.get(timeout=_START_SECONDS) != "ready":
            process.kill()
            raise CannotRun(f"{' '.join(self._command)} did not start")
        self._process, self._answers = process, answers
        return process

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _used_seconds(pid: int) -> float:
    """Return the processor seconds that a process has used, or the time where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return time.monotonic()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _pass_on(process: subprocess.Popen[str], answers: queue.Queue[str]) -> None:
    if process.stdout is not None:
        for line in process.stdout:
            answers.put(line.strip())
    answers.put("")
