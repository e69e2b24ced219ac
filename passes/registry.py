"""Every pass by its name, for pipelines written as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from importlib import import_module

from .base import Pass

#: Name of a pass: its module in this package and its class. In the order in which a program meets them.
PASSES: Mapping[str, tuple[str, str]] = {
    "drop-annotations": ("drop_annotations", "DropAnnotations"),
    "mark-bounded": ("mark_bounded", "MarkBounded"),
    "mask-reductions": ("mask_reductions", "MaskReductions"),
    "drop-index-checks": ("drop_index_checks", "DropIndexChecks"),
    "drop-idle-checks": ("drop_idle_checks", "DropIdleChecks"),
    "split-checks": ("split_checks", "SplitChecks"),
    "chunk-parallel": ("chunk_parallel", "ChunkParallel"),
    "fold-branches": ("fold_branches", "FoldBranches"),
    "resolve-checks": ("resolve_checks", "ResolveChecks"),
    "lower-to-linalg": ("lower_to_linalg", "LowerToLinalg"),
    "inline-calls": ("inline_calls", "InlineCalls"),
    "keep-writes": ("keep_writes", "KeepWrites"),
    "read-past-writes": ("read_past_writes", "ReadPastWrites"),
    "fuse-elementwise": ("fuse_elementwise", "FuseElementwise"),
    "strip-meta": ("strip_meta", "StripMeta"),
    "lift-loops": ("lift_loops", "LiftLoops"),
    "chain-insertions": ("chain_insertions", "ChainInsertions"),
    "separate-destinations": ("separate_destinations", "SeparateDestinations"),
    "reuse-destinations": ("reuse_destinations", "ReuseDestinations"),
    "keep-shared-values": ("keep_shared_values", "KeepSharedValues"),
    "update-slices": ("update_slices", "UpdateSlices"),
    "save-before-write": ("save_before_write", "SaveBeforeWrite"),
    "adopt-destinations": ("adopt_destinations", "AdoptDestinations"),
    "elide-copies": ("elide_copies", "ElideCopies"),
    "bufferize": ("bufferize", "Bufferize"),
    "deallocate": ("deallocate", "Deallocate"),
    "recompute-slices": ("recompute_slices", "RecomputeSlices"),
    "merge-loops": ("merge_loops", "MergeLoops"),
    "fuse-rows": ("fuse_rows", "FuseRows"),
    "reuse-memory": ("reuse_memory", "ReuseMemory"),
    "report-loops": ("report_loops", "ReportLoops"),
    "report-products": ("report_products", "ReportProducts"),
    "parallelize-operations": ("parallelize_operations", "ParallelizeOperations"),
    "outline-parallel": ("outline_parallel", "OutlineParallel"),
    "block-contractions": ("block_contractions", "BlockContractions"),
    "block-vector-products": ("block_vector_products", "BlockVectorProducts"),
    "small-buffers-on-stack": ("small_buffers_on_stack", "SmallBuffersOnStack"),
    "free-early": ("free_early", "FreeEarly"),
    "mark-array-math": ("expand_math.mark", "MarkArrayMath"),
    "search-extremes": ("search_extremes", "SearchExtremes"),
    "lower-to-loops": ("lower_to_loops", "LowerToLoops"),
    "merge-checks": ("merge_checks", "MergeChecks"),
    "wrap-rarely": ("wrap_rarely", "WrapRarely"),
    "store-after-loops": ("store_after_loops", "StoreAfterLoops"),
    "compute-ahead": ("compute_ahead", "ComputeAhead"),
    "flatten": ("flatten", "Flatten"),
    "check-allocations": ("check_allocations", "CheckAllocations"),
    "bound-recursion": ("bound_recursion", "BoundRecursion"),
    "asserts-to-returns": ("asserts_to_returns", "AssertsToReturns"),
    "expand-small-floats": ("expand_small_floats", "ExpandSmallFloats"),
    "expand-math": ("expand_math", "ExpandMath"),
    "call-libm": ("call_libm", "CallLibm"),
    "lower-to-llvm": ("lower_to_llvm", "LowerToLlvm"),
    "define-tells": ("define_tells", "DefineTells"),
    "share-work": ("share_work", "ShareWork"),
    "track-allocations": ("track_allocations", "TrackAllocations"),
    "map-to-gpu": ("map_to_gpu", "MapToGpu"),
    "expand-kernel-floats": ("expand_kernel_floats", "ExpandKernelFloats"),
    "expand-kernel-math": ("expand_math.kernel", "ExpandKernelMath"),
    "lower-gpu-to-nvvm": ("lower_gpu_to_nvvm", "LowerGpuToNvvm"),
}


def make(name: str, options: Mapping[str, str]) -> Pass:
    """The pass of that name with its options, which are written as text: ``true``, ``4``, ``word``.

    Raises:
        KeyError: there is no such pass.
        ValueError: it has no such option, or not of that kind.
    """
    module, attribute = PASSES[name]
    kind = getattr(import_module(f"{__package__}.{module}"), attribute)
    known = {f.name.replace("_", "-"): f for f in fields(kind)}
    values: dict[str, object] = {}
    for option, text in options.items():
        if option not in known:
            raise ValueError(f"pass {name} has no option '{option}'; it has {', '.join(known) or 'none'}")
        values[known[option].name] = _value(text, str(known[option].type), f"option {option} of pass {name}")
    return kind(**values)


def _value(text: str, kind: str, what: str) -> object:
    match kind:
        case "bool" if text.lower() in ("true", "1", "false", "0"):
            return text.lower() in ("true", "1")
        case "int" if text.lstrip("-").isdigit():
            return int(text)
        case "str":
            return text
    raise ValueError(f"{what} cannot be '{text}'")
