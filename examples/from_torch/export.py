"""A network of PyTorch, and its export by PyTorch: ``net.onnx``, and ``net.pt2``, which has what the export drops.

Needs PyTorch 2.6 or later, and onnxscript; the files that it writes are here. Then, without PyTorch::

    pyc onnx carry net.pt2 net.onnx                                   # what the export has dropped
    pyc onnx carry net.pt2 net.onnx -o carried.onnx --dim s77=batch   # a model that says it
    pyc inspect carried.onnx
    pyc onnx import carried.onnx -o net.py                            # a program of the language
    pyc compile carried.onnx                                          # machine code
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import torch
from torch import nn
from torch.fx.traceback import annotate, preserve_node_meta


class Gate(nn.Module):
    """A block of two layers beside its input."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.up = nn.Linear(width, 2 * width)
        self.down = nn.Linear(2 * width, width)
        self.norm = nn.LayerNorm(width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        with annotate({"stage": 1}):
            hidden = nn.functional.gelu(self.up(x))
        return self.norm(x + self.down(hidden))


class Net(nn.Module):
    """Says of its operations which precision an accelerator may use, and more."""

    def __init__(self) -> None:
        super().__init__()
        self.first = Gate(4)
        self.second = Gate(4)
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(4, 3)
        self.register_buffer("scale", torch.tensor([1.0, 2.0, 3.0]))
        self.register_buffer("shift", torch.tensor([0.5, 0.0, -0.5]))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        with annotate({"precision": "f16", "bits": [8, 4]}):
            x = self.first(x)
        with annotate({"role": "regulariser"}):
            x = self.drop(self.second(x))
        with annotate({"calibrated": True}):
            scale = self.scale * 2
        return torch.softmax(self.head(x) * scale + self.shift, -1)


def export(folder: Path) -> None:
    """Write both files. What is said in the program is kept by ``preserve_node_meta``."""
    torch.manual_seed(0)
    net = Net().eval()
    batch = torch.export.Dim("batch", min=2, max=64)
    with preserve_node_meta():
        exported = torch.export.export(net, (torch.randn(3, 4),), dynamic_shapes={"x": {0: batch}})
        program = torch.onnx.export(exported, dynamo=True, verbose=False)
    program.save(folder / "net.onnx")
    torch.export.save(program.exported_program, folder / "net.pt2")


def without_paths(folder: Path) -> None:
    """Take the places of this machine out of the files, so that they are the same wherever they are written."""
    import onnx

    model = onnx.load(folder / "net.onnx")
    for node in model.graph.node:
        for entry in node.metadata_props:
            entry.value = _portable(entry.value)
    (folder / "net.onnx").write_bytes(model.SerializeToString(deterministic=True))
    with zipfile.ZipFile(folder / "net.pt2") as archive:
        files = {i.filename: archive.read(i) for i in archive.infolist()}
    with zipfile.ZipFile(folder / "net.pt2", "w") as archive:
        for name, content in files.items():
            text = _portable(content.decode()).encode() if name.endswith("model.json") else content
            archive.writestr(zipfile.ZipInfo(name), text)


def _portable(text: str) -> str:
    folders = (f"{Path(__file__).resolve().parent}/", f"{Path(torch.__file__).resolve().parents[1]}/")
    for folder in folders:
        text = text.replace(folder, "")
    # Numbers of graphs are addresses.
    return re.sub(r'(graph_id[\\": ]+)\d+', r"\g<1>0", text)


if __name__ == "__main__":
    export(Path(__file__).parent)
    without_paths(Path(__file__).parent)
