"""The way of a program to machine code for a CPU: which passes, in which order, and why in this order."""

from __future__ import annotations

from pyc.passes.adopt_destinations import AdoptDestinations
from pyc.passes.asserts_to_returns import AssertsToReturns
from pyc.passes.base import Pass, Pipeline
from pyc.passes.block_contractions import BlockContractions
from pyc.passes.block_vector_products import BlockVectorProducts
from pyc.passes.bound_recursion import BoundRecursion
from pyc.passes.bufferize import Bufferize
from pyc.passes.call_libm import CallLibm
from pyc.passes.chain_insertions import ChainInsertions
from pyc.passes.check_allocations import CheckAllocations
from pyc.passes.chunk_parallel import ChunkParallel
from pyc.passes.compute_ahead import ComputeAhead
from pyc.passes.deallocate import Deallocate
from pyc.passes.define_tells import DefineTells
from pyc.passes.drop_annotations import DropAnnotations
from pyc.passes.drop_idle_checks import DropIdleChecks
from pyc.passes.drop_index_checks import DropIndexChecks
from pyc.passes.elide_copies import ElideCopies
from pyc.passes.expand_math import ExpandMath
from pyc.passes.expand_math.mark import MarkArrayMath
from pyc.passes.expand_small_floats import ExpandSmallFloats
from pyc.passes.flatten import Flatten
from pyc.passes.free_early import FreeEarly
from pyc.passes.fuse_elementwise import FuseElementwise
from pyc.passes.fuse_rows import FuseRows
from pyc.passes.inline_calls import InlineCalls
from pyc.passes.keep_shared_values import KeepSharedValues
from pyc.passes.keep_writes import KeepWrites
from pyc.passes.lift_loops import LiftLoops
from pyc.passes.lower_to_linalg import LowerToLinalg
from pyc.passes.lower_to_llvm import LowerToLlvm
from pyc.passes.lower_to_loops import LowerToLoops
from pyc.passes.mark_bounded import MarkBounded
from pyc.passes.mask_reductions import MaskReductions
from pyc.passes.merge_checks import MergeChecks
from pyc.passes.merge_loops import MergeLoops
from pyc.passes.outline_parallel import OutlineParallel
from pyc.passes.parallelize_operations import ParallelizeOperations
from pyc.passes.read_past_writes import ReadPastWrites
from pyc.passes.recompute_slices import RecomputeSlices
from pyc.passes.report_loops import ReportLoops
from pyc.passes.report_products import ReportProducts
from pyc.passes.reuse_destinations import ReuseDestinations
from pyc.passes.reuse_memory import ReuseMemory
from pyc.passes.save_before_write import SaveBeforeWrite
from pyc.passes.search_extremes import SearchExtremes
from pyc.passes.separate_destinations import SeparateDestinations
from pyc.passes.share_work import ShareWork
from pyc.passes.small_buffers_on_stack import SmallBuffersOnStack
from pyc.passes.split_checks import SplitChecks
from pyc.passes.store_after_loops import StoreAfterLoops
from pyc.passes.strip_meta import StripMeta
from pyc.passes.track_allocations import TrackAllocations
from pyc.passes.update_slices import UpdateSlices
from pyc.passes.wrap_rarely import WrapRarely
from pyc.target import Target

from ..backend import Options
from ..llvm import cpu_machine, grouped_products, has_fused_multiply_add, vector_registers
from .kernels import WITHOUT_F16C, are_apart


def pipeline(target: Target, options: Options) -> Pipeline:
    """From PYC to LLVM."""
    return Pipeline([*to_buffers(target, options), Deallocate(), *to_llvm(target, options)])


