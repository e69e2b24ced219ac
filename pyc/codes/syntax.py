"""Syntax and names: E1xx."""

from pyc.diagnostics import Code

CODES: tuple[Code, ...] = (
    Code(
        "E101",
        "the file is not Python",
        "A pyc program is Python, with the type parameters of Python 3.12. The text cannot be parsed at this place.",
        wrong="def f(x: Tensor[f32, N]:\n    return x",
        right="def f[N](x: Tensor[f32, N]) -> Tensor[f32, N]:\n    return x * 2",
    ),
    Code(
        "E102",
        "the program is nested too deeply",
        "Expressions and blocks, chains of `elif` and of operators too, can be about a thousand levels deep. Generated"
        " code of this kind is best split with intermediate names.",
        wrong="y = ((((((((((x))))))))))        # a thousand parentheses",
        right="y = x",
    ),
    Code(
        "E110",
        "the name is not defined",
        "No parameter, local, module-level name, import or built-in has this name. Dimension names are declared between"
        " brackets, or with 'N = Dim(\"N\")'.",
        wrong="def f(x: Tensor[f32, N]) -> f32:\n    return np.sum(xs)",
        right="def f(x: Tensor[f32, N]) -> f32:\n    return np.sum(x)",
    ),
    Code(
        "E111",
        "the variable has no value",
        "On no path to this line the name was assigned: CPython would always raise UnboundLocalError here. Where some"
        " paths assign it, compiled code does what CPython does, and raises where it has no value; but a name that a"
        " function inside the function uses, or that holds a function, has a value on every path.",
        wrong="def first(x: Tensor[f32, N]) -> f32:\n    y = v * 2\n    v = x[0]\n    return y + v",
        right="def first(x: Tensor[f32, N]) -> f32:\n    v = x[0]\n    y = v * 2\n    return y + v",
    ),
    Code(
        "E112",
        "the name is not known at compile time",
        "The compiler reads a file, it never runs it. Module-level names that compiled code uses can be literals,"
        " arithmetic on numbers, constants of math, type aliases, Target(...), Mixed[...], Dim, TypeVar and"
        " instances of"
        " generics. Other values are passed as arguments.",
        wrong="SCALE = float(open('scale.txt').read())\n\n"
        "def f(x: Tensor[f32, N]) -> Tensor[f32, N]:\n    return x * SCALE",
        right="def f(x: Tensor[f32, N], scale: f32) -> Tensor[f32, N]:\n    return x * scale",
    ),
    Code(
        "E113",
        "the module-level name is not a constant",
        "It is bound several times, under a condition, or by a function with 'global': what it is cannot be known"
        " without"
        " running the file.",
        wrong="STEPS = 10\nSTEPS = 20\n\ndef f(x: Tensor[f32, N]) -> Tensor[f32, N]:\n    return x * STEPS",
        right="STEPS = 20\n\ndef f(x: Tensor[f32, N]) -> Tensor[f32, N]:\n    return x * STEPS",
    ),
    Code(
        "E114",
        "the import cannot be resolved",
        "Compiled code can use math, numpy, pyc, pyc.nn and Python files next to its own. Other packages belong into"
        " functions that are not compiled. The error stands where compiled code uses the import.",
        wrong="from scipy.special import expit\n\ndef f(x: Tensor[f32, N]) -> Tensor[f32, N]:\n    return expit(x)",
        right="import numpy as np\n\ndef f(x: Tensor[f32, N]) -> Tensor[f32, N]:\n    return 1 / (1 + np.exp(-x))",
    ),
    Code(
        "E115",
        "the library has no such name, or it is not supported",
        "The name does not exist in the module, or compiled code cannot use it. docs/coverage.md lists every"
        " function of Python, math and NumPy that compiles, and what to write instead of some that do not.",
        wrong="y = np.nditer(x)",
        right="y = np.maximum(x, 0)",
    ),
    Code(
        "E116",
        "a definition goes in a circle",
        "A module-level name is defined by itself, or a module contains itself. Or files import each other: what a"
        " name is then depends on which of them Python runs first. What both need belongs into a file of its own.",
        wrong="LOW = HIGH + 1\nHIGH = LOW + 1\n\ndef f(x: Tensor[f32, N]) -> Tensor[f32, N]:\n    return x * LOW",
        right="HIGH = 1\nLOW = HIGH + 1\n\ndef f(x: Tensor[f32, N]) -> Tensor[f32, N]:\n    return x * LOW",
    ),
    Code(
        "E117",
        "the type parameter is declared or bound wrongly",
        "A type parameter without a bound is a dimension; Float, Int and Number are element types, Precision and Target"
        " what they say, int a number; a tuple lists element types. What it is bound to must be of that kind.",
        wrong="def f[T: tuple](x: Tensor[T, 4]) -> Tensor[T, 4]:\n    return x\n\nf_f32 = f[f32]",
        right="def f[T: Float](x: Tensor[T, 4]) -> Tensor[T, 4]:\n    return x\n\nf_f32 = f[f32]",
    ),
    Code(
        "E118",
        "the parameter cannot be compiled",
        "Exported functions have a fixed number of parameters with names: '*args' has no place in their calling"
        " convention. A function that compiled code calls may have it: it is compiled for each number of arguments."
        " '**kwargs' is not supported, and a method needs its self.",
        wrong="def f(*arrays: Tensor[f32, N]) -> f32:\n    return arrays[0].sum()",
        right="def f(a: Tensor[f32, N], b: Tensor[f32, N]) -> f32:\n    return a.sum() + b.sum()",
    ),
    Code(
        "E119",
        "the decorator is not supported on a compiled function",
        "A decorator replaces the function with whatever it returns, which only running the file would tell."
        " Known are '@pyc.jit', with target=, unchecked=,"
        " fastmath=, level= and background=, and '@pyc.python'. Put others on a function that calls this one.",
        wrong="def cached(f):\n    return f\n\n@cached\ndef f(x: Tensor[f32, N]) -> f32:\n    return x.sum()",
        right="@pyc.jit\ndef f(x: Tensor[f32, N]) -> f32:\n    return x.sum()",
    ),
    Code(
        "E120",
        "the statement is not supported in compiled code",
        "Compiled functions consist of assignments, if, match, while, for, try (on cpu), 'with pyc.fastmath(...)',"
        " functions inside functions, break, continue, return,"
        " raise, assert, del and pass. A for loop runs over range, arrays (their rows are views), tuples (each round is"
        " checked with the types of its items), and enumerate, zip and reversed of these; match takes constants, names,"
        " tuples and alternatives. Other statements belong into functions that are not compiled; the message names an"
        " alternative.",
        wrong="def f(n: int, x: Tensor[f32, N]) -> Tensor[f32, N]:\n    for i in n:\n        x = x * 2\n    return x",
        right="def f(n: int, x: Tensor[f32, N]) -> Tensor[f32, N]:\n    for i in range(n):\n"
        "        x = x * 2\n    return x",
    ),
    Code(
        "E121",
        "the expression is not supported in compiled code",
        "Compiled code computes with numbers, arrays and tuples. Lists and list comprehensions are compiled where they"
        " become arrays, in np.array(...); an array without elements has the type that they would have."
        " Dicts, sets and strings are not compiled; the message names an alternative.",
        wrong="s = sum([v * v for v in x])",
        right="s = np.sum(x * x)",
    ),
    Code(
        "E122",
        "the built-in function is not supported in compiled code",
        "Compiled code can call abs, all, any, bool, complex, divmod, float, int, isinstance, len, max, min, pow,"
        " round, sum, print as a statement, list, sorted and tuple of what has a known length, and in for loops range,"
        " enumerate, zip and reversed.",
        wrong="y = sorted(x)",
        right="y = np.sort(x)",
    ),
    Code(
        "E123",
        "there is nothing to compile",
        "A file is compiled from its functions whose signature mentions a type of pyc, or that carry @pyc.jit, and from"
        " the instances of generics that it names. '--function NAME' compiles any function.",
        wrong="def add(a: int, b: int) -> int:\n    return a + b",
        right="@pyc.jit\ndef add(a: int, b: int) -> int:\n    return a + b",
    ),
    Code(
        "E124",
        "the file has no function of the name that was asked for",
        "'--function' takes the name of a function (axpy), of an instance of a module (Serving), or a generic with its"
        " arguments (axpy[f32]).",
        wrong="pyc compile model.py --function axpi",
        right="pyc compile model.py --function axpy",
    ),
    Code(
        "E125",
        "a generic is asked for without its type arguments",
        "A function that is generic over element types, precisions or numbers is compiled for instances: those that the"
        " file names, or that '--function' spells. Dimensions stay symbolic and need no argument.",
        wrong="pyc compile axpy.py --function axpy",
        right="pyc compile axpy.py --function 'axpy[f32]'",
    ),
    Code(
        "E126",
        "the function calls itself in a way that is not supported",
        "What a function returns that calls itself, directly or through others, is found from the paths on which it"
        " does not; where every path calls it again, it is declared. Models and kernels have no such functions that"
        " take or give arrays. A function that calls itself with arguments of other types, or other constants,"
        " each time would need instances without end. Calls may be 3000 deep: the next raises RecursionError.",
        wrong="def down(n: int):\n    return down(n - 1)\n\n"
        "def f(x: Tensor[f32, N], n: int) -> int:\n    return down(n)",
        right="def down(n: int) -> int:\n    return down(n - 1) if n > 0 else 0\n\n"
        "def f(x: Tensor[f32, N], n: int) -> int:\n    return down(n)",
    ),
    Code(
        "E128",
        "compiled code calls a function that is kept out of compilation",
        "'@pyc.python' marks a function that CPython runs. Compiled code cannot call back into CPython: call the"
        " function"
        " outside, and pass its result as an argument.",
        wrong="@pyc.python\ndef size(x): ...\n\ndef f(x: Tensor[f32, N]) -> int:\n    return size(x)",
        right="def f(x: Tensor[f32, N], size: int) -> int:\n    return size",
    ),
    Code(
        "E129",
        "a default argument is not kept in the artifact",
        "Artifacts pass default arguments as Python does, if they are numbers known at compile time, or tuples of them,"
        " that fit the parameter's type. Others are left out, with this warning: callers of the artifact must pass the"
        " argument.",
        wrong="def scale(x: Tensor[f32, N], s: f32 = None) -> Tensor[f32, N]:\n    return x * s",
        right="def scale(x: Tensor[f32, N], s: f32 = 2.0) -> Tensor[f32, N]:\n    return x * s",
    ),
    Code(
        "E130",
        "an assertion about what is known at compile time does not hold",
        "'assert static(condition)' is decided when the function is compiled, for each instance of a generic function"
        " by itself. It never runs.",
        wrong="def first_half[N](x: Tensor[f32, N]) -> f32:\n"
        "    assert static(N % 2 == 0), 'even lengths'\n    return x[: N // 2].sum()\n\n"
        "def f(x: Tensor[f32, 3]) -> f32:\n    return first_half[3](x)\n\n"
        "first_half_4 = first_half[4]",
        right="def first_half[N](x: Tensor[f32, N]) -> f32:\n"
        "    assert static(N % 2 == 0), 'even lengths'\n    return x[: N // 2].sum()\n\n"
        "def f(x: Tensor[f32, 4]) -> f32:\n    return first_half[4](x)\n\n"
        "first_half_4 = first_half[4]",
    ),
    Code(
        "E131",
        "an argument is known at compile time only",
        "Functions, strings and None are constants of an instance: each call has its own. An exported function is"
        " compiled for the defaults of such parameters; one without a default is compiled where it is called, by"
        " compiled code or by '@pyc.jit'.",
        wrong="def apply(f: Callable[[f32], f32], x: f32) -> f32:\n    return f(x)      # pyc compile --function apply",
        right="def apply(f: Callable[[f32], f32], x: f32) -> f32:\n    return f(x)\n\n"
        "def doubled(x: f32) -> f32:\n    return apply(lambda v: v * 2, x)",
    ),
    Code(
        "E132",
        "a loop over prange that is left",
        "The rounds of a loop over 'prange' may run at the same time, so that there is no last one before a 'break',"
        " and a 'return' in one of them would not keep others from running. 'continue' ends a round. An exception"
        " leaves the loop: that of the first round, in their order, that raises one.",
        wrong="def f(x: Tensor[f64, N], y: Tensor[f64, N]) -> None:\n    for i in prange(len(x)):\n"
        "        if x[i] < 0:\n            break\n        y[i] = x[i]",
        right="def f(x: Tensor[f64, N], y: Tensor[f64, N]) -> None:\n    for i in prange(len(x)):\n"
        "        if x[i] < 0:\n            continue\n        y[i] = x[i]",
    ),
    Code(
        "E133",
        "prange inside another iterable",
        "A 'for' loop over 'prange(...)' itself runs its rounds at the same time. What 'enumerate', 'zip' and"
        " 'reversed' give, and what a comprehension runs over, comes one after the other: that is 'range'.",
        wrong="def f(x: Tensor[f64, N]) -> None:\n    for k, i in enumerate(prange(len(x))):\n        x[i] = k",
        right="def f(x: Tensor[f64, N]) -> None:\n    for i in prange(len(x)):\n        x[i] = i",
    ),
    Code(
        "E134",
        "flags that fastmath does not have",
        "'fastmath' lets the compiler change arithmetic on floats, by flags: 'reassoc' reorders sums and products,"
        " 'nnan' and 'ninf' take it that there are no NaNs and no infinities, 'nsz' does not tell 0.0 from -0.0, 'arcp'"
        " multiplies by reciprocals, 'contract' computes 'a * b + c' with one rounding, 'afn' approximates functions."
        " True is all of them. The compiler reads the flags, so that they are written out.",
        wrong="@pyc.jit(fastmath={'reasoc'})\ndef f(x: Tensor[f64, N]) -> float:\n    s = 0.0\n    for v in x:\n"
        "        s += v\n    return s",
        right="@pyc.jit(fastmath={'reassoc'})\ndef f(x: Tensor[f64, N]) -> float:\n    s = 0.0\n    for v in x:\n"
        "        s += v\n    return s",
    ),
    Code(
        "E135",
        "this is no annotation",
        "'pyc.annotate' says what the compiler carries to the artifact for others: of a number or an array where it has"
        " a value, else of the operations of a 'with' block, of the function below it, or, in 'Annotated[...]', of a"
        " parameter, a result or a weight; 'annotations={...}' in the brackets of a module class says it of modules."
        " Names are identifiers, with dots between them. Values are bool, int of 64 bits, float, str, and lists and"
        " records (dictionaries) of them, known when the program is compiled.",
        wrong="def f(x: Tensor[f32, N]) -> Tensor[f32, N]:\n    return pyc.annotate(x * 2, type=f32)",
        right="def f(x: Tensor[f32, N]) -> Tensor[f32, N]:\n    return pyc.annotate(x * 2, type='f32')",
    ),
    Code(
        "E136",
        "one value with two annotations of one name",
        "An annotation is of the value, whatever name it goes by: where 'y' is 'x', what is said of both is said of one"
        " value, and one of the two would be lost.",
        wrong="def f(x: Tensor[f32, N]) -> Tensor[f32, N]:\n    y = pyc.annotate(x, stage=1)\n"
        "    return pyc.annotate(y, stage=2) * 2",
        right="def f(x: Tensor[f32, N]) -> Tensor[f32, N]:\n    y = pyc.annotate(x, stage=1)\n"
        "    return pyc.annotate(y * 2, stage=2)",
    ),
    Code(
        "E137",
        "a tensor cannot be quantised so",
        "'nn.quantize' and 'nn.dequantize', and 'quantization=pyc.Quantization(...)' among annotations, let integers or"
        " small floats stand for the numbers of a tensor: (stored - zero_point) * scale. There is one scale for all of"
        " it; one for each place on an 'axis'; or, with a 'block' too, as many along the axis as there are blocks of so"
        " many elements, and along the others one for each place. Scales are above zero, zero points are like the"
        " scales and within the type, and floats have none.",
        wrong="def f(w: Tensor[f32, 3, 4]) -> Tensor[f32, 3, 4]:\n"
        "    return pyc.annotate(w, quantization=pyc.Quantization(i8, scale=[0.1, 0.2], axis=0)) * 2",
        right="def f(w: Tensor[f32, 3, 4]) -> Tensor[f32, 3, 4]:\n"
        "    return pyc.annotate(w, quantization=pyc.Quantization(i8, scale=[0.1, 0.2, 0.3], axis=0)) * 2",
    ),
)
