# SPDX-License-Identifier: GPL-2.0-or-later
"""HTTP clients that upgrade, and how each is started."""
import start


def http(habit, target="/index.html"):
    return lambda v: v.run(start.script("http", "http_client.py", v.host, v.port, habit, target))


def lpstat(*options):
    """CUPS's own clients ask with OPTIONS * when they are told to encrypt (-E)."""
    return lambda v: v.run(["env", "HOME=" + v.directory, "timeout", "10", "lpstat", *options, "-h",
                            "%s:%d" % (v.bracketed, v.port), "-r"])


def ipptool(*options):
    return lambda v: v.run(["env", "HOME=" + v.directory, "timeout", "10", "ipptool", "-T", "6", *options,
                            "ipp://%s:%d/" % (v.bracketed, v.port), "get-printers.test"])


def talk(*steps):
    return start.talk(*steps, ends=r"^\r\n")


def request(method, target, wish=True, more=""):
    return "say:%s %s HTTP/1.1\\r\\nHost: print.example\\r\\n%s%s" % (
        method, target, "Connection: Upgrade\\r\\nUpgrade: TLS/1.2\\r\\n" if wish else "", more)
