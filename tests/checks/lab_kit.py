# SPDX-License-Identifier: GPL-2.0-or-later
"""What the checks of the laboratory's tools share."""
import contextlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

LAB = Path(__file__).resolve().parent.parent / "lab"
CORPUS = LAB.parent / "pcaps"
VICTIM = "http/clear-client.pcap"
sys.path.insert(0, str(LAB))

import labels  # noqa: E402
from wait import LabError  # noqa: E402


def run(*args, **more):
    done = subprocess.run([sys.executable, "-B", LAB / "run", *map(str, args)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, **more)
    return done.returncode, done.stdout


def says(status, text, *args, lines=1, **more):
    """The command ends so, and says this, in so many lines."""
    got, said = run(*args, **more)
    assert got == status and text in said, (args, status, text, got, said)
    assert lines is None or len(said.splitlines()) == lines, (args, said)


@contextlib.contextmanager
def corpus(dialect="http"):
    """A folder with a copy of what the corpus has of one dialect."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = [r for r in labels.load(CORPUS) if r["dialect"] == dialect and not r["slice_of"]]
        for path in {r["pcap"] for r in rows}:
            (folder / path).parent.mkdir(exist_ok=True)
            shutil.copyfile(CORPUS / path, folder / path)
        labels.write(folder, rows)
        yield folder


def refuses(act, *args):
    try:
        act(*args)
    except LabError as e:
        return str(e)
    raise AssertionError("%s takes %s" % (act, args))


