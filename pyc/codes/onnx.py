"""Export to ONNX: E6xx."""

from pyc.diagnostics import Code

CODES: tuple[Code, ...] = (
    Code(
        "E601",
        "ONNX export needs packages that are not installed",
        "Models are written with the packages onnx and onnx-ir, and run with onnxruntime. They are an extra, so that"
        " who compiles for the CPU does not install them.",
        wrong="pip install pyc && pyc compile model.py --target=onnx",
        right="pip install 'pyc[onnx]' && pyc compile model.py --target=onnx",
    ),
    Code(
        "E602",
        "this has no counterpart in ONNX",
        "A model has loops, branches and functions, but no function that calls itself, and few operations have no"
        " counterpart at all. Write a loop, or compute it another way; the CPU has all of the language.",
        wrong="def power(x: f64, n: i64) -> f64:\n    if n == 0:\n        return 1.0\n    return x * power(x, n - 1)",
        right="def power(x: f64, n: i64) -> f64:\n    y = 1.0\n    for i in range(n):\n        y = y * x\n    return y",
    ),
    Code(
        "E603",
        "a run-time check cannot be exported to ONNX",
        "ONNX has no way to raise an exception, and a check is never dropped silently. Checks that always hold are left"
        " out; those that depend on the extents of arrays alone become assumptions that the model states (E607). This"
        " one depends on data: an index, a divisor, an assertion.",
        wrong="def f[N](x: Tensor[f32, N], i: int) -> f32:\n    return x[i]",
        right="def f[N](x: Tensor[f32, N]) -> f32:\n    return x[0]",
    ),
    Code(
        "E604",
        "an exact int that may overflow cannot be exported to ONNX",
        "The language's int is exact: an operation that leaves 64 bits raises OverflowError, and ONNX cannot raise. Use"
        " a sized integer, which wraps, or a float. Arithmetic on constants and on extents of arrays is exported.",
        wrong="def f[N](x: Tensor[i64, N], n: int) -> Tensor[i64, N]:\n    return x + (n + 1)",
        right="def f[N](x: Tensor[i64, N], n: i64) -> Tensor[i64, N]:\n    return x + (n + i64(1))",
    ),
    Code(
        "E605",
        "ONNX has no operations on this element type",
        "Complex numbers can be stored in an ONNX model, and no operation computes with them.",
        wrong="def f[N](x: Tensor[c64, N]) -> Tensor[c64, N]:\n    return x * x",
        right="def f[N](re: Tensor[f32, N], im: Tensor[f32, N]) -> Tensor[f32, N]:\n    return re * re - im * im",
    ),
    Code(
        "E606",
        "an annotation has no place in an ONNX model",
        "Everything that the program says of its types, precisions, targets and places is written to the model, and so"
        " is what the user says with 'pyc.annotate'. For this attribute of the IR no carrier is defined, so the model"
        " would not say all that the program does.",
        wrong='%1 = "pyc.exp"(%0) {pyc.unheard_of = 3 : i64} : ...',
        right='%1 = "pyc.exp"(%0) {pyc.annotations = {unheard_of = 3 : i64}} : ...',
    ),
    Code(
        "E607",
        "the model assumes something of the extents of its inputs",
        "A remark. Where extents cannot be proved to fit, compiled code checks them when it is called. An ONNX model"
        " cannot raise: it states the condition in its metadata (org.pyc.assumes), and its results mean nothing where"
        " the condition does not hold.",
        wrong="def f[N, M](x: Tensor[f32, N], y: Tensor[f32, M]) -> Tensor[f32, N]:\n    return x + y",
        right="def f[N](x: Tensor[f32, N], y: Tensor[f32, N]) -> Tensor[f32, N]:\n    return x + y",
    ),
    Code(
        "E608",
        "the model is too large for one file",
        "An ONNX model is one protobuf message, and those end at 2 GiB. Its weights go into a file beside it where they"
        " would not fit; this model has more than that without them. Large constants of a program can be weights.",
        wrong="pyc compile tables.py --target=onnx",
        right="pyc compile tables.py --target=onnx --weights tables.safetensors",
    ),
    Code(
        "E609",
        "a function that gives nothing cannot be a model",
        "A model is called for its outputs: the results of its function and the final values of the arrays that it"
        " writes. This function has neither.",
        wrong="def f[N](x: Tensor[f32, N]) -> None:\n    y = x * 2",
        right="def f[N](x: Tensor[f32, N]) -> Tensor[f32, N]:\n    return x * 2",
    ),
    Code(
        "E610",
        "the operator set does not have an operator",
        "--opset selects the version of ONNX's operators that a model is made of, 17 to 26, 24 if nothing is said. An"
        " older one lacks some: bitwise operations came with 18, 8-bit floats with 19.",
        wrong="pyc compile bits.py --target=onnx --opset=17",
        right="pyc compile bits.py --target=onnx --opset=18",
    ),
    Code(
        "E611",
        "annotations of a model stay lost",
        "'pyc onnx restore' puts back what the manifest of a model says and the model does not any more, where it finds"
        " what it was said of. What another tool has removed, or made into something else, such as two nodes into one,"
        " is not there to be spoken of. The restored model is written, and its manifest keeps what is lost: 'pyc"
        " inspect' shows it.",
        wrong="pyc onnx restore fused.onnx",
        right="pyc onnx restore inlined.onnx",
    ),
    Code(
        "E620",
        "the model cannot be read",
        "A model is one protobuf message, with its weights in it or in files beside it. What it claims is held against"
        " what is there before anything is made of it: extents against elements, files against their folder, functions"
        " against themselves. This model is missing or damaged, or claims what is not so.",
        wrong="pyc compile weights.safetensors.onnx --target=cpu",
        right="pyc compile model.onnx --target=cpu",
    ),
    Code(
        "E621",
        "a node of the model has no counterpart in the language",
        "A model becomes a program of the language, a line for each node. Texts, sequences, optional values, random"
        " numbers and elements of 2 bits have no counterpart, and few operators are missing. An extent or an axis that"
        " the model computes when it runs has to be a constant where it decides how many axes there are:"
        " `--bind name=value` makes an input one.",
        wrong="pyc onnx import squeeze.onnx -o squeeze.py",
        right="pyc onnx import squeeze.onnx --bind axes=0 -o squeeze.py",
    ),
    Code(
        "E622",
        "the model has no such input to bind",
        "--bind gives an input of a model a value when it becomes a program: one number for an input without axes, and"
        " numbers with commas for one of one axis, of the type that the model says. An extent that has a name in the"
        " model may be given, too.",
        wrong="pyc onnx import sum.onnx --bind axis=1",
        right="pyc onnx import sum.onnx --bind axes=1",
    ),
    Code(
        "E623",
        "the exported program cannot be read",
        "`pyc onnx carry` reads what torch.export.save has written, a .pt2 file of PyTorch 2.6 to 2.13: the text of the"
        " program in it, and never the pickles.",
        wrong="pyc onnx carry net.pt net.onnx     # of torch.save",
        right="pyc onnx carry net.pt2 net.onnx    # of torch.export.save",
    ),
    Code(
        "E624",
        "the model is not the export of this program",
        "`pyc onnx carry` tells by the metadata that torch's exporter writes which node of a model is of which"
        " operation of a program: both have to come from one torch.onnx.export(..., dynamo=True). --dim names the"
        " extents that the program has.",
        wrong="pyc onnx carry net.pt2 net.onnx --dim batch=s77",
        right="pyc onnx carry net.pt2 net.onnx --dim s77=batch",
    ),
    Code(
        "E625",
        "the program is not the model any more that it was",
        "What `pyc onnx import` writes says of its lines which nodes they were, with all that the model says of these."
        " A program that says what import writes of that model is exported as that model, node for node. This one was"
        " changed, or another version of operators is asked for: it is compiled and exported like any other. Nodes and"
        " functions keep where they came from (`loc`) and what others wrote on them (`metadata`) from the blocks and"
        " decorators around them, and all that `pyc.annotate` says stays. Names of nodes, and what is said of values"
        " and of the model, are left out.",
        wrong="pyc compile changed.py --target=onnx -o model.onnx",
        right="pyc onnx import model.onnx -o read.py && pyc compile read.py --target=onnx -o same.onnx",
    ),
    Code(
        "E626",
        "something that a model says has no place in its program",
        "What a model says is kept in the program that it becomes, but for what is said twice, of which the last is"
        " kept, and for fields of a version of ONNX that is not known. The program computes the same without it.",
        wrong="pyc onnx import twice.onnx -o twice.py",
        right="pyc onnx import model.onnx -o model.py",
    ),
)
