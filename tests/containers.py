"""The recipes of containers, carried out in folders: what Containerfile and
starpu_ridge.def say is done in debootstrap's, and what comes out is used as
containers are: by users without a name, with a root that is read-only, without
shared memory.

usage: sudo python3 tests/containers.py [RECIPE...]    (default: both)

Takes root, a mirror of Debian, 3 GB in $TMPDIR and some five minutes a recipe.
Ends with 0 when all is well, 1 when not, and 77 where it could not be tried.
"""
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
RECIPES = ("examples/Containerfile", "examples/starpu_ridge.def")
SKIPPED = 77


def say(*words):
    print("containers:", *words, flush=True)


class Stage:
    """What a recipe makes of one base: steps, and how the result is run."""

    def __init__(self, base, name):
        self.base, self.name = base, name
        self.steps = []  # ("copy", stage or None, from, to), ("run", script)
        self.environment = {}
        self.user, self.folder, self.entry = 0, "/", []


def read_containerfile(text):
    """The instructions that the recipe uses; others are an error."""
    stages = []
    text = re.sub(r"(?m)^#.*\n", "", text).replace("\\\n", " ")
    for line in filter(None, map(str.strip, text.splitlines())):
        word, rest = line.split(None, 1)
        if word == "FROM":
            base, *name = rest.split(" AS ")
            stages.append(Stage(base, name[0] if name else ""))
        elif word == "COPY":
            source = re.match(r"--from=(\S+) ", rest)
            copied = rest.split()[-2:]
            stages[-1].steps.append(("copy", source and source[1], *copied))
        elif word == "RUN":
            stages[-1].steps.append(("run", "set -e\n" + rest))
        elif word == "ENV":
            stages[-1].environment.update(
                part.split("=", 1) for part in shlex.split(rest))
        elif word == "USER":
            stages[-1].user = rest
        elif word == "WORKDIR":
            stages[-1].folder = rest
        elif word == "ENTRYPOINT":
            stages[-1].entry = json.loads(rest)
        else:
            raise ValueError("unknown instruction: " + line)
    return stages


def read_definition(text):
    """The same of Apptainer's sections."""
    stages, section = [], None
    for line in re.sub(r"(?m)^#.*\n", "", text).splitlines():
        header = re.match(r"(From|Stage|Bootstrap): *(\S+)$", line)
        if header:
            section = None
            if header[1] == "From":
                stages.append(Stage(header[2], ""))
            elif header[1] == "Stage":
                stages[-1].name = header[2]
        elif line.startswith("%"):
            section, *source = line[1:].split(" from ")
            if section in ("post", "test"):
                stages[-1].steps.append(["run", "set -e\n"])
        elif section == "files" and line.strip():
            stages[-1].steps.append(
                ("copy", source[0] if source else None, *line.split()))
        elif section in ("post", "test"):
            stages[-1].steps[-1][1] += line + "\n"
        elif section == "environment" and line.strip():
            name, value = line.split(None, 1)[1].split("=", 1)
            stages[-1].environment[name] = value
        elif section == "runscript" and line.strip():
            stages[-1].entry = shlex.split(line)[1:-1]
        elif line.strip():
            raise ValueError("unknown line: " + line)
    return stages


