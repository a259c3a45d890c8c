"""A fit in one netCDF file: draws, data, and a description of all else that it holds; never pickle."""

from __future__ import annotations

import os
import tempfile
from dataclasses import MISSING, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np

from smoothstan._version import __version__
from smoothstan.errors import StorageError
from smoothstan.posterior.codec import decode, encode
from smoothstan.posterior.fitted import FitModel, Fitted
from smoothstan.terms import SmoothOptions

if TYPE_CHECKING:
    import xarray as xr

_GROUP = "smoothstan"
_CONTENT = "fit"
_FORMAT = 2
_ENGINE: Literal["h5netcdf"] = "h5netcdf"
_GROUPS = ("posterior", "sample_stats", "observed_data", "constant_data")
_TREE = "draws"
F = TypeVar("F", bound=Fitted)


def check_user_objects(options: SmoothOptions) -> None:
    """Raise StorageError, naming the part, for knots or objects for smooths that a file cannot hold."""
    encode(options.knots, "knots")
    encode(options.settings, "data2")


def check_target(target: Path) -> None:
    """Raise StorageError if no file of this name can be made."""
    try:
        folder = target.is_dir()
        parent = target.parent.is_dir()
    except (OSError, ValueError) as fault:
        raise StorageError(f"cannot write {target}: {getattr(fault, 'strerror', None) or fault}") from None
    if folder:
        raise StorageError(f"cannot write {target}: it is a folder; name a file in it, e.g. {target / 'fit.nc'}")
    if not parent:
        raise StorageError(f"cannot write {target}: No such file or directory {target.parent}")
    if not os.access(target.parent, os.W_OK):
        raise StorageError(f"cannot write {target}: Permission denied in {target.parent}")


def save_tree(path: str | os.PathLike[str], fit: Fitted) -> None:
    """Write a fit to ``path``; an existing file is replaced only when all is written.

    The draws are netCDF groups as they are; every other field of the fit goes through the codec.

    Raises:
        StorageError: if the file cannot be written, or a part of the fit cannot be stored.
    """
    import xarray as xr

    target = as_path(path)
    check_target(target)
    check_user_objects(fit.model.smooth_options)
    stored = {f.name: getattr(fit, f.name) for f in fields(fit) if f.name != _TREE}
    description = np.frombuffer(encode(stored, "fit"), dtype=np.uint8)
    extra = xr.Dataset({_CONTENT: (("byte",), description)}, attrs={"format": _FORMAT, "version": __version__})
    groups = {f"/{name}": node.dataset for name, node in fit.draws.children.items()}
    tree = xr.DataTree.from_dict({**groups, f"/{_GROUP}": extra})
    _write(tree, target, {f"/{_GROUP}": {_CONTENT: {"zlib": True, "complevel": 4}}})


def _write(tree: xr.DataTree, target: Path, encoding: dict[str, Any]) -> None:
    """Write to a file beside the target and put it in its place."""
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-", suffix=".part")
        os.close(handle)
    except (OSError, ValueError) as fault:
        raise StorageError(f"cannot write {target}: {getattr(fault, 'strerror', None) or fault}") from None
    try:
        tree.to_netcdf(name, engine=_ENGINE, encoding=encoding)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, target)
    except OSError as fault:
        raise StorageError(f"cannot write {target}: {fault.strerror or fault}") from None
    finally:
        Path(name).unlink(missing_ok=True)


def _umask() -> int:
    """Return the permissions that the user does not grant to new files; it can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def load_tree(path: str | os.PathLike[str], kind: type[F]) -> F:
    """Read a fit of the given class.

    Raises:
        StorageError: if there is no such file, it is damaged, or something else wrote it.
    """
    import xarray as xr

    source = as_path(path)
    _check_readable(source)
    try:
        with xr.open_datatree(source, engine=_ENGINE) as opened:
            tree = opened.load()
    except Exception as fault:  # h5py and xarray raise many kinds for a file that is not what it should be
        raise StorageError(f"{source} is not a fit saved by smoothstan, or it is damaged ({fault})") from None
    _check_format(tree, source)
    try:
        content = decode(tree[_GROUP].dataset[_CONTENT].values.astype(np.uint8).tobytes())
        groups = {name: node.dataset for name, node in tree.children.items() if name != _GROUP}
        _check_content(content, set(groups), kind)
        return kind(**content, draws=xr.DataTree.from_dict(groups))
    except StorageError as fault:
        raise StorageError(f"{source}: {fault}") from None


def _check_format(tree: xr.DataTree, source: Path) -> None:
    attributes = tree[_GROUP].attrs if _GROUP in tree.children else {}
    found = attributes.get("format")
    if not isinstance(found, (int, np.integer)):
        raise StorageError(
            f"{source} was not written by save() of smoothstan; it has the groups {sorted(tree.children)}"
        )
    if found != _FORMAT:
        raise StorageError(
            f"{source} was written in format {found} by smoothstan {attributes.get('version', '(unknown)')}; this is "
            f"smoothstan {__version__}, which reads format {_FORMAT} only: load it there, or fit the model again"
        )
    if _CONTENT not in tree[_GROUP].dataset:
        raise StorageError(f"{source} holds no fit, or not all of it")


def _check_content(content: Any, groups: set[str], kind: type[Fitted]) -> None:
    known = {f.name: f for f in fields(kind) if f.name != _TREE}
    if not isinstance(content, dict) or not set(_GROUPS) <= groups:
        raise StorageError("it holds no fit, or not all of it")
    unknown = content.keys() - known.keys()
    if unknown:
        raise StorageError(f"it holds {', '.join(sorted(unknown))}, which this version of smoothstan does not know")
    required = {name for name, f in known.items() if f.default is MISSING and f.default_factory is MISSING}
    if not required <= content.keys() or not isinstance(content["model"], FitModel):
        raise StorageError("it holds no fit, or not all of it")


def as_path(path: Any) -> Path:
    """Return what a user gave as a path; StorageError if it is none."""
    try:
        return Path(path)
    except TypeError:
        raise StorageError(f"a path is needed, got {path!r}") from None


def _check_readable(source: Path) -> None:
    try:
        if source.is_dir():
            raise StorageError(f"{source} is a folder, not a file")
        if not source.is_file():
            raise StorageError(f"there is no file {source}")
    except (OSError, ValueError) as fault:
        if isinstance(fault, StorageError):
            raise
        raise StorageError(f"cannot read {source}: {fault}") from None
