"""The C header of a bundle: the parameters of each kernel as a struct, for those who launch by themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_C = {
    "B": "uint8_t",
    "b": "int8_t",
    "h": "int16_t",
    "i": "int32_t",
    "q": "int64_t",
    "H": "uint16_t",
    "f": "float",
    "d": "double",
}


def write(manifest: Mapping[str, Any]) -> str:
    """The text of the header of a bundle with this manifest."""
    name = manifest["name"]
    guard = _guard(name)
    structs = "\n".join(_struct(kernel, facts["parameters"]) for kernel, facts in manifest["kernels"].items())
    return f"""/* {name}.h: kernels compiled for {manifest["target"]} by pyc.
 *
 * A struct holds the parameters of the kernel of its name, laid out as cuLaunchKernel takes them with
 * CU_LAUNCH_PARAM_BUFFER_POINTER. A view is an address twice, an offset, then sizes and strides, all in elements.
 * manifest.json says for each function which kernels it launches, in which order, on which grids ("host").
 */
#ifndef {guard}
#define {guard}

#include <stdint.h>

{structs}
#endif /* {guard} */
"""


def _guard(name: str) -> str:
    return f"PYC_{re.sub('[^A-Za-z0-9_]', '_', name).upper()}_H"


def _struct(kernel: str, parameters: list[str]) -> str:
    lines = []
    for i, kind in enumerate(parameters):
        if not kind.startswith("view:"):
            lines.append(f"    {_C[kind]} p{i};")
            continue
        rank = int(kind.partition(":")[2])
        shape = f" int64_t sizes[{rank}], strides[{rank}];" if rank else ""
        lines.append(f"    struct {{ uint64_t allocated, aligned; int64_t offset;{shape} }} p{i};")
    body = "\n".join(lines) or "    char none;"
    return f"struct {kernel} {{\n{body}\n}};\n"
