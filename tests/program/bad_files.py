"""Makers of small data sets and models in every format, by hand, so that any
part of them can be wrong: too short, too long, a lie, or damaged."""
import gzip
import json
import pathlib
import struct
import zlib

import numpy

IDX = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte",
       "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
RECORD = 3073  # bytes of a CIFAR-10 picture with its label


def put(path, data=b""):
    """A file, its folders included."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def flip(data, at, bits=0xff):
    """The same bytes but one."""
    data = bytearray(data)
    data[at] ^= bits
    return bytes(data)


# ---- IDX, plain and gzip --------------------------------------------------

def idx(values, dims=None, kind=8, count=None):
    """An IDX file; dims and count (of dimensions): what its header claims."""
    dims = values.shape if dims is None else dims
    return struct.pack(">BBBB%dI" % len(dims), 0, 0, kind,
                       len(dims) if count is None else count,
                       *dims) + values.tobytes()


IMAGES = idx((numpy.arange(30 * 16) * 37 % 251).astype("u1").reshape(30, 4, 4))
LABELS = idx(numpy.arange(30, dtype="u1") % 3)


def mnist(folder, *files, suffix=""):
    """A folder of IDX files: train images and labels, test images, labels."""
    for name, data in zip(IDX, files):
        if data is not None:
            put(folder / (name + suffix), data)


def gz(data):
    return gzip.compress(data, mtime=0)


def gz_bomb(size):
    """An IDX file of `size` zero bytes and its honest header, as .gz: about a
    thousandth of that."""
    head = struct.pack(">BBBBIII", 0, 0, 8, 3, size >> 20, 1024, 1024)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    block = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = block.compress(bytes(1 << 20)) + block.flush(zlib.Z_FULL_FLUSH)
    return (b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + data + zeros * (size >> 20) +
            b"\x03\0" + struct.pack("<II", 0, len(head) + size))


# ---- CIFAR ----------------------------------------------------------------

def cifar(labels, after=b""):
    """A CIFAR-10 batch."""
    return b"".join(bytes([label]) + bytes([20 * label]) * (RECORD - 1)
                    for label in labels) + after


# ---- Pictures -------------------------------------------------------------

def chunk(kind, data, crc=None):
    """A PNG chunk; crc: what to add to the right one."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(
        ">I", zlib.crc32(kind + data) ^ (crc or 0))


def png(level=128, width=6, height=5, pixels=None, color=0, depth=8, **crc):
    """A PNG of one gray, or of `pixels` as they are packed.
    IHDR=1, IDAT=1: that chunk's checksum is wrong."""
    if pixels is None:
        pixels = (b"\0" + bytes([level]) * width) * height
    return (b"\x89PNG\r\n\x1a\n" +
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color,
                                       0, 0, 0), crc.get("IHDR")) +
            chunk(b"IDAT", zlib.compress(pixels, 9), crc.get("IDAT")) +
            chunk(b"IEND", b""))


def png_bomb(side):
    """Honest about its size: side x side pixels, all black."""
    return png(width=side, height=side, pixels=bytes((side + 1) * side))


def jpeg(level=128, width=8, height=8):
    """A gray JPEG of one brightness: its first block has the difference to
    128, in as many bits as that takes, the others none; every block's next
    code says that it ends."""
    blocks = (width + 7) // 8 * ((height + 7) // 8)
    value = level - 128
    length = abs(value).bit_length()
    bits = "10" + format(value if value > 0 else value + (1 << length) - 1,
                         "0%db" % length) + "0" if value else "00"
    bits += "00" * (blocks - 1)
    bits += "1" * (-len(bits) % 8)
    data = bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))
    quantiser = b"\xff\xdb\0\x43\0" + b"\x08" * 64
    frame = b"\xff\xc0\0\x0b\x08" + struct.pack(">HH", height,
                                                 width) + b"\1\1\x11\0"
    dc = b"\xff\xc4\0\x15\0" + b"\1\1" + bytes(14) + bytes([0, length])
    ac = b"\xff\xc4\0\x14\x10" + b"\1" + bytes(15) + b"\0"
    scan = b"\xff\xda\0\x08\1\1\0\0\x3f\0"
    return (b"\xff\xd8" + quantiser + frame + dc + ac + scan +
            data.replace(b"\xff", b"\xff\0") + b"\xff\xd9")


def pictures(folder, odd=None, name="c/z.png"):
    """Classes a, b, c of four pictures each; `odd`, the bytes of one more, is
    the last, unless it is named otherwise."""
    for k, kind in enumerate("abc"):
        for i in range(4):
            put(folder / kind / ("%d.png" % i), png(70 * k + i))
    if odd is not None:
        put(folder / name, odd)


# ---- numpy ----------------------------------------------------------------

def npy(shape=(60, 9), descr="<f4", fortran="False", data=None, header=None,
        length=None, version=1):
    """A .npy file; length: what it claims of its header."""
    text = header if header is not None else (
        "{'descr': %r, 'fortran_order': %s, 'shape': %s, }" %
        (descr, fortran, shape))
    text = (text + "\n").encode()
    if data is None:
        data = bytes(4 * 60 * 9)
    size = "<H" if version == 1 else "<I"
    return (b"\x93NUMPY" + bytes([version, 0]) +
            struct.pack(size, len(text) if length is None else length) + text +
            data)


# ---- Models ---------------------------------------------------------------

def model(good, edit=None, length=None, raw=None, data=None):
    """A good model's bytes with its header edited (edit changes the object),
    replaced (raw), or of another length than it says."""
    (size,) = struct.unpack_from("<Q", good)
    header = good[8:8 + size]
    if edit:
        parsed = json.loads(header)
        edit(parsed)
        header = json.dumps(parsed).encode()
    header = header if raw is None else raw
    return (struct.pack("<Q", len(header) if length is None else length) +
            header + (good[8 + size:] if data is None else data))


def entry(name, key, value):
    """An edit of a tensor's entry, or of the metadata; None removes it."""
    def edit(header):
        if value is None:
            del header[name][key]
        else:
            header[name][key] = value
    return edit
