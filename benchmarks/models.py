"""Models beside ONNX Runtime: imported, compiled for the CPU, and run on the same inputs.

    python benchmarks/models.py [NAME | MODEL.onnx]... [--rounds 9] [--threads 1] [--size batch=1] [--markdown]

Without names: the networks that the package onnx has with its tests (AlexNet, DenseNet121, Inception v1 and v2,
ResNet50, ShuffleNet, SqueezeNet, VGG19, ZFNet), and the models of test/models. The package leaves out the weights of
its networks; here they are drawn, so that what comes out means something. Both ways run in this process and take turns,
with so many threads; 0 is what each does by itself. With one thread the processor's time of this process counts,
otherwise the clock: the columns are medians of milliseconds.

``difference`` is the largest distance of a result from ONNX Runtime's, in parts of the largest result.
"""

import argparse
import ctypes
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

ROOT = Path(__file__).parents[1]
LIGHT = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
#: Extents with a name that are not 1, and inputs that are no noise, by the model's name.
SIZES = {"silero_vad_16k": {"batch": 1, "sequence": 576}}
GIVEN = {"sr": 16000}


@dataclass(frozen=True)
class Row:
    """What was found of a model: seconds to import and to compile it, medians of milliseconds."""

    name: str
    nodes: int
    weights: int
    imported: float
    compiled: float
    difference: float
    own: float
    other: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", metavar="NAME | MODEL.onnx")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--size", action="append", default=[], metavar="NAME=EXTENT")
    parser.add_argument("--markdown", action="store_true")
    options = parser.parse_args()
    if options.threads:
        # Before the library that reads it is loaded.
        os.environ["PYC_NUM_THREADS"] = str(options.threads)
    sizes = {name: int(extent) for name, _, extent in (s.partition("=") for s in options.size)}
    print(line("model", "nodes", "weights", "import s", "compile s", "difference", "pyc ms", "ORT ms", "ORT / pyc"))
    if options.markdown:
        print(line("---", *["---:"] * 8))
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for path in chosen(options.models):
            try:
                rows.append(row := measured(path, Path(folder), options.rounds, options.threads, sizes))
            except ctypes.ArgumentError as error:
                # Python calls no function of more than 1,024 arguments; DenseNet121 has more.
                print(line(path.stem.removeprefix("light_"), str(error)), flush=True)
            else:
                print(shown(row), flush=True)
    ratio = statistics.geometric_mean(r.other / r.own for r in rows)
    print(f"\ngeometric mean of {len(rows)}: {ratio:.2f}")


def chosen(names: Sequence[str]) -> list[Path]:
    """The models that are asked for, by path or by name."""
    known = {p.stem.removeprefix("light_"): p for p in [*LIGHT.glob("*.onnx"), *(ROOT / "test/models").glob("*.onnx")]}
    if not names:
        return [known[name] for name in sorted(known)]
    unknown = [n for n in names if n not in known and not Path(n).is_file()]
    if unknown:
        sys.exit(f"{', '.join(unknown)}: neither a file nor one of {', '.join(sorted(known))}")
    return [known.get(n, Path(n)) for n in names]


# --- one model --------------------------------------------------------------------------------------------------------


def measured(path: Path, folder: Path, rounds: int, threads: int, sizes: dict[str, int]) -> Row:
    """A model run both ways."""
    import onnxruntime

    import pyc
    from pyc.tools.driver import Job, compile_file
    from pyc.tools.models import import_model

    name = path.stem.removeprefix("light_")
    if path.parent == LIGHT:
        path = with_weights(path, folder)
    begin = time.perf_counter()
    sizes = {**SIZES.get(name, {}), **sizes}
    found, files = import_model(str(path), str(folder / f"{name}.py"), {k: [v] for k, v in sizes.items()})
    between = time.perf_counter()
    weights = str(files[1]) if len(files) > 1 else ""
    outcome = compile_file(Job(str(files[0]), output=str(folder / f"{name}.cpu"), weights=weights))
    end = time.perf_counter()
    assert outcome.path is not None
    own = getattr(pyc.load(outcome.path), found.name)

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    if threads:
        options.intra_op_num_threads = options.inter_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    feeds = inputs_of(session, sizes)
    arguments = list(feeds.values())
    clock = time.process_time if threads == 1 else time.perf_counter
    expected: Sequence[Any] = session.run(None, feeds)
    given = own(*arguments)
    difference = max(map(distance, given if isinstance(given, tuple) else (given,), expected))
    mine, theirs = taken(rounds, clock, lambda: own(*arguments), lambda: session.run(None, feeds))
    model = onnx.load(path)
    size = sum(w.nbytes for w in found.weights.values())
    return Row(name, len(model.graph.node), size, between - begin, end - between, difference, mine, theirs)


