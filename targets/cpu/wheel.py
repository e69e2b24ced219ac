"""A wheel that holds a bundle: what ``pip install`` takes, for machines that have no pyc.

A wheel is a zip file whose name says what it is for: ``NAME-VERSION-py3-none-PLATFORM.whl`` (PEP 427). The package in
it is the bundle; its loader needs NumPy, so that one wheel serves every Python that has it.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

from pyc.artifact import Artifact

#: The version of a file that has no ``__version__``.
UNNAMED = "0.0.0"
#: The symbol versions of glibc that a library asks for, as they stand in its string table.
_GLIBC = re.compile(rb"\0GLIBC_2\.(\d+)(?=[.\0])")
#: manylinux starts with the glibc of CentOS 5.
_OLDEST = 5
#: Element types whose arrays need ml_dtypes.
_BEYOND_NUMPY = ("i4", "u4", "f4e2m1", "f8e8m0", "bf16", "f8e4m3", "f8e5m2")
#: Zip files carry times; this is the first that they can say. Equal programs give equal wheels.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def wheel(bundle: Artifact, name: str, version: str, library: bytes, architecture: str) -> Artifact:
    """The wheel of a bundle, one file.

    Args:
        bundle: What the package holds.
        name: The package as Python imports it.
        version: As PEP 440 has it; empty for a file that does not say.
        library: The shared library of the bundle, which says what C library it needs.
        architecture: What it runs on: ``x86_64``.
    """
    version = version or UNNAMED
    manifest: Mapping[str, Any] = bundle.metadata
    # In a wheel's file name "-" divides, and "_" stands for what divides words in a project's name.
    stem = f"{re.sub(r'[-_.]+', '_', name).lower()}-{version}"
    tag = f"py3-none-{platform_tag(library, architecture)}"
    information = f"{stem}.dist-info"
    files = {f"{name}/{path}": content for path, content in bundle.files.items()}
    files[f"{information}/METADATA"] = _metadata(name, version, manifest).encode()
    files[f"{information}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: {manifest['compiler']}\nRoot-Is-Purelib: false\nTag: {tag}\n"
    ).encode()
    files[f"{information}/top_level.txt"] = f"{name}\n".encode()
    record = f"{information}/RECORD"
    lines = [f"{path},sha256={_digest(content)},{len(content)}\n" for path, content in files.items()]
    files[record] = "".join([*lines, f"{record},,\n"]).encode()
    return Artifact(bundle.target, {f"{stem}-{tag}.whl": _zipped(files)}, bundle.exports, manifest, single=True)


def platform_tag(library: bytes, architecture: str) -> str:
    """The platform of a wheel: the oldest glibc that has what its library asks for."""
    asked = [int(minor) for minor in _GLIBC.findall(library)]
    return f"manylinux_2_{max([_OLDEST, *asked])}_{architecture}"


def _metadata(name: str, version: str, manifest: Mapping[str, Any]) -> str:
    types = {v["dtype"] for e in manifest["functions"] for v in (*e["parameters"], *e["results"])}
    requires = ["numpy>=2.0", *(["ml_dtypes>=0.5"] if types & set(_BEYOND_NUMPY) else [])]
    return (
        f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: {version}\n"
        f"Summary: {manifest['name']}, compiled for {manifest['target']} by {manifest['compiler']}\n"
        "Requires-Python: >=3.11\n" + "".join(f"Requires-Dist: {r}\n" for r in requires)
    )


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def _zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if path.endswith(".so") else 0o100644) << 16
            archive.writestr(entry, content)
    return out.getvalue()
