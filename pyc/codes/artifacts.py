"""Files, weights and artifacts: E5xx."""

from pyc.diagnostics import Code

CODES: tuple[Code, ...] = (
    Code(
        "E501",
        "the source file cannot be read",
        "The file does not exist, is a folder, or may not be read. Use '-' as the file to read the program from"
        " standard input.",
        wrong="pyc compile modle.py",
        right="pyc compile model.py",
    ),
    Code(
        "E502",
        "the source file is not text",
        "A Python file is UTF-8 unless its first or second line declares another encoding. The bytes of this one cannot"
        " be decoded, or the encoding that it declares is unknown.",
        wrong="name = 'caf\\xe9'        # saved as Latin-1, not declared",
        right="# -*- coding: latin-1 -*-\nname = 'caf\\xe9'",
    ),
    Code(
        "E503",
        "the output cannot be written",
        "The place that -o names, or the current folder, cannot be written: a permission is missing, the disk is full,"
        " or a part of the path is a file. Nothing was left there.",
        wrong="pyc compile model.py -o /proc/model.cpu",
        right="pyc compile model.py -o build/model.cpu",
    ),
    Code(
        "E504",
        "the output would replace something that pyc did not write",
        "A bundle replaces a bundle, and a single file replaces a file. A folder without a pyc manifest, a file where a"
        " folder is to be written, and the source file itself are left alone: a mistyped -o must not delete work.",
        wrong="pyc compile model.py -o $HOME",
        right="pyc compile model.py -o $HOME/model.cpu",
    ),
    Code(
        "E505",
        "the weights file cannot be read",
        "Weights come from a .safetensors or .npz file. This one is missing, damaged, or of another format.",
        wrong="pyc compile model.py --weights model.pt",
        right="pyc compile model.py --weights model.safetensors",
    ),
    Code(
        "E506",
        "a weight is missing from the weights file",
        "Weights are found by the dotted path of the attribute that declares them: 'up' of the module,"
        " 'layer.up' of its submodule 'layer'. Every weight of every exported module must be in the file.",
        wrong="class Net(pyc.Module):\n    up: Tensor[f32, 4, 8]      # the file holds 'fc1.weight' only",
        right="class Net(pyc.Module):\n    up: Tensor[f32, 4, 8]      # the file holds 'up'",
    ),
    Code(
        "E507",
        "a weight does not have its declared type",
        "The element type and the shape in the file must be those of the declaration; a weight is never cast or"
        " reshaped silently.",
        wrong="up: Tensor[f32, 4, 8]      # the file holds float64[8, 4]",
        right="up: Tensor[f64, 8, 4]",
    ),
    Code(
        "E508",
        "the weights file holds a weight that no module declares",
        "A warning: the array is not used and is not written to the artifact. Often the sign of a misspelt attribute.",
        wrong="class Net(pyc.Module):\n    up: Tensor[f32, 4, 8]      # the file holds 'up' and 'down'",
        right="class Net(pyc.Module):\n    up: Tensor[f32, 4, 8]\n    down: Tensor[f32, 8, 4]",
    ),
    Code(
        "E509",
        "the artifact cannot be read",
        "What was given to 'pyc inspect' is neither a bundle (a folder with a manifest.json of pyc), nor an ONNX model,"
        " or it is damaged.",
        wrong="pyc inspect model.py",
        right="pyc inspect model.cpu",
    ),
    Code(
        "E510",
        "the artifact is not what its manifest says",
        "'pyc inspect --verify' found a file or an annotation that is missing, changed or dangling. The artifact was"
        " changed after it was written: compile it again.",
        wrong="rm model.cpu/libmodel.so && pyc inspect model.cpu --verify",
        right="pyc compile model.py && pyc inspect model.cpu --verify",
    ),
    Code(
        "E511",
        "the target has no such output",
        "Each target has its own kinds of output, and passes through its own levels of IR. 'pyc targets' lists both.",
        wrong="pyc compile model.py --target=onnx --emit=ptx",
        right="pyc compile model.py --target=cuda --emit=ptx",
    ),
    Code(
        "E512",
        "there is no linker",
        "A library is linked by a C compiler: the one that $CC names, else cc, gcc or clang, else the one in the Python"
        " package ziglang. For another architecture than this machine's, its cross compiler is looked for. Objects,"
        " assembly and LLVM text need no linker, nor does running in process.",
        wrong="pyc compile model.py        # on a machine without a C compiler",
        right="pip install 'pyc[link]' && pyc compile model.py",
    ),
    Code(
        "E513",
        "the linker failed",
        "The linker that was found could not make a library of the object that pyc gave it; its own words are in the"
        " notes. Most often $CC names a compiler for another machine, or the C library's development files are"
        " missing.",
        wrong="CC=aarch64-linux-gnu-gcc pyc compile model.py --target=cpu:x86-64-v3",
        right="pyc compile model.py --target=cpu:x86-64-v3",
    ),
    Code(
        "E514",
        "the artifact needs a package that is not installed",
        "An ONNX model is run by ONNX Runtime, a CUDA bundle by cuda-bindings. They are extras, so that who does not"
        " need them does not install them.",
        wrong="pip install pyc && python -c 'import pyc; pyc.load(\"model.onnx\")'",
        right="pip install 'pyc[onnx]' && python -c 'import pyc; pyc.load(\"model.onnx\")'",
    ),
    Code(
        "E515",
        "the artifact is for another machine",
        "A library holds instructions of the chip that it was compiled for. On a processor without them it would be"
        " killed, so it is not loaded.",
        wrong="pyc compile model.py --target=cpu:x86-64-v4    # loaded on a machine without AVX-512",
        right="pyc compile model.py --target=cpu:x86-64-v3",
    ),
    Code(
        "E516",
        "the version of the program is none that a wheel can have",
        "A wheel is called after the version of what it holds: the string that the file assigns to __version__ at its"
        " top level. Installers compare versions, so that they have a form (PEP 440): numbers with dots between,"
        " then perhaps a1, b2 or rc1, .post1, .dev1. A file without __version__ gives version 0.0.0.",
        wrong='pyc compile model.py --emit=wheel      # which has __version__ = "first try"',
        right='pyc compile model.py --emit=wheel      # which has __version__ = "1.0rc1"',
    ),
    Code(
        "E517",
        "there is no function that an executable can run",
        "An executable runs the function main of its file, or the one that --function names. The command line gives its"
        " parameters in order, so that they are int, float or bool; its result is the status with which the program"
        " ends, an int, or nothing. Arrays are made inside of it. The function may be a method of a module, --function"
        " Net.main, whose weights --weights puts into the executable.",
        wrong="def main(x: Tensor[f64, N]) -> Tensor[f64, N]:\n    return x * 2.0",
        right="def main(n: int = 10) -> int:\n    x = np.arange(n) * 2.0\n    print(x)\n    return 0",
    ),
    Code(
        "E518",
        "an executable cannot say this",
        "An executable has no Python that makes text of values: what it prints, and the messages of its exceptions, are"
        " made by code that comes with it. That knows numbers, strings, tuples, records and arrays, and what stands"
        " after the colon in an f-string. It does not know `%` and `.format`, the letter c in an f-string, which makes"
        " a character of a number, specifications for exceptions, and exceptions such as OSError that several arguments"
        " make another one.",
        wrong='def main(k: int) -> None:\n    print(f"{65 + k:c}")',
        right='def main(k: int) -> None:\n    print("ABC", k)',
    ),
    Code(
        "E520",
        "libdevice is needed and not installed",
        "Functions such as exp and sin have no instruction on a GPU: CUDA's library libdevice has them. It comes with"
        " the PyPI package nvidia-nvvm, with the CUDA toolkit (CUDA_HOME says where), and with pyc[cuda].",
        wrong="pip install pyc && pyc compile model.py --target=cuda",
        right="pip install 'pyc[cuda]' && pyc compile model.py --target=cuda",
    ),
    Code(
        "E521",
        "ptxas is needed and not installed",
        "A cubin is made by NVIDIA's assembler ptxas. It comes with the PyPI package nvidia-cuda-nvcc, with the CUDA"
        " toolkit (CUDA_HOME says where), and with pyc[cuda]. A bundle or PTX needs none: the driver compiles PTX.",
        wrong="pip install pyc && pyc compile model.py --target=cuda --emit=cubin",
        right="pyc compile model.py --target=cuda --emit=ptx",
    ),
    Code(
        "E522",
        "ptxas failed",
        "The ptxas that was found refused the PTX that pyc gave it. Most often it is older than the chip: CUDA 12.8 is"
        " the first that knows sm_100 and sm_120.",
        wrong="pyc compile model.py --target=cuda:sm_120    # with CUDA 12.0",
        right="pip install -U nvidia-cuda-nvcc && pyc compile model.py --target=cuda:sm_120",
    ),
)
