"""The wheel that carries what CmdStan is built from.

httpstan's wheel holds the headers of Stan and Stan Math with all they need, libtbb, the SUNDIALS
archives and the stanc compiler.  It is only downloaded and unpacked, never installed: its headers do
not depend on Python, so every Python can use the newest one.
"""

from __future__ import annotations

import hashlib
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from smoothstan.errors import InstallationError
from smoothstan.registry import Registry

_PLATFORM = "manylinux2014_x86_64"


@dataclass(frozen=True)
class StanWheel:
    """A release of httpstan: the Stan version inside, the Python tag of the wheel, and its checksum."""

    stan: str
    release: str
    python: str
    sha256: str


WHEELS: Registry[StanWheel] = Registry(
    "Stan version",
    {
        "2.39": StanWheel(
            "2.39.0", "4.17.0", "3.12", "7f73e29a415718ddc45e4703c0253a9d4adc6a21aa7110ccf36821a0f94202cd"
        ),
        "2.35": StanWheel(
            "2.35.0", "4.13.0", "3.11", "7b490d6c0e8b7048d1b58dfb79db561ae1879cb3bde3012d024ef374c0308469"
        ),
    },
    InstallationError,
)
NEWEST = "2.39"


def download_wheel(wheel: StanWheel, folder: Path) -> Path:
    """Download a wheel by pip, from the index that pip is set up for, and verify its checksum.

    Raises:
        InstallationError: on another platform than Linux on x86-64, if pip cannot get the wheel, or if the
            file is not the one whose checksum is recorded here.
    """
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise InstallationError(
            f"there is no wheel to build CmdStan from for {platform.system()} on {platform.machine()}; "
            "install the official one (python -m cmdstanpy.install_cmdstan, or conda install -c conda-forge cmdstan)"
        )
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
        "--only-binary=:all:", "--python-version", wheel.python, "--platform", _PLATFORM,
        "--dest", str(folder), f"httpstan=={wheel.release}",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = sorted(folder.glob("httpstan-*.whl"))
    if done.returncode != 0 or not found:
        raise InstallationError(f"pip could not download httpstan {wheel.release}:\n{done.stderr.strip()}")
    verify(found[0], wheel.sha256)
    return found[0]


def verify(path: Path, sha256: str) -> None:
    """Raise InstallationError unless the file has the given checksum."""
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != sha256:
        raise InstallationError(f"{path.name} has the checksum {found}, not the recorded {sha256}; it is not used")
