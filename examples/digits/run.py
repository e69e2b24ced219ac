"""Compiles the classifier for three kinds of machine and runs it on all 1,797 images of scikit-learn's digits.

python examples/digits/run.py
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
from safetensors.numpy import load_file
from sklearn.datasets import load_digits
from threadpoolctl import threadpool_limits

import pyc

HERE = Path(__file__).resolve().parent
LEARNED = 1437


def compile_for(target: str, output: Path, *options: str) -> float:
    """Seconds that `pyc compile` took to write ``output``."""
    weights = HERE / "weights.safetensors"
    command = [sys.executable, "-m", "pyc", "compile", str(HERE / "model.py"), f"--target={target}", "-o", str(output)]
    start = time.perf_counter()
    done = subprocess.run([*command, f"--weights={weights}", *options], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return time.perf_counter() - start


def numpy_classifier(weights: dict[str, np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """The same network written with NumPy in f32: what the compiled one is measured against."""
    up, up_bias, down, down_bias = (
        weights[f"{layer}.{name}"].astype(np.float32) for layer in ("up", "down") for name in ("weight", "bias")
    )

    def classify(images: np.ndarray) -> np.ndarray:
        hidden = np.maximum(images / np.float32(16) @ up + up_bias, 0)
        scores = hidden @ down + down_bias
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    return classify


def images_per_second(classify: Callable[[np.ndarray], np.ndarray], images: np.ndarray) -> float:
    """The best of the runs over all images that fit into a second."""
    best, end = float("inf"), time.perf_counter() + 1
    while time.perf_counter() < end:
        start = time.perf_counter()
        classify(images)
        best = min(best, time.perf_counter() - start)
    return len(images) / best


def main() -> None:
    data = load_digits()
    images, labels = data.data.astype(np.float16), data.target

    artifacts = {"cpu": HERE / "digits.cpu", "cuda": HERE / "digits.cuda", "onnx": HERE / "digits.onnx"}
    for target, path in artifacts.items():
        # ONNX holds one model: the CPU's. The targets of the types stay in it as annotations.
        seconds = compile_for(target, path, *(["--function=Digits"] if target == "onnx" else []))
        print(f"{target:5} {path.relative_to(HERE.parents[1])}  ({seconds:.2f} s)")

    digits = pyc.load(artifacts["cpu"])
    probabilities = digits.Digits(images)
    predicted = probabilities.argmax(axis=1)
    right = predicted == labels
    print(f"accuracy   {right.mean():.2%} of {len(images)} images, {right[LEARNED:].mean():.2%} of the held-out 360")

    reference = numpy_classifier(load_file(HERE / "weights.safetensors"))
    plain = images.astype(np.float32)
    assert (reference(plain).argmax(axis=1) == predicted).mean() > 0.999
    with threadpool_limits(1):  # compiled code has one thread, so NumPy's matrix product gets one too
        ours, theirs = images_per_second(digits.Digits, images), images_per_second(reference, plain)
    print(f"speed      {ours:,.0f} images/s compiled, {theirs:,.0f} with NumPy (f32): {ours / theirs:.2f} x")

    session = onnxruntime.InferenceSession(artifacts["onnx"], providers=["CPUExecutionProvider"])
    (through_onnx,) = session.run(None, {session.get_inputs()[0].name: images})
    same = (np.asarray(through_onnx).argmax(axis=1) == predicted).sum()
    print(f"onnx       ONNX Runtime gives the same prediction for {same} of {len(images)} images")
    assert same == len(images)


if __name__ == "__main__":
    main()
