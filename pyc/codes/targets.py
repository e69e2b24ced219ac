"""Targets and precision: E3xx."""

from pyc.diagnostics import Code

CODES: tuple[Code, ...] = (
    Code(
        "E301",
        "values of two targets are combined",
        "A value lives on one target, and an operation runs where its operands live. Transfers are never made silently:"
        " they are written '.to(target)', seen in the IR and counted in reports.",
        wrong="def f(x: Tensor[f32, N, cpu], y: Tensor[f32, N, cuda]) -> Tensor[f32, N, cpu]:\n    return x + y",
        right="def f(x: Tensor[f32, N, cpu], y: Tensor[f32, N, cuda]) -> Tensor[f32, N, cpu]:\n    return x + y.to(cpu)",
    ),
    Code(
        "E302",
        "a function of another target is called",
        "A function runs on one target: that of its decorator, its target parameter, its types, or '--target'. Compiled"
        " code calls functions of its own target.",
        wrong="def g(x: Tensor[f32, N, cuda]) -> Tensor[f32, N, cuda]: ...\n\n"
        "def f(x: Tensor[f32, N, cpu]) -> Tensor[f32, N, cpu]:\n    return g(x.to(cuda)).to(cpu)",
        right="def g[On: Target](x: Tensor[f32, N, On]) -> Tensor[f32, N, On]: ...\n\n"
        "def f(x: Tensor[f32, N, cpu]) -> Tensor[f32, N, cpu]:\n    return g(x)",
    ),
    Code(
        "E303",
        "the target does not support the element type",
        "Some hardware lacks some element types (f8 before sm_89, complex numbers everywhere yet), and a Target of your own"
        " has those that its dtypes list. The error stands at the line that makes such a value.",
        wrong='npu = Target("npu", dtypes={f16})\n\ndef f(x: Tensor[f32, N, npu]) -> Tensor[f32, N, npu]: ...',
        right='npu = Target("npu", dtypes={f16, f32})\n\ndef f(x: Tensor[f32, N, npu]) -> Tensor[f32, N, npu]: ...',
    ),
    Code(
        "E304",
        "a function is fixed to another target",
        "Its types or its decorator say where it runs, and '--target' says something else. In a file with other functions"
        " it is skipped with a warning; a function that '--function' names is an error.",
        wrong="pyc compile model.py --target=cuda        # def f(x: Tensor[f32, N, cpu]) ...",
        right="pyc compile model.py --target=cpu",
    ),
    Code(
        "E306",
        "the precision is impossible",
        "Mixed[storage, compute, accumulate] takes float types that widen from left to right; 'acc=' of a product is at"
        " least as wide as its operands.",
        wrong="Half = Mixed[f32, f16]",
        right="Half = Mixed[f16, f32]",
    ),
    Code(
        "E307",
        "the target is unknown or spelled wrongly",
        "Targets are cpu and cuda, with a chip if it matters (cuda(\"sm_90a\")), or your own: Target(\"name\", chip,"
        " features={...}, dtypes={f16, f32}).",
        wrong='gpu = cuda("sm_99")',
        right='gpu = cuda("sm_90a")',
    ),
)
