"""Types and shapes: E2xx."""

from pyc.diagnostics import Code

CODES: tuple[Code, ...] = (
    Code(
        "E201",
        "the operation does not take values of these types",
        "As in NumPy, arithmetic takes numbers and arrays of numbers, bitwise operators integers and booleans, '@'"
        " arrays."
        " Element types that have no common type (bf16 and f16) must be converted by hand.",
        wrong="y = x & 1        # x is a Tensor[f32, N]",
        right="y = x.to(i32) & 1        # x is a Tensor[f32, N]",
    ),
    Code(
        "E202",
        "the argument has another type than the function takes",
        "What is passed must have the declared type. Python's own numbers adapt to sized ones of their kind; arrays are"
        " never converted silently, because a conversion would be a copy.",
        wrong="def g(x: Tensor[f32, N]) -> f32:\n    return x.sum()\n\n"
        "def f(x: Tensor[f64, N], s: f32) -> f32:\n    return g(s)",
        right="def g(x: Tensor[f32, N]) -> f32:\n    return x.sum()\n\n"
        "def f(x: Tensor[f64, N], s: f32) -> f32:\n    return g(x.to(f32)) + s",
    ),
    Code(
        "E203",
        "the arguments do not match the parameters",
        "There are too many or too few arguments, or one has a name that no parameter has.",
        wrong="np.sum(x, axes=0)",
        right="np.sum(x, axis=0)",
    ),
    Code(
        "E204",
        "the result has another type than is declared",
        "Every 'return' gives a value of the declared result type. Widening is done for you, narrowing is not.",
        wrong="def f(x: Tensor[f32, N]) -> f32:\n    return x",
        right="def f(x: Tensor[f32, N]) -> Tensor[f32, N]:\n    return x * 2",
    ),
    Code(
        "E205",
        "the shapes do not fit",
        "Extents that an operation needs to be equal are provably different. A dimension stretches in broadcasting"
        " only if"
        " it is 1 in the type: a dimension N that happens to be 1 does not. Extents that can be neither proved equal"
        " nor"
        " different are compared at run time.",
        wrong="def f(x: Tensor[f32, M, 4], w: Tensor[f32, 8, N]) -> Tensor[f32, M, N]:\n    return x @ w",
        right="def f(x: Tensor[f32, M, 8], w: Tensor[f32, 8, N]) -> Tensor[f32, M, N]:\n    return x @ w",
    ),
    Code(
        "E206",
        "a dimension would be two numbers in one call",
        "A dimension name is one number throughout a signature. The arguments of this call give it two.",
        wrong="def inner(x: Tensor[f32, K], y: Tensor[f32, K]) -> f32:\n    return (x * y).sum()\n\n"
        "def f(a: Tensor[f32, 4], b: Tensor[f32, 8]) -> f32:\n    return inner(a, b)",
        right="def inner(x: Tensor[f32, K], y: Tensor[f32, K]) -> f32:\n    return (x * y).sum()\n\n"
        "def f(a: Tensor[f32, 8], b: Tensor[f32, 8]) -> f32:\n    return inner(a, b)",
    ),
    Code(
        "E207",
        "the annotation is not a type of the language",
        "Types are int, float, bool and complex, the sized numbers (f32, i64, ...), Tensor[element, *dims] with an"
        " optional target at the end, tuple[...], records, module classes for fields, and None for results."
        " Dimensions are numbers, names, and + - * // of them.",
        wrong="def f(x: np.ndarray) -> f64:\n    return x.sum()",
        right="def f[N](x: Tensor[f64, N]) -> f64:\n    return x.sum()",
    ),
    Code(
        "E208",
        "a value has different types on different paths",
        "A name may be rebound to another type in a straight line. Where branches or the rounds of a loop meet, and"
        " where an error may have come from anywhere in `try`, it must have one type. A number literal adapts: the 0 in"
        " 's = 0' becomes 0.0 where it meets a float.",
        wrong="if c:\n    s = n\nelse:\n    s = x[0]\nreturn s",
        right="if c:\n    s = f32(n)\nelse:\n    s = x[0]\nreturn s",
    ),
    Code(
        "E209",
        "the value cannot be indexed like this",
        "Numbers have no elements, and an array takes at most as many indices as it has axes.",
        wrong="def f(x: Tensor[f32, N]) -> f32:\n    return x[0, 0]",
        right="def f(x: Tensor[f32, N]) -> f32:\n    return x[0]",
    ),
    Code(
        "E210",
        "this is no index",
        "Arrays are indexed by integers, slices, None, one '...', boolean masks, and arrays or lists of integers."
        " Tuples are indexed by constants.",
        wrong="y = x[x / 2]",
        right="y = x[x.to(i64) // 2]",
    ),
    Code(
        "E211",
        "the number does not fit its type",
        "A literal is outside the range of the integer type that it joins, or of the 64 bits that hold an exact int.",
        wrong="def f(x: Tensor[u8, N]) -> Tensor[u8, N]:\n    return x + 256",
        right="def f(x: Tensor[u8, N]) -> Tensor[u16, N]:\n    return x.to(u16) + 256",
    ),
    Code(
        "E212",
        "the value would be narrowed",
        "A conversion that may lose precision or range is never done silently: it is written '.to(f16)' for arrays and"
        " 'f16(...)' for numbers. The one exception is a mixed precision, which says itself where it rounds.",
        wrong="def f(x: Tensor[f32, N]) -> Tensor[f16, N]:\n    return x * 2",
        right="def f(x: Tensor[f32, N]) -> Tensor[f16, N]:\n    return (x * 2).to(f16)",
    ),
    Code(
        "E213",
        "there is no such axis, or an extent is impossible",
        "Axes count from 0, or from the end with -1; each can be named once. An extent cannot be negative.",
        wrong="def f(x: Tensor[f32, N]) -> f32:\n    return np.sum(x, axis=1)",
        right="def f(x: Tensor[f32, N]) -> f32:\n    return np.sum(x, axis=0)",
    ),
    Code(
        "E214",
        "the array cannot have that shape",
        "A reshape keeps the number of elements, and can infer one extent (-1). Only axes of extent 1 can be squeezed.",
        wrong="y = x.reshape(5)        # x is a Tensor[f32, 2, 3]",
        right="y = x.reshape(6)        # x is a Tensor[f32, 2, 3]",
    ),
    Code(
        "E215",
        "a type parameter cannot be bound",
        "The arguments do not say what it is, give it two values, or one outside its bound. Between brackets, a generic"
        " takes its type arguments in the order of their declaration.",
        wrong="def f[T: Float](x: Tensor[T, 4]) -> Tensor[T, 4]:\n    return x * 2\n\nf_i32 = f[i32]",
        right="def f[T: Float](x: Tensor[T, 4]) -> Tensor[T, 4]:\n    return x * 2\n\nf_f32 = f[f32]",
    ),
    Code(
        "E216",
        "this cannot be called",
        "Numbers and arrays are not functions. Modules are instantiated at the top level of a file, or as fields of"
        " another module; compiled code calls their methods.",
        wrong="y = x(0)",
        right="y = x[0]",
    ),
    Code(
        "E217",
        "the value has no such attribute",
        "Arrays have shape, ndim, size, T and dtype, and NumPy's methods that compute with numbers, which"
        " docs/coverage.md lists. Modules and records have what their class declares.",
        wrong="y = x.summ()",
        right="y = x.sum()",
    ),
    Code(
        "E218",
        "an array has no truth value",
        "'if', 'and', 'or', 'not', max and min want one truth value, and an array has many. Use np.any and np.all,"
        " '&' and"
        " '|', np.where, np.maximum and np.minimum.",
        wrong="if x > 0:\n    ...",
        right="if np.all(x > 0):\n    ...",
    ),
    Code(
        "E219",
        "a parameter of an exported function has no type",
        "The callers of an exported function are outside the file: its types must be written. Functions that are only"
        " called from compiled code take the types of each call.",
        wrong="def scale(x: Tensor[f32, N], s):\n    return x * s",
        right="def scale(x: Tensor[f32, N], s: f32) -> Tensor[f32, N]:\n    return x * s",
    ),
    Code(
        "E220",
        "the shape of the result is not known from the parameters",
        "On a GPU, the result of an exported function is allocated before it runs: its extents are expressions over the"
        " dimensions of parameters and int parameters. Where that cannot be found, declare it: the claim is checked at"
        " run time. On a CPU an extent may be found at run time; a dimension that only the result names says so.",
        wrong="def f(x: Tensor[f32, N, cuda]):\n    return x[x > 0]",
        right="def f(x: Tensor[f32, N, cuda]) -> Tensor[f32, N, cuda]:\n    return np.maximum(x, 0)",
    ),
    Code(
        "E221",
        "the value does not have the declared type of the name",
        "An annotation of a local name is a promise that the value must keep.",
        wrong="s: int = x[0]        # x is a Tensor[f32, N]",
        right="s: f32 = x[0]",
    ),
    Code(
        "E222",
        "the function can end without returning a value",
        "Every path through a function with a result ends with 'return' of a value, or with 'raise'.",
        wrong="def sign(n: int) -> int:\n    if n > 0:\n        return 1",
        right="def sign(n: int) -> int:\n    if n > 0:\n        return 1\n    return 0",
    ),
    Code(
        "E223",
        "this is no value at run time",
        "Types, modules, functions and strings exist at compile time only: they can be named, called, subscripted,"
        " compared and passed on, but not computed with or returned.",
        wrong="t = np.sin\ny = x * t",
        right="t = np.sin\ny = x * t(x)",
    ),
    Code(
        "E224",
        "the index is out of bounds",
        "A constant index is outside an extent that is known at compile time.",
        wrong="def f(x: Tensor[f32, 4]) -> f32:\n    return x[4]",
        right="def f(x: Tensor[f32, 4]) -> f32:\n    return x[3]",
    ),
    Code(
        "E225",
        "the module class is not declared as one",
        "A module derives from pyc.Module and declares weights (name: Tensor[...]), submodules (name: Other[...]),"
        " constants and methods. The extents of its weights are numbers once its type parameters are given.",
        wrong="class Inner:\n    up: Tensor[f32, 4]\n\nclass Net[K](pyc.Module):\n    inner: Inner\n"
        "    def __call__(self, x: Tensor[f32, K]) -> Tensor[f32, K]:\n"
        "        return self.inner(x)\n\nFour = Net[4]",
        right="class Inner(pyc.Module):\n    up: Tensor[f32, 4]\n"
        "    def __call__(self, x: Tensor[f32, 4]) -> Tensor[f32, 4]:\n"
        "        return x * self.up\n\nclass Net[K](pyc.Module):\n    inner: Inner\n"
        "    def __call__(self, x: Tensor[f32, K]) -> Tensor[f32, K]:\n"
        "        return self.inner(x)\n\nFour = Net[4]",
    ),
    Code(
        "E226",
        "the record class is not declared as one",
        "A class with @pyc.record declares fields with their types (numbers, records, tuples of these, arrays of fixed"
        " size), defaults for the last of them, and methods. A record is made from its fields: it has no __init__.",
        wrong="@pyc.record\nclass Body:\n    x: Tensor[f32, N]\n\ndef f(b: Body) -> f32:\n    return b.x[0]",
        right="@pyc.record\nclass Body:\n    x: Tensor[f32, 3]\n    mass: f32 = 1.0\n\n"
        "def f(b: Body) -> f32:\n    return b.x[0]",
    ),
    Code(
        "E227",
        "a weight is written",
        "Weights belong to the artifact and are shared by all calls: compiled code reads them. What methods change, for"
        " the calls that follow, is declared 'Buffer[...]'; or copy a weight to change the copy.",
        wrong="class Counter(pyc.Module):\n    seen: Tensor[i64, 1]\n\n"
        "    def count(self) -> None:\n        self.seen[0] += 1",
        right="class Counter(pyc.Module):\n    seen: Buffer[i64, 1]\n\n"
        "    def count(self) -> None:\n        self.seen[0] += 1",
    ),
    Code(
        "E228",
        "nothing computes with this element type",
        "Arrays of i4, u4 and f4e2m1 hold numbers of 4 bits, each in a byte while a program runs and two in a byte in a"
        " model; those of f8e8m0 hold powers of two, the scales of blocks. They are moved, converted and dequantised;"
        " no operation computes in them, and nothing widens them silently. Nothing is rounded to f8e8m0.",
        wrong="def f(w: Tensor[i4, N]) -> Tensor[i4, N]:\n    return w + w",
        right="def f(w: Tensor[i4, N]) -> Tensor[i8, N]:\n    return w.to(i8) + w.to(i8)",
    ),
)
