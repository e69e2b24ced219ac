"""What holds for all tests: how the compiler checks itself, and which tests run together, in which order."""

import os
from pathlib import Path

import pytest

# The compiler checks the level of a module after each pass.
os.environ.setdefault("PYC_VERIFY", "1")

#: Files whose tests have nothing compiled in common: each test may run anywhere. In the others, what one test has
#: compiled the next ones call, so that one worker runs all of a file.
APART = frozenset(
    {
        "test_differential",
        "test_docs",
        "test_examples",
        "test_kernels",
        "test_linalg_decompositions",
        "test_lit",
        "test_memory_programs",
        "test_nn_record",
        "test_numpy_draws",
        "test_numpy_linalg",
        "test_onnx_agreement",
        "test_programs",
    }
)
#: Files that take long, the longest first: begun last, one of them would keep a single worker busy at the end.
LONG = (
    "test_memory_programs",
    "test_language_tracebacks",
    "test_differential",
    "test_numpy_changed",
    "test_numpy_complex",
    "test_nn_record",
    "test_linalg_decompositions",
    "test_mixed_library",
    "test_numpy_linalg",
    "test_numpy_draws",
    "test_numpy_keywords",
    "test_language_views",
    "test_memory_form",
    "test_programs",
    "test_mixed_rounding",
    "test_onnx",
    "test_ops_cpu",
    "test_cpu_bundle",
    "test_jit",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of a file into one group, but for files of :data:`APART`, and those of :data:`LONG` first."""
    rank = {name: i for i, name in enumerate(LONG)}
    items.sort(key=lambda item: rank.get(Path(item.path).stem, len(LONG)))
    for item in items:
        if Path(item.path).stem not in APART and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(Path(item.path).stem))
