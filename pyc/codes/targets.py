"""Targets and precision: E3xx."""

from pyc.diagnostics import Code

CODES: tuple[Code, ...] = (
    Code(
        "E320",
        "a run-time check cannot be made on the GPU yet",
        "Checks of extents and of integer arguments are made on the host, before kernels are launched. This one depends"
        " on an element of an array or on a float that only the GPU knows, and reporting errors from kernels is not"
        " implemented yet. Check before the call, or compile the function for the CPU.",
        wrong="@pyc.jit(target=cuda)\ndef f[N](x: Tensor[f32, N]) -> Tensor[f32, N]:\n    assert x.sum() > 0.0\n    return x",
        right="def f[N](x: Tensor[f32, N]) -> Tensor[f32, N]:        # the caller looks at the sum\n    return x",
    ),
    Code(
        "E321",
        "loops and branches cannot be compiled for the GPU yet",
        "Whole-array operations become kernels. A loop or a branch of the host that carries arrays has no form in a"
        " bundle for CUDA yet. Write it with whole-array operations (where, sum, slices), or compile the function for"
        " the CPU.",
        wrong="for i in range(n):\n    s += x[i]",
        right="s = x[:n].sum()",
    ),
    Code(
        "E322",
        "an extent, an index or a condition is known to the GPU only",
        "Launches are decided on the host, which never waits for the GPU: extents of arrays, bounds of slices and"
        " indices must follow from extents and integer arguments.",
        wrong="k = x.argmax()\nreturn x[:k]",
        right="def f[N](x: Tensor[f32, N], k: int): ...        # k is an argument",
    ),
    Code(
        "E323",
        "an operation cannot be compiled for the GPU yet",
        "The operation has a form on the CPU and none on CUDA. Compile the function for the CPU, and the rest for CUDA.",
        wrong="pyc compile model.py --target=cuda",
        right="pyc compile model.py --target=cpu",
    ),
)
