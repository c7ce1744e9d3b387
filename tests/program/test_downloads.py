"""Data sets as downloads and archives leave them: names, folders, compression,
what lies beside them, and what was got instead of them."""
import gzip
import io
import os
import pickle
import tarfile
import zipfile

import numpy

import program
from bad_files import IDX, IMAGES, LABELS, RECORD, gz, idx, mnist, png, put

FILES = (IMAGES, LABELS, IMAGES, LABELS)
DOTS = [name.replace("-idx", ".idx") for name in IDX]
RECORDS = b"".join(bytes([i % 3]) + bytes([i]) * (RECORD - 1)
                   for i in range(12))


class Downloads(program.Case):
    def setUp(self):
        super().setUp()
        self.root = self.folder / "root"

    def info(self, spec="root"):
        return " ".join(self.run_program("info", spec).stdout.split())

    def is_mnist(self, spec="root", note=None):
        said = self.info(spec)
        self.assertIn("Format IDX Samples 30 (training part)", said)
        self.assertIn("Samples 30 (test part)", said)
        self.assertEqual("files are those in " + note in said if note
                         else "Note" not in said, True, said)

    def is_cifar(self, spec="root", note=None):
        said = self.info(spec)
        self.assertIn("Format CIFAR-10 Samples 12 (training part)", said)
        if note:
            self.assertIn("files are those in " + note, said)

    def refuse(self, *says, spec="root"):
        run = self.run_program("info", spec, status=65)
        for part in says:
            self.assertIn(part, run.stderr)

    # ---- Names and folders -------------------------------------------------

    def test_names(self):
        for names in (IDX, DOTS, [name.title() for name in IDX],
                      [name[:-6] for name in DOTS],
                      [name.upper() for name in DOTS],
                      [name + ".GZ" for name in IDX],
                      ["fashion-" + name for name in IDX]):
            folder = self.root / names[0]
            for name, data in zip(names, FILES):
                put(folder / name, gz(data) if name[-3:] == ".GZ" else data)
            with self.subTest(names[0]):
                self.is_mnist(folder)

    def test_kaggle(self):
        """Files, and folders named like them; or the folders alone."""
        for name, dots, data in zip(IDX, DOTS, FILES):
            put(self.root / name / name, data)
        self.is_mnist()
        for dots, data in zip(DOTS, FILES):
            put(self.root / dots, data)
        self.is_mnist()
        for name in IDX:
            (self.root / name / name).unlink() # empty folders
        self.is_mnist()

    def test_plain_and_compressed(self):
        """The plain one is read, whatever its name; damage beside it is not
        seen."""
        for name in IDX + tuple(DOTS):
            put(self.root / (name + ".gz"), b"damaged")
        mnist(self.root, *FILES)
        self.is_mnist()

    def test_torchvision(self):
        """ROOT/MNIST/raw, beside what old versions left; several data sets are
        named."""
        raw = self.root / "MNIST" / "raw"
        mnist(raw, *FILES)
        mnist(raw, *map(gz, FILES), suffix=".gz")
        put(self.root / "MNIST" / "processed" / "training.pt", b"PK\3\4")
        put(self.root / "notes.txt")
        put(self.root / "__MACOSX" / "MNIST" / "raw" / ("._" + IDX[0]), b"x")
        for spec, home in (("root", "root/MNIST/raw"), ("root/MNIST/",
                                                        "root/MNIST/raw"),
                           ("idx:root", "root/MNIST/raw"), (raw, None)):
            self.is_mnist(spec, home)
        result = self.fit("--data", "root", "--lambda", "1")
        self.assertIn("root/MNIST/raw", result["notes"][0])
        mnist(self.root / "FashionMNIST" / "raw", *FILES)
        self.refuse("root/FashionMNIST/raw, root/MNIST/raw")
        self.is_mnist("root/FashionMNIST", "root/FashionMNIST/raw")

    def test_beside_pictures(self):
        """A preview beside a data set is not one; folders of pictures are."""
        mnist(self.root / "raw", *FILES)
        put(self.root / "preview.png", png())
        put(self.root / "docs" / "preview.png", png())
        self.is_mnist(note="root/raw")
        put(self.root / "more" / "preview.png", png())
        self.refuse("root/raw", "and pictures")

    def test_classes_of_pictures_stay(self):
        for name in "abc":
            put(self.root / name / "0.png", png())
            put(self.root / name / "list.bin", b"x")
        put(self.root / "train.csv", b"a,b\n")
        self.assertIn("Format pictures", self.info())

    def test_emnist(self):
        """Two of the six are named; that pictures lie on their side is said."""
        for split in ("letters", "digits"):
            mnist(self.root, *FILES)
            for name, data in zip(IDX, FILES):
                os.rename(self.root / name, self.root / ("emnist-%s-%s" % (
                    split, name.replace("t10k", "test"))))
            if split == "letters":
                self.assertIn("on their side", self.info())
        self.refuse("several data sets, of emnist-digits-train-images, "
                    "emnist-letters-train-images; give")

    def test_cifar(self):
        """The folder of the archive, the archive beside it, one level above."""
        home = self.root / "cifar-10-batches-bin"
        put(home / "data_batch_1.bin", RECORDS)
        put(home / "test_batch.bin", RECORDS)
        put(home / "readme.html", b"<html>")
        put(self.root / "cifar-10-binary.tar.gz", gz(b""))
        self.is_cifar(note="root/cifar-10-batches-bin")
        self.is_cifar("cifar:root")
        self.is_cifar("root/cifar-10-batches-bin")
        put(self.root / "cifar-100-binary" / "train.bin", RECORDS)
        self.refuse("root/cifar-10-batches-bin", "root/cifar-100-binary")

    # ---- What was got instead ----------------------------------------------

    def test_not_unpacked(self):
        for name, says in (
                ("cifar-10-binary.tar.gz", "tar xzf"),
                ("archive.zip", "unzip"),
                ("cifar-10-batches-py/data_batch_1", "binary version"),
                ("cifar-100-python/meta", "cifar-100-binary.tar.gz"),
                ("mnist.npz", "numpy.load"),
                ("train-images-idx3-ubyte (1).gz", "rename it"),
                ("train-images-idx3-ubyte.gz.1", "rename it"),
                ("train-images-idx3-ubyte.bin", "rename it"),
                ("data.parquet", "numpy.save"),
                ("x.npy", "the file instead of the folder")):
            folder = self.root / name.split(".")[0].replace("/", "_")
            put(folder / name, b"x")
            put(folder / "README.md", b"x")
            with self.subTest(name):
                self.refuse(name.split("/")[0], says, spec=folder)

    def test_gzip(self):
        """As gunzip reads it: several members, a filling of zeroes, any
        name."""
        half = len(IMAGES) // 2
        for packed in (gz(IMAGES[:half]) + gz(IMAGES[half:]),
                       b"".join(gz(IMAGES[i:i + 1])
                                for i in range(len(IMAGES))),
                       gz(b"") + gz(IMAGES) + gz(b""),
                       gz(IMAGES) + bytes(512)):
            self.assertEqual(gzip.decompress(packed), IMAGES)
            for suffix in ("", ".gz"):
                for old in self.root.glob("*"):
                    old.unlink()
                mnist(self.root, packed, gz(LABELS), IMAGES, LABELS)
                for name in IDX[:2]:
                    os.rename(self.root / name, self.root / (name + suffix))
                self.is_mnist()

    def test_what_files_are(self):
        """By their first bytes, whatever their names, and what to do."""
        samples = io.BytesIO()
        numpy.savez(samples, x_train=numpy.zeros((3, 3)))
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("a", "b")
        tar = io.BytesIO()
        with tarfile.open(fileobj=tar, mode="w") as archive:
            archive.addfile(tarfile.TarInfo("a"))
        page = b"\xef\xbb\xbf\r\n <!DOCTYPE HTML><title>Forbidden</title>"
        pointer = (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n"
                   b"size 12\n")
        for name, data, says in (
                ("mnist.npz", samples.getvalue(), ("numpy.load('FILE')",)),
                ("mnist.zip", packed.getvalue(), ("a zip archive", "unzip")),
                ("x.npy", packed.getvalue(), ("not a .npy", "a zip archive")),
                ("x.npy", page, ("not a .npy", "a web page", "again")),
                ("x.npy", pointer, ("not a .npy", "Git LFS", "git lfs pull")),
                ("x.npy", b"", ("not a .npy", "empty")),
                ("x.npy.gz", gz(b"x"), ("gzip", "gunzip")),
                ("c.tar.gz", gz(tar.getvalue()), ("tar xzf",)),
                ("c.tar", tar.getvalue(), ("tar xf",)),
                ("c.bz2", b"BZh91AY", ("bunzip2",)),
                ("c.xz", b"\xfd7zXZ\0\0", ("unxz",)),
                ("a.h5", b"\x89HDF\r\n\x1a\n\0", ("HDF5", "h5py.File")),
                ("a.mat", b"MATLAB 5.0 MAT-file, Platform", ("loadmat",)),
                ("a.parquet", b"PAR1\x15\4", ("pandas.read_parquet",)),
                ("a.pkl", pickle.dumps([1]), ("pickle.load",)),
                ("a.pt", packed.getvalue(), ("torch.load",)),
                ("a.csv", b"a,b\n1,2\n", ("CSV", "numpy.loadtxt")),
                ("a.data", b"5.1,3.5,setosa\n", ("CSV", "numpy.loadtxt")),
                ("a.tsv", b"1\t2\n", ("TSV", "numpy.loadtxt")),
                ("a.txt", b"1 2\n", ("text", "numpy.loadtxt")),
                ("a.svm", b"1 3:0.5 7:2\n", ("load_svmlight_file",)),
                ("a.json", b'{"a": 1}', ("JSON",)),
                ("a.arff", b"@RELATION iris\n", ("arff.loadarff",)),
                (IDX[0], IMAGES, ("one of the IDX files", "the folder")),
                (IDX[0] + ".gz", gz(IMAGES), ("one of the IDX files",
                                              "the folder")),
                ("images", IMAGES, ("an IDX file of pictures", IDX[0])),
                ("y", b"\x93NUMPY\1\0", ("a .npy file", "end in .npy"))):
            put(self.folder / name, data)
            with self.subTest(name, says=says):
                self.refuse(name, *says, spec=name)

    def test_what_batches_are(self):
        put(self.root / "data_batch_1.bin", b"<html></html>")
        self.refuse("data_batch_1.bin", "CIFAR", "a web page")
        put(self.root / "data_batch_1.bin", b"version https://git-lfs.github")
        self.refuse("git lfs pull")
        put(self.root / "data_batch_1.bin", b"")
        self.refuse("data_batch_1.bin", "CIFAR", "but empty")

    def test_what_labels_are(self):
        name = self.save("x", numpy.zeros((3, 3)))
        put(self.folder / "x.labels.npy", b"label\ncat\ndog\ncat\n")
        self.refuse("x.labels.npy", "not a .npy file, but text", spec=name)


class Idx(program.Case):
    def test_planes_first(self):
        """Four dimensions, channels first or last, are the same pictures."""
        values = (numpy.arange(30 * 5 * 6 * 3) * 37 % 251).astype("u1")
        last = values.reshape(30, 5, 6, 3)
        models = []
        for each in (last, numpy.moveaxis(last, 3, 1).copy()):
            put(self.folder / "d" / "train-images-idx4-ubyte", idx(each))
            put(self.folder / "d" / IDX[1], LABELS)
            self.fit("--data", "d", "--lambda", "1", "--model",
                     "m.safetensors")
            models.append((self.folder / "m.safetensors").read_bytes())
        self.assertEqual(models[0], models[1])


if __name__ == "__main__":
    program.main()
