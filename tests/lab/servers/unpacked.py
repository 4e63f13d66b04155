# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs whose packages conflict with those of others here: unpacked, and laid over /usr and /etc where nobody else
sees it."""
import atexit
import functools
import os

import owner
from net import command

PACKAGES = ("exim4-daemon-light", "vsftpd")
FETCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "live", "fetch")
# A process of "ip netns exec" has mounts of its own.
OVER = """
mount -t overlay -o "lowerdir=$1:/usr" lab /usr
mount -t overlay -o "lowerdir=$2:/etc" lab /etc
shift 2
exec "$@"
"""


@functools.lru_cache(None)
def folder():
    """Where they lie: LAB_UNPACKED, which is filled once, or a folder that goes away with this process."""
    path = os.environ.get("LAB_UNPACKED")
    if path:
        os.makedirs(path, exist_ok=True)
        os.chmod(path, 0o755)
    else:
        temporary = owner.Folder(owner.PREFIX + "-unpacked")
        atexit.register(temporary.remove)
        path = temporary.path
    command(["sh", FETCH, path, *PACKAGES])
    return os.path.join(path, "root")


def etc(directory, accounts, files):
    """A folder to lay over /etc: the accounts that this machine has and (name, uid, home, password) more, and files."""
    path = os.path.join(directory, "etc")
    os.makedirs(path)
    tables = {name: open("/etc/" + name).read() for name in ("passwd", "group", "shadow")}
    for name, number, home, password in accounts:
        tables["passwd"] += "%s:x:%d:%d::%s:/bin/sh\n" % (name, number, number, home)
        tables["group"] += "%s:x:%d:\n" % (name, number)
        tables["shadow"] += "%s:%s:20000:0:99999:7:::\n" % (name, password)
    for name, text in {**tables, **files}.items():
        file = os.path.join(path, name)
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file, "w") as f:
            f.write(text)
        os.chmod(file, 0o600 if name == "shadow" else 0o644)
    return path


def within(etc_folder, args):
    """Arguments for Host.start() and Host.run() that run a program so."""
    return ["sh", "-euc", OVER, "sh", os.path.join(folder(), "usr"), etc_folder] + list(args)