def with_weights(path: Path, folder: Path) -> Path:
    """A network of the package onnx with weights that are drawn, as large as those of training are at first."""
    model = onnx.load(path)
    rng = np.random.default_rng(0)
    constants = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    drawn: dict[str, np.ndarray[Any, Any]] = {}
    for node in list(model.graph.node):
        if node.op_type == "ConstantOfShape" and node.input[0] in constants:
            shape = [int(n) for n in constants[node.input[0]]]
            drawn[node.output[0]] = np.zeros(shape, np.float32)
            model.graph.node.remove(node)
    for node in model.graph.node:
        for k, name in enumerate(node.input):
            if name in drawn:
                drawn[name] = values(rng, node.op_type, k, drawn[name].shape)
    model.graph.initializer.extend(numpy_helper.from_array(w, name) for name, w in drawn.items())
    for node in model.graph.node:
        if node.op_type == "Softmax":
            # Of what such weights give it makes one and zeros, which hides differences.
            node.op_type = "Identity"
            del node.attribute[:]
    # Older ones want initializers among the inputs.
    model.ir_version = max(model.ir_version, 8)
    onnx.save(model, folder / path.name)
    return folder / path.name


def values(rng: np.random.Generator, op: str, position: int, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """Weights of an operator: filters and matrices, or numbers of channels."""
    if op == "BatchNormalization":
        # Scales and variances are about 1, offsets and means about 0.
        return (rng.uniform(0.8, 1.2, shape) if position in (1, 4) else rng.normal(0, 0.1, shape)).astype(np.float32)
    if len(shape) < 2:
        return rng.normal(0, 0.05, shape).astype(np.float32)
    return rng.normal(0, np.sqrt(2 / np.prod(shape[1:])), shape).astype(np.float32)


def inputs_of(session: Any, sizes: dict[str, int]) -> dict[str, Any]:
    """Noise for each input of a model, small numbers where they are integers."""
    types = {
        "tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(float16)": np.float16,
        "tensor(int32)": np.int32, "tensor(int64)": np.int64, "tensor(uint8)": np.uint8,
    }  # fmt: skip
    rng = np.random.default_rng(1)
    found = {}
    for given in session.get_inputs():
        shape = [d if isinstance(d, int) else sizes.get(d, 1) for d in given.shape]
        kind = types[given.type]
        if given.name in GIVEN:
            found[given.name] = np.full(shape, GIVEN[given.name], kind)
        elif np.issubdtype(kind, np.integer):
            found[given.name] = rng.integers(0, 100, shape).astype(kind)
        else:
            found[given.name] = np.asarray(rng.standard_normal(shape)).astype(kind)
    return found


def distance(actual: Any, expected: Any) -> float:
    a, e = np.asarray(actual, np.float64), np.asarray(expected, np.float64)
    return float(np.max(np.abs(a - e), initial=0) / max(np.max(np.abs(e), initial=0), 1e-30))


def taken(rounds: int, clock: Callable[[], float], *ways: Callable[[], Any]) -> list[float]:
    """The median of milliseconds of each way; a sample takes at least 20."""
    repeats = []
    for way in ways:
        begin = time.perf_counter()
        way()
        repeats.append(max(1, int(0.02 / max(time.perf_counter() - begin, 1e-6))))
    samples: list[list[float]] = [[] for _ in ways]
    for _ in range(rounds):
        for way, count, into in zip(ways, repeats, samples, strict=True):
            begin = clock()
            for _ in range(count):
                way()
            into.append((clock() - begin) / count * 1e3)
    return [statistics.median(s) for s in samples]


# --- the table --------------------------------------------------------------------------------------------------------


def shown(row: Row) -> str:
    return line(
        row.name, str(row.nodes), f"{row.weights / 2**20:.1f} MiB", f"{row.imported:.1f}", f"{row.compiled:.1f}",
        f"{row.difference:.1e}", f"{row.own:.3f}", f"{row.other:.3f}", f"{row.other / row.own:.2f}",
    )  # fmt: skip


def line(first: str, *others: str) -> str:
    return f"| {first:<20} | " + " | ".join(f"{o:>10}" for o in others) + " |"


if __name__ == "__main__":
    main()
