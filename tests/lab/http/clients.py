# SPDX-License-Identifier: GPL-2.0-or-later
"""HTTP clients that upgrade, and how each is started."""
import start


def http(habit, target="/index.html"):
    return lambda v: v.run(start.script("http", "http_client.py", v.host, v.port, habit, target))


# CUPS 2.4.2 names the running kernel in each request, whatever UserAgentTokens says: it is told of Debian's.
KERNEL = b"".join(word.ljust(65, b"\0") for word in (b"Linux", b"client", b"6.1.0")).hex()
OTHER_KERNEL = ("strace", "-qq", "-o", "/dev/null", "-e", "trace=uname", "-e", "inject=uname:poke_exit=@arg1=" + KERNEL)


def cups(v, program, *args):
    """One of CUPS's own clients, which ask with OPTIONS * when they are told to encrypt (-E)."""
    return v.run(["env", "HOME=" + v.directory, "timeout", "10", *OTHER_KERNEL, program, *args])


def lpstat(*options):
    return lambda v: cups(v, "lpstat", *options, "-h", "%s:%d" % (v.bracketed, v.port), "-r")


def ipptool(*options):
    return lambda v: cups(v, "ipptool", "-T", "6", *options, "ipp://%s:%d/" % (v.bracketed, v.port), "get-printers.test")


def talk(*steps):
    return start.talk(*steps, ends=r"^\r\n")


def request(method, target, wish=True, more=""):
    return "say:%s %s HTTP/1.1\\r\\nHost: print.example\\r\\n%s%s" % (
        method, target, "Connection: Upgrade\\r\\nUpgrade: TLS/1.2\\r\\n" if wish else "", more)