class Work:
    """The folder in which bases and stages are made."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.log = self.folder / "log"

    def quietly(self, *line, **how):
        with open(self.log, "w", encoding="utf-8") as log:
            done = subprocess.run(line, stdin=subprocess.DEVNULL, stdout=log,
                                  stderr=log, check=False, **how)
        if done.returncode:
            print(self.log.read_text(errors="replace")[-3000:])
            say("error: this failed:", *line)
            sys.exit(1)

    def within(self, root, script, *before, mounts=""):
        """A command line that runs a script in a root, with what containers
        have mounted there."""
        return ("unshare", "--mount", "--pid", "--fork", "--kill-child", "sh",
                "-ec", """
            mount --bind "$1" "$1"
            cd "$1"
            mount -t proc proc proc
            mount -t sysfs -o ro sysfs sys
            mount -t tmpfs -o size=64m shm dev/shm
            %s
            shift
            exec chroot . "$@"
            """ % mounts, "sh", str(root), *before, "sh", "-c", script)

    def bootstrap(self):
        """Debian as its images have it."""
        base = self.folder / "base"
        targets = subprocess.run(
            ["apt-get", "indextargets", "--format", "$(REPO_URI)"],
            capture_output=True, text=True, check=False).stdout
        mirror = next((line for line in targets.split()
                       if line.rstrip("/").endswith("/debian")),
                      "http://deb.debian.org/debian")
        say("debootstrap")
        done = subprocess.run(
            ["unshare", "--mount", "debootstrap", "--variant=minbase",
             "bookworm", str(base), mirror], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, check=False)
        if done.returncode:
            say("not tried: debootstrap failed: is the mirror within reach, "
                "and may", self.folder, "hold devices and programs?")
            sys.exit(SKIPPED)
        (base / "etc/dpkg/dpkg.cfg.d/unsafe-io").write_text(
            "force-unsafe-io\n")
        acquire = subprocess.run(["apt-config", "dump", "Acquire"],
                                 capture_output=True, text=True, check=True)
        (base / "etc/apt/apt.conf.d/99acquire").write_text(acquire.stdout)
        (base / "etc/hosts").write_text(
            "127.0.0.1 localhost %s\n" % os.uname().nodename)
        return base

    def copy(self, stages, stage, source, from_, to):
        """Files of the sources, or of another stage."""
        root = self.folder / stage
        if source:
            shutil.copy(self.folder / source / from_.lstrip("/"),
                        root / to.lstrip("/"))
            return
        assert from_ == "."
        (root / to.lstrip("/")).mkdir()
        files = subprocess.run(
            ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others",
             "--exclude-standard"], check=True, capture_output=True).stdout
        subprocess.run(["rsync", "-a", "--from0", "--files-from=-", str(ROOT),
                        str(root / to.lstrip("/"))] if shutil.which("rsync")
                       else ["sh", "-c", 'cd "$1" && tar --null -T - -c | '
                             'tar -x -C "$2"', "sh", str(ROOT),
                             str(root / to.lstrip("/"))],
                       input=files, check=True)

    def make(self, base, recipe):
        """Carry out all stages; value: the last, and its root."""
        text = (ROOT / recipe).read_text(encoding="utf-8")
        stages = (read_definition if recipe.endswith(".def")
                  else read_containerfile)(text)
        for number, stage in enumerate(stages):
            stage.name = stage.name or "stage-%d" % number
            root = self.folder / stage.name
            shutil.rmtree(root, ignore_errors=True)
            self.quietly("cp", "-a", str(base), str(root))
            for kind, *step in stage.steps:
                say(recipe, stage.name, kind, repr(step[-1])[:60])
                if kind == "copy":
                    self.copy(stages, stage.name, *step)
                else:
                    environment = [
                        "DEBIAN_FRONTEND=noninteractive", "HOME=/root",
                        "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8",
                        *("%s=%s" % pair for pair in
                          stage.environment.items())]
                    self.quietly(*self.within(root, step[-1], "env", "-i",
                                              *environment))
        return stages[-1], self.folder / stages[-1].name


# Who uses it, with what: a name, uid, gid, what is mounted, settings.
READ_ONLY = "mount -o remount,bind,ro . ; mount -t tmpfs tmp tmp"
NO_MEMORY = "mount -t tmpfs -o size=64k shm dev/shm"
USES = (
    ("its own user", 1000, 1000, "", {}),
    ("a user without a name", 54321, 0, "", {}),
    ("without a name, HOME=/", 54321, 0, "", {"HOME": "/"}),
    ("without a name, a root that is read-only", 54321, 0, READ_ONLY, {}),
    ("root, a root that is read-only", 0, 0, READ_ONLY,
     {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}),
    ("64 KiB of shared memory", 54321, 0, NO_MEMORY, {}),
    ("all of it", 54321, 0, READ_ONLY + "; " + NO_MEMORY, {"HOME": "/"}),
)


def use(work, stage, root):
    """Train as each would, alone and on ranks; nothing is said, and the models
    have the same bytes."""
    models = set()
    outside = work.folder / "outside"  # a volume, mounted at /work
    for name, uid, gid, mounts, settings in USES:
        for ranks in (None, 3):
            shutil.rmtree(outside, ignore_errors=True)
            outside.mkdir()
            outside.chmod(0o777)
            line = [*stage.entry, "--data", "synth:2000", "--lambda", "1,10",
                    "--quiet", "--model", "m.safetensors"]
            if ranks:
                line = ["mpirun", "-np", str(ranks), *line]
            environment = {"PATH": "/usr/bin:/bin", "HOME": "/home/none",
                           **stage.environment, **settings}
            (root / "work").mkdir(exist_ok=True)
            done = subprocess.run(
                work.within(
                    root, "cd /work && exec " + shlex.join(line), "setpriv",
                    "--reuid", str(uid), "--regid", str(gid),
                    "--clear-groups", "env", "-i",
                    *("%s=%s" % pair for pair in environment.items()),
                    mounts='mount --bind "%s" work\n%s' % (outside, mounts)),
                stdin=subprocess.DEVNULL, capture_output=True, text=True,
                timeout=120, check=False)
            model = outside / "m.safetensors"
            say("%s: %s -> %d, %s" % (
                name, shlex.join(line[:-2]), done.returncode,
                "a model" if model.exists() else "no model"))
            if done.returncode or done.stdout or done.stderr:
                print(done.stdout + done.stderr)
                say("error: it fails, or is not quiet")
                sys.exit(1)
            models.add(model.read_bytes())
    if len(models) != 1:
        say("error: the models differ")
        sys.exit(1)


def main():
    if os.geteuid() != 0:
        say("not tried: debootstrap takes root")
        sys.exit(SKIPPED)
    if subprocess.run(["unshare", "--mount", "true"],
                      check=False).returncode:
        say("not tried: this root may not mount file systems")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory(prefix="containers.") as folder:
        work = Work(folder)
        os.chmod(folder, 0o755)
        base = work.bootstrap()
        for recipe in sys.argv[1:] or RECIPES:
            use(work, *work.make(base, recipe))
            say(recipe, "works")


if __name__ == "__main__":
    main()
