"""Trains the weights of the digits example: scikit-learn's bundled images, a seed, no download.

    python examples/digits/train.py        writes weights.safetensors, about 10 KB, next to this file

The first 1,437 images are learned; the other 360 are held out, and `run.py` reports them apart.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

LEARNED = 1437
HIDDEN = 64
HERE = Path(__file__).resolve().parent


def main() -> None:
    images, labels = load_digits(return_X_y=True)
    images = images / 16
    network = MLPClassifier((HIDDEN,), alpha=0.1, learning_rate_init=2e-3, max_iter=400, random_state=7)
    network.fit(images[:LEARNED], labels[:LEARNED])
    print(f"held out: {network.score(images[LEARNED:], labels[LEARNED:]):.1%} of {len(labels) - LEARNED} images")
    weights = {
        f"{layer}.{name}": np.ascontiguousarray(value, dtype=np.float16)
        for layer, matrix, bias in zip(("up", "down"), network.coefs_, network.intercepts_, strict=True)
        for name, value in (("weight", matrix), ("bias", bias))
    }
    save_file(weights, HERE / "weights.safetensors", metadata={"source": "examples/digits/train.py"})


if __name__ == "__main__":
    main()
