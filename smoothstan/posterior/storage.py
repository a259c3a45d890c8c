"""A fit in one netCDF file: draws, data, and the description of the model; never pickle."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.errors import StorageError
from smoothstan.posterior.codec import decode, encode

if TYPE_CHECKING:
    import xarray as xr

_GROUP = "smoothstan"
_FORMAT = 1
_ENGINE = "h5netcdf"


def save_tree(path: str | os.PathLike[str], draws: xr.DataTree, model: Any, version: str) -> None:
    """Write draws and model to ``path``; an existing file is replaced only when all is written.

    Raises:
        StorageError: if the file cannot be written.
    """
    import xarray as xr

    target = Path(path)
    description = np.frombuffer(encode(model), dtype=np.uint8)
    extra = xr.Dataset({"model": (("byte",), description)}, attrs={"format": _FORMAT, "version": version})
    tree = xr.DataTree.from_dict({**{f"/{k}": v.dataset for k, v in draws.children.items()}, f"/{_GROUP}": extra})
    encoding = {f"/{_GROUP}": {"model": {"zlib": True, "complevel": 4}}}
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-", suffix=".part")
        os.close(handle)
    except OSError as fault:
        raise StorageError(f"cannot write {target}: {fault.strerror or fault}") from None
    try:
        tree.to_netcdf(name, engine="h5netcdf", encoding=encoding)
        os.replace(name, target)
    except OSError as fault:
        raise StorageError(f"cannot write {target}: {fault.strerror or fault}") from None
    finally:
        Path(name).unlink(missing_ok=True)


def load_tree(path: str | os.PathLike[str]) -> tuple[xr.DataTree, Any]:
    """Read draws and model.

    Raises:
        StorageError: if there is no such file, it is damaged, or something else wrote it.
    """
    import xarray as xr

    source = Path(path)
    if not source.is_file():
        raise StorageError(f"there is no file {source}")
    try:
        with xr.open_datatree(source, engine=_ENGINE) as opened:
            tree = opened.load()
    except Exception as fault:  # h5py and xarray raise many kinds for a file that is not what it should be
        raise StorageError(f"{source} is not a fit saved by smoothstan, or it is damaged ({fault})") from None
    if _GROUP not in tree.children or "format" not in tree[_GROUP].attrs:
        raise StorageError(
            f"{source} was not written by save() of smoothstan; it has the groups {sorted(tree.children)}"
        )
    found = int(tree[_GROUP].attrs["format"])
    if found > _FORMAT:
        version = tree[_GROUP].attrs.get("version", "newer")
        raise StorageError(f"{source} was written by smoothstan {version}, this version reads format {_FORMAT} only")
    model = decode(tree[_GROUP].dataset["model"].values.astype(np.uint8).tobytes())
    groups = {name: node.dataset for name, node in tree.children.items() if name != _GROUP}
    return xr.DataTree.from_dict(groups), model
