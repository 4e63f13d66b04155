# SPDX-License-Identifier: GPL-2.0-or-later
"""Files are written as a whole, or not at all."""
import os


def write(path, data):
    """An OSError names the file, which is then what it was before."""
    path = os.fspath(path)
    fresh = path + ".new"
    try:
        try:
            with open(fresh, "wb") as f:
                f.write(data)
            os.replace(fresh, path)
        except BaseException:
            if os.path.exists(fresh):
                os.unlink(fresh)
            raise
    except OSError as e:
        raise OSError(e.errno, e.strerror, path)
