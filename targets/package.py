"""The ``__init__.py`` of a bundle, the same for all targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def exported_names(manifest: Mapping[str, Any]) -> list[str]:
    """The attributes of a bundle that its functions and modules are, in order."""
    return list(dict.fromkeys(entry["attribute"] for entry in manifest["functions"]))


def record_names(manifest: Mapping[str, Any]) -> list[str]:
    """The records that the functions take or give, as far as Python can name them."""
    structures = [s for e in manifest["functions"] if (s := e.get("structure")) is not None]
    found = dict.fromkeys(name for s in structures for name in s["records"])
    return [name for name in found if name.isidentifier() and name not in exported_names(manifest)]


def init(manifest: Mapping[str, Any], more: Sequence[str] = ()) -> str:
    """The text of ``__init__.py``: the functions, and what else the bundle has, by name."""
    exported = [*exported_names(manifest), *more]
    binding = "".join(f"{name} = _pyc_bundle.{name}\n" for name in exported)
    listed = "".join(f'    "{name}",\n' for name in exported)
    return f'''"""{manifest["name"]}, compiled for {manifest["target"]} by {manifest["compiler"]}."""

from os.path import dirname as _dirname

from ._runtime import open_bundle as _open_bundle

_pyc_bundle = _open_bundle(_dirname(__file__))
{binding}
__all__ = [
{listed}]
'''
