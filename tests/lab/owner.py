# SPDX-License-Identifier: GPL-2.0-or-later
"""What belongs to a run that lives, and what a killed one left behind.

A lock of flock(2) ends with the process that holds it, however that ended: whoever can take it finds nobody at home.
The network has one file to be locked, and every temporary folder is one itself; numbers of processes are for people only,
since a run may have some of its own (tests/live/mail).
"""
import fcntl
import glob
import os
import shutil
import sys
import tempfile

from wait import LabError

PREFIX = "swlab"
LOCK = "/run/swlab.lock"


def locked(path, flags):
    """An open file that nobody else has locked, or None."""
    file = os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    return file


class Network:
    """The right to have namespaces: of one run at a time."""

    def __init__(self):
        self.file = locked(LOCK, os.O_RDWR | os.O_CREAT)
        if self.file is None:
            raise LabError("another recording runs (pid %s)" % holder())
        os.truncate(self.file, 0)
        os.write(self.file, b"%d\n" % os.getpid())

    def release(self):
        os.close(self.file)


def holder():
    with open(LOCK) as f:
        return f.read().strip()


class Folder:
    """A temporary folder that goes with its owner, unless it is to be looked at."""

    def __init__(self, prefix):
        self.path, self.keep = tempfile.mkdtemp(prefix=prefix + "-"), False
        os.chmod(self.path, 0o755)
        self.file = locked(self.path, os.O_RDONLY | os.O_DIRECTORY)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        failed = self.keep or kind and issubclass(kind, Exception)         # neither ^C nor SIGTERM
        if failed and os.listdir(self.path):
            print("kept for looking at: " + self.path, file=sys.stderr)
            os.close(self.file)
        else:
            self.remove()

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self.file)


def clean_folders(prefix):
    """Remove the temporary folders that nobody holds; returns those that somebody does."""
    living = []
    for path in sorted(glob.glob(os.path.join(tempfile.gettempdir(), prefix + "-*"))):
        if os.path.islink(path) or not os.path.isdir(path) or os.stat(path).st_uid != os.geteuid():
            continue
        file = locked(path, os.O_RDONLY | os.O_DIRECTORY)
        if file is None:
            living.append(path)
        else:
            shutil.rmtree(path)
            os.close(file)
    return living
