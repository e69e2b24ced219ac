"""What convolutions and pools of ``pyc.nn`` have in common: pairs of numbers, and what windows look at."""


def pair(given):
    """One number for rows and columns, or one for each."""
    return given if isinstance(given, tuple) else (given, given)


def steps(images, size, stride, dilation):
    """How many windows lie below each other in images, and beside each other; all but ``images`` are pairs."""
    height = (images.shape[2] - (size[0] - 1) * dilation[0] - 1) // stride[0] + 1
    width = (images.shape[3] - (size[1] - 1) * dilation[1] - 1) // stride[1] + 1
    if height < 1 or width < 1:
        raise ValueError("the window is larger than the padded input")
    return height, width


def seen(images, top, left, steps, stride):
    """A view of what one element of all windows looks at: the first at ``top`` and ``left``, then ``stride`` apart."""
    return images[
        :,
        :,
        top : top + (steps[0] - 1) * stride[0] + 1 : stride[0],
        left : left + (steps[1] - 1) * stride[1] + 1 : stride[1],
    ]
