"""``from pyc.nn import gelu``: the library of layers, as Python calls it. Its source is the language's own."""

from importlib import import_module

from .module import interpreted

# By name, as this layer imports nothing above it; the compiler resolves these functions to the same source.
_source = import_module("pyc.frontend.library.nn")

attention = interpreted(_source.attention)
avg_pool2d = interpreted(_source.avg_pool2d)
batch_norm = interpreted(_source.batch_norm)
conv1d = interpreted(_source.conv1d)
conv2d = interpreted(_source.conv2d)
cross_entropy = interpreted(_source.cross_entropy)
dropout = interpreted(_source.dropout)
elu = interpreted(_source.elu)
embedding = interpreted(_source.embedding)
gelu = interpreted(_source.gelu)
group_norm = interpreted(_source.group_norm)
interpolate = interpreted(_source.interpolate)
l1_loss = interpreted(_source.l1_loss)
layer_norm = interpreted(_source.layer_norm)
leaky_relu = interpreted(_source.leaky_relu)
linear = interpreted(_source.linear)
log_softmax = interpreted(_source.log_softmax)
max_pool2d = interpreted(_source.max_pool2d)
mish = interpreted(_source.mish)
mse_loss = interpreted(_source.mse_loss)
nll_loss = interpreted(_source.nll_loss)
one_hot = interpreted(_source.one_hot)
pad = interpreted(_source.pad)
relu = interpreted(_source.relu)
relu6 = interpreted(_source.relu6)
rms_norm = interpreted(_source.rms_norm)
sigmoid = interpreted(_source.sigmoid)
silu = interpreted(_source.silu)
softmax = interpreted(_source.softmax)
softplus = interpreted(_source.softplus)
tanh = interpreted(_source.tanh)

__all__ = [
    "attention",
    "avg_pool2d",
    "batch_norm",
    "conv1d",
    "conv2d",
    "cross_entropy",
    "dropout",
    "elu",
    "embedding",
    "gelu",
    "group_norm",
    "interpolate",
    "l1_loss",
    "layer_norm",
    "leaky_relu",
    "linear",
    "log_softmax",
    "max_pool2d",
    "mish",
    "mse_loss",
    "nll_loss",
    "one_hot",
    "pad",
    "relu",
    "relu6",
    "rms_norm",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "tanh",
]
