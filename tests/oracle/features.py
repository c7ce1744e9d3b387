"""Features of random whitened patches, in numpy: by the integers that a model
keeps, to the bit, or by its floats; and learnt and made anew in double
precision.  docs/features.md has the formulas."""
import numpy
import oracle
from numpy.lib.stride_tricks import sliding_window_view

EPSILON = 0.1
FLOAT = numpy.float32


# ---- Patches of pictures (n x channels x height x width) --------------------

def boxes(pictures):
    """Sums of 2 x 2 pixels; a last odd row or column is left out."""
    n, c, h, w = pictures.shape
    whole = pictures[:, :, :h // 2 * 2, :w // 2 * 2].astype(int)
    return whole.reshape(n, c, h // 2, 2, w // 2, 2).sum(axis=(3, 5))


def halved(pictures):
    """Means of 2 x 2 pixels, rounded."""
    return (boxes(pictures) + 2) // 4


def patches(pictures, size):
    """n x rows x columns x values; values in the order of a picture's."""
    windows = sliding_window_view(pictures, (size, size), axis=(2, 3))
    windows = windows.transpose(0, 2, 3, 1, 4, 5)
    return windows.reshape(*windows.shape[:3], -1)


def pooled(values, grid, mean):
    """Sums or means over cells: n x rows x columns x K to n x cells x K."""
    _, rows, columns, _ = values.shape
    down, right = (numpy.arange(n) * grid // n for n in (rows, columns))
    how = numpy.mean if mean else numpy.sum
    return numpy.stack([how(values[:, down == i][:, :, right == j], axis=(1, 2))
                        for i in range(grid) for j in range(grid)], axis=1)


def rectified(z, threshold, grid, mean=False):
    """Both ways, pooled: n x 2 x cells x K."""
    return numpy.stack([pooled(numpy.maximum(sign * z - threshold, 0), grid,
                               mean) for sign in (1, -1)], axis=1)


# ---- By what a model keeps -----------------------------------------------

class Map:
    """What a model has learnt of one term."""

    def __init__(self, tensors, term, grid, halve=False, mirror=False,
                 unit=False, compand=False):
        for name in ("softness", "length", "whitener", "gain", "bias",
                     "filters", "thresholds", "quanta"):
            setattr(self, name, tensors["%d.%s" % (term, name)])
        self.grid, self.halve, self.mirror = grid, halve, mirror
        self.unit, self.compand = unit, compand

    def size(self, channels):
        return round((self.whitener.shape[1] / channels) ** 0.5)

    def contrast(self, p):
        """1 / sqrt(variance + softness), in single precision."""
        m, s, q = p.shape[-1], p.sum(axis=-1), (p * p).sum(axis=-1)
        variance = FLOAT((m * q - s * s) / (m * m))
        return FLOAT(1) / numpy.sqrt(variance + self.softness)

    def normalised(self, p):
        """Whitened values as they are before 8 bits; in units of `length`, or
        with unit 1/256."""
        y = FLOAT(p @ self.whitener.astype(int).T)
        return y * self.contrast(p)[..., None] * self.gain - self.bias

    def whitened(self, p):
        """Whitened patches in 8 bits."""
        x = self.normalised(p)
        if not self.unit:
            return numpy.rint(x.clip(-127, 127)).astype(int)
        v = numpy.rint(x.clip(-2047, 2047))
        square = (v.astype(int) ** 2).sum(axis=-1)
        soft = FLOAT(EPSILON) * FLOAT(256) * FLOAT(256)
        v *= (self.length / numpy.sqrt(FLOAT(square) + soft))[..., None]
        return numpy.rint(v.clip(-127, 127)).astype(int)

    def sums(self, pictures):
        """Pooled sums: n x 2 x cells x K."""
        if self.halve:
            pictures = halved(pictures)
        p = patches(pictures.astype(int), self.size(pictures.shape[1]))
        # products of single precision are exact: below 2^24
        x = self.whitened(p).astype(FLOAT)
        z = (x @ self.filters.astype(FLOAT).T).astype(int)
        return rectified(z, self.thresholds, self.grid)

    def features(self, pictures):
        sums = self.sums(pictures)
        if self.mirror:
            sums = sums + self.sums(pictures[..., ::-1])
        v = FLOAT(in_groups(sums)) * self.quanta
        if self.compand:
            v = numpy.sqrt(v)
        return numpy.rint(numpy.minimum(v, 255)).astype(numpy.uint8)


class Pixels:
    """Pixels themselves; mirrored, with their mirror images, as far as the
    middle of a line."""

    def __init__(self, mirror=False):
        self.mirror = mirror

    def features(self, pictures):
        if self.mirror:
            both = pictures.astype(int) + pictures[..., ::-1]
            half = (pictures.shape[-1] + 1) // 2
            pictures = ((both + 1) // 2)[..., :half].astype(numpy.uint8)
        return pictures.reshape(len(pictures), -1)


class Single:
    """What a model in single precision has learnt of one term; in double."""

    def __init__(self, tensors, term, grid, halve=False, mirror=False,
                 unit=False):
        for name in ("softness", "threshold", "whitener", "bias", "filters"):
            setattr(self, name,
                    tensors["%d.%s" % (term, name)].astype(float))
        self.grid, self.halve, self.mirror = grid, halve, mirror
        self.unit = unit

    def means(self, pictures):
        """n x 2 x cells x K."""
        size = round((self.whitener.shape[1] / pictures.shape[1]) ** 0.5)
        if self.halve:
            pictures = boxes(pictures) / 4
        p = patches(pictures.astype(float), size)
        q = (p - p.mean(axis=-1, keepdims=True)) / numpy.sqrt(
            p.var(axis=-1, keepdims=True) + self.softness)
        x = q @ self.whitener.T - self.bias
        if self.unit:
            x /= numpy.sqrt((x ** 2).sum(axis=-1, keepdims=True) + EPSILON)
        return rectified(x @ self.filters.T, self.threshold, self.grid,
                         mean=True)

    def features(self, pictures):
        means = self.means(pictures)
        if self.mirror:
            means = means + self.means(pictures[..., ::-1])
        return in_groups(means)


def in_groups(sums):
    """Features' order: groups of 16 filters, in each [both ways][cells]."""
    n, k = len(sums), sums.shape[-1]
    return numpy.concatenate([sums[..., f:f + 16].reshape(n, -1)
                              for f in range(0, k, 16)], axis=1)


# ---- In double precision, by the formulas alone ------------------------------

class Learnt:
    """A map that is learnt from pictures."""

    def __init__(self, pictures, k, size, grid, dims, unit=False, seed=0,
                 sampled=100000):
        self.grid, self.unit, self.size = grid, unit, size
        random = numpy.random.default_rng(seed)
        all_patches = sliding_window_view(pictures, (size, size), axis=(2, 3))
        n, _, rows, columns = all_patches.shape[:4]
        some = all_patches[random.integers(0, n, sampled), :,
                           random.integers(0, rows, sampled),
                           random.integers(0, columns, sampled)]
        some = some.reshape(sampled, -1) / 255
        self.c = 2.5 * some.var(axis=1).mean()
        q = self.normalise(some)
        self.mean = q.mean(axis=0)
        values, vectors = numpy.linalg.eigh(numpy.cov(q.T, bias=True))
        self.values = values[:-dims - 1:-1]
        self.whitening = vectors[:, :-dims - 1:-1] / numpy.sqrt(
            self.values + EPSILON)
        norm = some.std(axis=1)
        contrasty = numpy.flatnonzero(norm >= numpy.median(norm) / 2)
        chosen = random.choice(contrasty, k, replace=False)
        x = self.whiten(some)
        self.filters = x[chosen] / numpy.linalg.norm(x[chosen], axis=1)[:, None]
        self.threshold = 0.3 * numpy.sqrt(((x @ self.filters.T) ** 2).mean())

    def normalise(self, p):
        centred = p - p.mean(axis=-1, keepdims=True)
        return centred / numpy.sqrt(
            (centred ** 2).mean(axis=-1, keepdims=True) + self.c)

    def whiten(self, p):
        x = (self.normalise(p) - self.mean) @ self.whitening
        if self.unit:
            x /= numpy.sqrt((x ** 2).sum(axis=-1, keepdims=True) + EPSILON)
        return x

    def features(self, pictures, step=100):
        """n x d."""
        return numpy.concatenate([rectified(
            self.whiten(patches(pictures[i:i + step] / 255, self.size)) @
            self.filters.T, self.threshold, self.grid, mean=True).reshape(
                len(pictures[i:i + step]), -1)
            for i in range(0, len(pictures), step)])


def fourier(pictures, gamma, d, seed=0):
    """Random Fourier features (n x d) as their definition has it, neither of 8
    bits nor of rounded weights."""
    x = pictures.reshape(len(pictures), -1) / 255
    values = numpy.arange((x.shape[1] + 1) // 2 * 2, dtype=numpy.uint64)
    with numpy.errstate(over="ignore"):
        key = oracle.splitmix64(oracle.splitmix64(seed) +
                                numpy.arange(d, dtype=numpy.uint64))
        bits = oracle.splitmix64(key[:, None] + values) >> numpy.uint64(11)
    first, angle = (bits[:, 0::2] + 1.) / 2. ** 53, bits[:, 1::2] / 2. ** 53
    radius, angle = numpy.sqrt(-2 * numpy.log(first)), 2 * numpy.pi * angle
    w = numpy.stack([radius * numpy.cos(angle), radius * numpy.sin(angle)],
                    axis=2).reshape(d, -1)[:, :x.shape[1]]
    offset = (oracle.splitmix64(~key) >> numpy.uint64(32)) / 2. ** 32
    return numpy.cos(numpy.sqrt(2 * gamma) * x @ w.T + 2 * numpy.pi * offset)


# ---- Ridge on standardised features ------------------------------------------

def ridge(features, labels, penalty, deviation=None):
    """Weights (d x k) and intercept, one against the rest; the penalty is of
    features divided by their deviation, their own unless it is given."""
    from scipy.linalg import solve
    targets = 2.0 * (labels[:, None] == numpy.unique(labels)) - 1
    mean = features.mean(axis=0)
    if deviation is None:
        deviation = features.std(axis=0)
    deviation = numpy.where(deviation > 0, deviation, 1)
    z = (features - mean) / deviation
    gram = z.T @ z + penalty * numpy.eye(z.shape[1])
    weights = solve(gram, z.T @ (targets - targets.mean(axis=0)),
                    assume_a="pos") / deviation[:, None]
    return weights, targets.mean(axis=0) - mean @ weights
