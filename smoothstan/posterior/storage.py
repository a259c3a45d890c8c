"""A fit in one netCDF file: draws, data, and the description of the model; never pickle."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from smoothstan.errors import StorageError
from smoothstan.posterior.codec import decode, encode

if TYPE_CHECKING:
    import xarray as xr

_GROUP = "smoothstan"
_FORMAT = 1
_ENGINE = "h5netcdf"
_GROUPS = ("posterior", "sample_stats", "observed_data", "constant_data")
T = TypeVar("T")


def save_tree(path: str | os.PathLike[str], draws: xr.DataTree, model: Any, version: str) -> None:
    """Write draws and model to ``path``; an existing file is replaced only when all is written.

    Raises:
        StorageError: if the file cannot be written.
    """
    import xarray as xr

    target = _as_path(path)
    description = np.frombuffer(encode(model), dtype=np.uint8)
    extra = xr.Dataset({"model": (("byte",), description)}, attrs={"format": _FORMAT, "version": version})
    tree = xr.DataTree.from_dict({**{f"/{k}": v.dataset for k, v in draws.children.items()}, f"/{_GROUP}": extra})
    encoding = {f"/{_GROUP}": {"model": {"zlib": True, "complevel": 4}}}
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-", suffix=".part")
        os.close(handle)
    except (OSError, ValueError) as fault:
        raise StorageError(f"cannot write {target}: {getattr(fault, 'strerror', None) or fault}") from None
    try:
        tree.to_netcdf(name, engine="h5netcdf", encoding=encoding)
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


def load_tree(path: str | os.PathLike[str], kind: type[T]) -> tuple[xr.DataTree, T]:
    """Read draws and a model of the given kind.

    Raises:
        StorageError: if there is no such file, it is damaged, or something else wrote it.
    """
    import xarray as xr

    source = _as_path(path)
    _check_readable(source)
    try:
        with xr.open_datatree(source, engine=_ENGINE) as opened:
            tree = opened.load()
    except Exception as fault:  # h5py and xarray raise many kinds for a file that is not what it should be
        raise StorageError(f"{source} is not a fit saved by smoothstan, or it is damaged ({fault})") from None
    found = tree[_GROUP].attrs.get("format") if _GROUP in tree.children else None
    if not isinstance(found, (int, np.integer)) or "model" not in tree[_GROUP].dataset:
        raise StorageError(
            f"{source} was not written by save() of smoothstan; it has the groups {sorted(tree.children)}"
        )
    if found > _FORMAT:
        version = tree[_GROUP].attrs.get("version", "newer")
        raise StorageError(f"{source} was written by smoothstan {version}; this version reads format {_FORMAT} only")
    try:
        model = decode(tree[_GROUP].dataset["model"].values.astype(np.uint8).tobytes())
    except StorageError as fault:
        raise StorageError(f"{source}: {fault}") from None
    if not isinstance(model, kind) or not set(_GROUPS) <= set(tree.children):
        raise StorageError(f"{source} holds no fit, or not all of it")
    groups = {name: node.dataset for name, node in tree.children.items() if name != _GROUP}
    return xr.DataTree.from_dict(groups), model


def _as_path(path: Any) -> Path:
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