def to_buffers(target: Target, options: Options) -> list[Pass]:
    """From PYC to BUFFER. Nothing here hoists: assertions do not yet guard what follows them."""
    return [
        # First: a value that is spoken of is one that is used no other way.
        DropAnnotations(),
        # While loops still say what they go over.
        MarkBounded(),
        # While what a mask chooses is one operation.
        MaskReductions(),
        # Before the others: nothing is computed for a check that is dropped.
        DropIndexChecks(everywhere=options.unchecked),
        # While integers still are Python's, and control flow is structured.
        DropIdleChecks(),
        # Of what is left: it looks only at loops with checks. Without optimisation, code is to be small.
        *([SplitChecks()] if options.level > 1 else []),
        # While reductions are single operations; the ranges of loops were known by what the program says.
        ChunkParallel(),
        LowerToLinalg(says=target.name == "cpu"),
        # Before fusion, which sees one function at a time.
        InlineCalls(),
        # A caller may fail where the function that wrote does not; and before anything is folded once more.
        KeepWrites(),
        # Before it: what reads a slice that was not written need not wait for what was.
        ReadPastWrites(),
        # While types still say which target a value is on, so that transfers stay what they are.
        FuseElementwise(),
        StripMeta(),
        # While loops still exchange values: what a round reads is what it says.
        LiftLoops(),
        # After the last canonicalisation, which takes the links out.
        ChainInsertions(),
        # After the last elimination of common subexpressions.
        SeparateDestinations(),
        ReuseDestinations(),
        # Before an array that is written is saved for who reads it later: what is in place needs no saving.
        UpdateSlices(),
        # After fusion and the last common subexpressions, which read old values late.
        SaveBeforeWrite(),
        # Before bufferisation, which then computes results where the caller wants them.
        AdoptDestinations(),
        # Only now is it known which values go into which places.
        KeepSharedValues(),
        # Last on values: bufferisation then follows what is left.
        ElideCopies(),
        Bufferize(),
    ]


def to_llvm(target: Target, options: Options) -> list[Pass]:
    """From BUFFER to LLVM."""
    machine = cpu_machine(target.chip)
    (bits, registers), grouped = vector_registers(machine), grouped_products(machine)
    return [
        # Before others are joined, which have more results.
        *([RecomputeSlices()] if options.level else []),
        # Before operations are divided: all threads then do the same to an element.
        *([MergeLoops()] if options.level else []),
        # After that, which leaves less to go over; rows are divided as single operations are.
        *([FuseRows(64 if options.level > 1 else 0)] if options.level else []),
        # After both: what is left between two loops may be where the second one writes.
        *([ReuseMemory()] if options.level else []),
        # When all are fused that will be, and before they are divided.
        *([ReportLoops()] if options.level else []),
        # While what was fused is reported, and before products become calls.
        *([ReportProducts(bits, registers, grouped)] if options.level else []),
        # While products still are single operations: their kernels share work among threads. Without optimisation, code
        # is to be small and quickly made.
        *([BlockContractions(bits, registers, grouped, are_apart(machine, options))] if options.level else []),
        # While operations still are single ones.
        *([ParallelizeOperations()] if options.level > 1 else []),
        # Before variables move to the frame of a function: each round has its own.
        OutlineParallel(),
        # Of what a chunk has of a product with a vector.
        *([BlockVectorProducts(bits)] if options.level else []),
        SmallBuffersOnStack(),
        # After it, which leaves what is on no stack; while operations on arrays are single ones.
        FreeEarly(),
        MarkArrayMath(),
        # Without optimisation nothing becomes vectors.
        *([SearchExtremes()] if options.level else []),
        LowerToLoops(),
        # While it still shows which indices loops count. Without optimisation, code is to be small.
        *([MergeChecks(), WrapRarely()] if options.level > 1 else []),
        # Where no check is left.
        *([StoreAfterLoops()] if options.level > 1 else []),
        # Of the checks that are left.
        *([ComputeAhead()] if options.level > 1 else []),
        Flatten(),
        CheckAllocations(),
        # Before assertions become returns: one more of them.
        BoundRecursion(),
        # After flattening: only then can an assertion leave the function.
        AssertsToReturns(),
        # After fusion, which removes most conversions.
        ExpandSmallFloats(half=target.chip in WITHOUT_F16C),
        # Before calls of the C library, which take the rest.
        ExpandMath(has_fused_multiply_add(machine), bits),
        CallLibm(),
        LowerToLlvm(),
        DefineTells(),
        # Of functions that are flat: what a chunk needs is then numbers and addresses.
        ShareWork(),
        # Last: it edits the calls that the conversion of allocations leaves.
        TrackAllocations(),
    ]
