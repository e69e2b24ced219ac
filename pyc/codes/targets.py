"""Targets and precision: E3xx."""

from pyc.diagnostics import Code

CODES: tuple[Code, ...] = (
    Code(
        "E301",
        "values of two targets are combined",
        "A value lives on one target, and an operation runs where its operands live. Transfers are never made silently:"
        " they are written '.to(target)', seen in the IR and counted in reports.",
        wrong="def f(x: Tensor[f32, N, cpu], y: Tensor[f32, N, cuda]) -> Tensor[f32, N, cpu]:\n    return x + y",
        right="def f(x: Tensor[f32, N, cpu], y: Tensor[f32, N, cuda]) -> Tensor[f32, N, cpu]:\n"
        "    return x + y.to(cpu)",
    ),
    Code(
        "E302",
        "a function of another target is called",
        "A function runs on one target: that of its decorator, its target parameter, its types, or '--target'. Compiled"
        " code calls functions of its own target.",
        wrong="def g(x: Tensor[f32, N, cuda]) -> Tensor[f32, N, cuda]:\n    return x * 2\n\n"
        "def f(x: Tensor[f32, N, cpu]) -> Tensor[f32, N, cpu]:\n    return g(x)",
        right="def g[On: Target](x: Tensor[f32, N, On]) -> Tensor[f32, N, On]:\n    return x * 2\n\n"
        "def f(x: Tensor[f32, N, cpu]) -> Tensor[f32, N, cpu]:\n    return g(x)",
    ),
    Code(
        "E303",
        "the target does not support the element type",
        "Some hardware lacks some element types (f8 before sm_89, complex numbers on every GPU), and a Target of"
        " your own"
        " has those that its dtypes list. The error stands at the line that makes such a value.",
        wrong='npu = Target("npu", dtypes={f16})\n\n'
        "def f(x: Tensor[f32, N, npu]) -> Tensor[f32, N, npu]:\n    return x + x",
        right='npu = Target("npu", dtypes={f16, f32})\n\n'
        "def f(x: Tensor[f32, N, npu]) -> Tensor[f32, N, npu]:\n    return x + x",
    ),
    Code(
        "E304",
        "a function is fixed to another target",
        "Its types or its decorator say where it runs, and '--target' says something else. In a file with other"
        " functions"
        " it is skipped with a warning; a function that '--function' names is an error.",
        wrong="pyc compile model.py --target=cuda        # def f(x: Tensor[f32, N, cpu]) ...",
        right="pyc compile model.py --target=cpu",
    ),
    Code(
        "E305",
        "a move between targets is not compiled",
        "Compiled code runs on one target. A function that moves arrays with .to(target) is checked, kept in the pyc"
        " dialect and exported to ONNX; for a CPU or a GPU, write a function for each target, and call them with arrays"
        " that are where they run.",
        wrong="def f(x: Tensor[f32, N, cpu]) -> Tensor[f32, N, cpu]:\n    return (x.to(cuda) * 2).to(cpu)",
        right="def f(x: Tensor[f32, N, cpu]) -> Tensor[f32, N, cpu]:\n    return x * 2",
    ),
    Code(
        "E306",
        "the precision is impossible",
        "Mixed[storage, compute, accumulate] takes float types that widen from left to right; 'acc=' of a product is at"
        " least as wide as its operands.",
        wrong="Half = Mixed[f32, f16]\n\ndef f(x: Tensor[Half, N]) -> Tensor[Half, N]:\n    return x * 2",
        right="Half = Mixed[f16, f32]\n\ndef f(x: Tensor[Half, N]) -> Tensor[Half, N]:\n    return x * 2",
    ),
    Code(
        "E307",
        "the target is unknown or spelled wrongly",
        'Targets are cpu and cuda, with a chip if it matters (cuda("sm_90a")), or your own: Target("name", chip,'
        " features={...}, dtypes={f16, f32}).",
        wrong='gpu = cuda("sm_99")\n\ndef f(x: Tensor[f32, N, gpu]) -> Tensor[f32, N, gpu]:\n    return x * 2',
        right='gpu = cuda("sm_90a")\n\ndef f(x: Tensor[f32, N, gpu]) -> Tensor[f32, N, gpu]:\n    return x * 2',
    ),
    Code(
        "E308",
        "a tuple or record in the signature of a function for a GPU",
        "Functions that are called on a GPU take numbers and arrays in device memory. Inside, and between functions of"
        " a program, records and tuples are there as elsewhere.",
        wrong="@pyc.record\nclass Body:\n    x: f32\n\n"
        "def f(b: Body, y: Tensor[f32, N, cuda]) -> Tensor[f32, N, cuda]:\n"
        "    return y * b.x",
        right="def f(x: f32, y: Tensor[f32, N, cuda]) -> Tensor[f32, N, cuda]:\n    return y * x",
    ),
    Code(
        "E320",
        "a run-time check cannot be made on the GPU",
        "Checks of extents and of integer arguments are made on the host, before kernels are launched. This one depends"
        " on an element of an array or on a float that only the GPU knows, and a kernel does not raise exceptions."
        " Check before the call, or compile the function for the CPU.",
        wrong="@pyc.jit(target=cuda)\n"
        "def f[N](x: Tensor[f32, N]) -> Tensor[f32, N]:\n    assert x.sum() > 0.0\n    return x",
        right="def f[N](x: Tensor[f32, N]) -> Tensor[f32, N]:        # the caller looks at the sum\n    return x",
    ),
    Code(
        "E321",
        "control flow that only the GPU can decide",
        "Whole-array operations become kernels, and the host decides in which loops and branches they are launched. It"
        " never waits for the GPU, so it can decide by extents and integer arguments, not by elements. A loop or branch"
        " over numbers and single elements runs on the GPU, whatever decides it. Choose between arrays with where,"
        " repeat a number of times that is an argument, or compile the function for the CPU.",
        wrong="def f(x: Tensor[f32, N]) -> Tensor[f32, N]:\n    y = x * 1.0\n    while y.max() > 1.0:\n"
        "        y = y * 0.5\n    return y",
        right="def f(x: Tensor[f32, N], n: int) -> Tensor[f32, N]:\n    y = x * 1.0\n    for _ in range(n):\n"
        "        y = np.where(y.max() > 1.0, y * 0.5, y)\n    return y",
    ),
    Code(
        "E322",
        "an extent, an index or a condition is known to the GPU only",
        "Launches are decided on the host, which never waits for the GPU: extents of arrays, bounds of slices and"
        " indices must follow from extents and integer arguments.",
        wrong="def f(x: Tensor[f32, N]) -> f32:\n    return x[: x.argmax()].sum()",
        right="def f(x: Tensor[f32, N], k: int) -> f32:\n    return x[:k].sum()        # k is an argument",
    ),
    Code(
        "E323",
        "an operation cannot be compiled for the GPU",
        "The operation has a form on the CPU and none on CUDA. Compile the function for the CPU, and the rest for"
        " CUDA.",
        wrong="pyc compile model.py --target=cuda",
        right="pyc compile model.py --target=cpu",
    ),
)
