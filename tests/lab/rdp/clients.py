# SPDX-License-Identifier: GPL-2.0-or-later
"""RDP clients and how each is started."""
import os
import subprocess

import start
from rdp import negotiation
from servers.dovecot import SECRET, USER
from start import either  # noqa: F401
from wait import LabError

COOKIE = b"Cookie: mstshash=%s\r\n" % USER.encode()


class Screen:
    """FreeRDP opens its display even if it is to see nothing."""

    def __init__(self, host):
        self.host = host

    def __enter__(self):
        ours, theirs = os.pipe()
        self.server = self.host.start(["Xvfb", "-displayfd", theirs, "-nolisten", "tcp", "-screen", "0", "320x240x16"],
                                      pass_fds=(theirs,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs)
        with os.fdopen(ours) as f:
            number = f.readline().strip()
        if not number:
            raise LabError("Xvfb has no display to give")
        return ":" + number

    def __exit__(self, *_):
        self.host.stop(self.server)


def xfreerdp(*options, secret=SECRET, certificate="ignore"):
    """FreeRDP up to where a desktop would come; it takes any security that it is not forbidden."""
    def run(v):
        with Screen(v.net.client) as screen:
            return v.run(["env", "HOME=" + v.directory, "DISPLAY=" + screen, "xfreerdp", "/v:" + v.bracketed,
                          "/port:%d" % v.port, "/u:" + USER, "/p:" + secret, "/cert:" + certificate, "/timeout:9000",
                          "+auth-only"] + list(options))
    return run


def talk(*steps):
    return start.talk(*steps)


def raw(data):
    return "raw:" + "".join("\\x%02x" % byte for byte in data)


def ask(protocols):
    return raw(negotiation.request(COOKIE, negotiation.block(negotiation.ASKED, protocols)))


REQUEST, OLD_REQUEST = ask(negotiation.TLS), raw(negotiation.request(COOKIE))
SELECTED_TLS = "want:\\x02.\\x08\\x00\\x01\\x00\\x00\\x00"
CONFIRM = "want:(?s)\\x03\\x00\\x00[\\x0b\\x13].\\xd0"
# The beginning of an MCS Connect Initial, which comes first in RDP's own security.
GO_ON = raw(negotiation.tpkt(b"\x02\xf0\x80\x7f\x65\x82\0\0"))
