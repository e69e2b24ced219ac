"""``from pyc import onnx``: operators of ONNX that NumPy has no word for. Their source is the language's own."""

from importlib import import_module

from .module import interpreted
from .structure import attribute, function, graph, model, node, tensor, value

# By name, as this layer imports nothing above it; the compiler resolves these functions to the same source.
_source = import_module("pyc.frontend.library.onnx")

adagrad = interpreted(_source.adagrad)
adam = interpreted(_source.adam)
arange = interpreted(_source.arange)
average_pool = interpreted(_source.average_pool)
batch_norm = interpreted(_source.batch_norm)
batch_norm_training = interpreted(_source.batch_norm_training)
bit_cast = interpreted(_source.bit_cast)
col2im = interpreted(_source.col2im)
conv = interpreted(_source.conv)
conv_transpose = interpreted(_source.conv_transpose)
cumprod = interpreted(_source.cumprod)
cumsum = interpreted(_source.cumsum)
deform_conv = interpreted(_source.deform_conv)
depth_to_space = interpreted(_source.depth_to_space)
dft = interpreted(_source.dft)
divide = interpreted(_source.divide)
expand = interpreted(_source.expand)
extent = interpreted(_source.extent)
gather_elements = interpreted(_source.gather_elements)
gather_nd = interpreted(_source.gather_nd)
grid_sample = interpreted(_source.grid_sample)
gru = interpreted(_source.gru)
hardmax = interpreted(_source.hardmax)
instance_norm = interpreted(_source.instance_norm)
log_sum_exp = interpreted(_source.log_sum_exp)
lp_normalize = interpreted(_source.lp_normalize)
lp_pool = interpreted(_source.lp_pool)
lrn = interpreted(_source.lrn)
lstm = interpreted(_source.lstm)
max_pool = interpreted(_source.max_pool)
max_pool_places = interpreted(_source.max_pool_places)
max_unpool = interpreted(_source.max_unpool)
mel_weights = interpreted(_source.mel_weights)
momentum = interpreted(_source.momentum)
non_max_suppression = interpreted(_source.non_max_suppression)
non_zero = interpreted(_source.non_zero)
one_hot = interpreted(_source.one_hot)
power = interpreted(_source.power)
resize = interpreted(_source.resize)
reverse_sequence = interpreted(_source.reverse_sequence)
rnn = interpreted(_source.rnn)
roi_align = interpreted(_source.roi_align)
root = interpreted(_source.root)
scatter_elements = interpreted(_source.scatter_elements)
scatter_nd = interpreted(_source.scatter_nd)
space_to_depth = interpreted(_source.space_to_depth)
stft = interpreted(_source.stft)
tensor_scatter = interpreted(_source.tensor_scatter)
top_k = interpreted(_source.top_k)

__all__ = [
    "adagrad",
    "adam",
    "arange",
    "attribute",
    "average_pool",
    "batch_norm",
    "batch_norm_training",
    "bit_cast",
    "col2im",
    "conv",
    "conv_transpose",
    "cumprod",
    "cumsum",
    "deform_conv",
    "depth_to_space",
    "dft",
    "divide",
    "expand",
    "extent",
    "function",
    "gather_elements",
    "gather_nd",
    "graph",
    "grid_sample",
    "gru",
    "hardmax",
    "instance_norm",
    "log_sum_exp",
    "lp_normalize",
    "lp_pool",
    "lrn",
    "lstm",
    "max_pool",
    "max_pool_places",
    "max_unpool",
    "mel_weights",
    "model",
    "momentum",
    "node",
    "non_max_suppression",
    "non_zero",
    "one_hot",
    "power",
    "resize",
    "reverse_sequence",
    "rnn",
    "roi_align",
    "root",
    "scatter_elements",
    "scatter_nd",
    "space_to_depth",
    "stft",
    "tensor",
    "tensor_scatter",
    "top_k",
    "value",
]
