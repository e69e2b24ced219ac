"""``from pyc.nn import gelu``: the library of layers, as Python calls it. Its source is the language's own."""

from importlib import import_module

from .module import interpreted

# By name, as this layer imports nothing above it; the compiler resolves these functions to the same source.
_source = import_module("pyc.frontend.library.nn")

adaptive_avg_pool1d = interpreted(_source.adaptive_avg_pool1d)
adaptive_avg_pool2d = interpreted(_source.adaptive_avg_pool2d)
adaptive_max_pool1d = interpreted(_source.adaptive_max_pool1d)
adaptive_max_pool2d = interpreted(_source.adaptive_max_pool2d)
attention = interpreted(_source.attention)
avg_pool1d = interpreted(_source.avg_pool1d)
avg_pool2d = interpreted(_source.avg_pool2d)
batch_norm = interpreted(_source.batch_norm)
binary_cross_entropy = interpreted(_source.binary_cross_entropy)
binary_cross_entropy_with_logits = interpreted(_source.binary_cross_entropy_with_logits)
celu = interpreted(_source.celu)
channel_shuffle = interpreted(_source.channel_shuffle)
conv1d = interpreted(_source.conv1d)
conv2d = interpreted(_source.conv2d)
conv_transpose1d = interpreted(_source.conv_transpose1d)
conv_transpose2d = interpreted(_source.conv_transpose2d)
cosine_embedding_loss = interpreted(_source.cosine_embedding_loss)
cosine_similarity = interpreted(_source.cosine_similarity)
cross_entropy = interpreted(_source.cross_entropy)
dequantize = interpreted(_source.dequantize)
dropout = interpreted(_source.dropout)
elu = interpreted(_source.elu)
embedding = interpreted(_source.embedding)
fold = interpreted(_source.fold)
gaussian_nll_loss = interpreted(_source.gaussian_nll_loss)
gelu = interpreted(_source.gelu)
glu = interpreted(_source.glu)
group_norm = interpreted(_source.group_norm)
hardshrink = interpreted(_source.hardshrink)
hardsigmoid = interpreted(_source.hardsigmoid)
hardswish = interpreted(_source.hardswish)
hardtanh = interpreted(_source.hardtanh)
hinge_embedding_loss = interpreted(_source.hinge_embedding_loss)
huber_loss = interpreted(_source.huber_loss)
instance_norm = interpreted(_source.instance_norm)
interpolate = interpreted(_source.interpolate)
kl_div = interpreted(_source.kl_div)
l1_loss = interpreted(_source.l1_loss)
layer_norm = interpreted(_source.layer_norm)
leaky_relu = interpreted(_source.leaky_relu)
linear = interpreted(_source.linear)
local_response_norm = interpreted(_source.local_response_norm)
log_softmax = interpreted(_source.log_softmax)
logsigmoid = interpreted(_source.logsigmoid)
margin_ranking_loss = interpreted(_source.margin_ranking_loss)
max_pool1d = interpreted(_source.max_pool1d)
max_pool2d = interpreted(_source.max_pool2d)
mish = interpreted(_source.mish)
mse_loss = interpreted(_source.mse_loss)
nll_loss = interpreted(_source.nll_loss)
normalize = interpreted(_source.normalize)
one_hot = interpreted(_source.one_hot)
pad = interpreted(_source.pad)
pairwise_distance = interpreted(_source.pairwise_distance)
pixel_shuffle = interpreted(_source.pixel_shuffle)
pixel_unshuffle = interpreted(_source.pixel_unshuffle)
poisson_nll_loss = interpreted(_source.poisson_nll_loss)
prelu = interpreted(_source.prelu)
quantize = interpreted(_source.quantize)
relu = interpreted(_source.relu)
relu6 = interpreted(_source.relu6)
rms_norm = interpreted(_source.rms_norm)
rope = interpreted(_source.rope)
selu = interpreted(_source.selu)
sigmoid = interpreted(_source.sigmoid)
silu = interpreted(_source.silu)
smooth_l1_loss = interpreted(_source.smooth_l1_loss)
soft_margin_loss = interpreted(_source.soft_margin_loss)
softmax = interpreted(_source.softmax)
softmin = interpreted(_source.softmin)
softplus = interpreted(_source.softplus)
softshrink = interpreted(_source.softshrink)
softsign = interpreted(_source.softsign)
tanh = interpreted(_source.tanh)
tanhshrink = interpreted(_source.tanhshrink)
threshold = interpreted(_source.threshold)
triplet_margin_loss = interpreted(_source.triplet_margin_loss)
unfold = interpreted(_source.unfold)

__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
    "attention",
    "avg_pool1d",
    "avg_pool2d",
    "batch_norm",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "celu",
    "channel_shuffle",
    "conv1d",
    "conv2d",
    "conv_transpose1d",
    "conv_transpose2d",
    "cosine_embedding_loss",
    "cosine_similarity",
    "cross_entropy",
    "dequantize",
    "dropout",
    "elu",
    "embedding",
    "fold",
    "gaussian_nll_loss",
    "gelu",
    "glu",
    "group_norm",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "hinge_embedding_loss",
    "huber_loss",
    "instance_norm",
    "interpolate",
    "kl_div",
    "l1_loss",
    "layer_norm",
    "leaky_relu",
    "linear",
    "local_response_norm",
    "log_softmax",
    "logsigmoid",
    "margin_ranking_loss",
    "max_pool1d",
    "max_pool2d",
    "mish",
    "mse_loss",
    "nll_loss",
    "normalize",
    "one_hot",
    "pad",
    "pairwise_distance",
    "pixel_shuffle",
    "pixel_unshuffle",
    "poisson_nll_loss",
    "prelu",
    "quantize",
    "relu",
    "relu6",
    "rms_norm",
    "rope",
    "selu",
    "sigmoid",
    "silu",
    "smooth_l1_loss",
    "soft_margin_loss",
    "softmax",
    "softmin",
    "softplus",
    "softshrink",
    "softsign",
    "tanh",
    "tanhshrink",
    "threshold",
    "triplet_margin_loss",
    "unfold",
]
