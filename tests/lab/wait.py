# SPDX-License-Identifier: GPL-2.0-or-later
"""Waiting for conditions: every wait has a name and a deadline, none is a bare sleep."""
import time


class LabError(Exception):
    """Something in the laboratory failed; the text says what and where."""


def until(what, condition, seconds=10.0):
    """Ask condition() until it answers with something true, and return that."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise LabError("waited %g s in vain for %s" % (seconds, what))
        time.sleep(0.02)
