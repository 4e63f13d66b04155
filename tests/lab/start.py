# SPDX-License-Identifier: GPL-2.0-or-later
"""How clients are started. A client is a function that takes a Visit and returns what became of it."""
import copy
import os

# Of the system, whose packages hold the modules that clients need; another one may come first in PATH.
PYTHON = "/usr/bin/python3"
HERE = os.path.dirname(os.path.abspath(__file__))


class Visit:
    """One run of a client: from which host to which server, with what mail, leaving notes where."""

    def __init__(self, net, host, port, directory, mail, identity):
        self.net, self.host, self.port, self.directory = net, host, port, directory
        self.identity, self.certificate = identity, identity[0]
        self.mail = os.path.join(directory, "mail")
        with open(self.mail, "w") as f:
            f.write(mail or "")

    def run(self, args, stdin="", **kwargs):
        """Exit code and the last words of the client."""
        p = self.net.client.run(args, stdin=stdin, **kwargs)
        said = (p.stdout + p.stderr).decode("latin-1").strip()
        with open(os.path.join(self.directory, "client.log"), "w") as f:
            f.write(" ".join(map(str, args)) + "\n" + said + "\n")
        return "exit %d" % p.returncode

    def keep(self, name, text):
        """A file of the client's, such as its configuration; returns the path."""
        path = os.path.join(self.directory, name)
        with open(path, "w") as f:
            f.write(text)
        os.chmod(path, 0o600)
        return path

    @property
    def bracketed(self):
        return "[%s]" % self.host if ":" in self.host else self.host


def script(*path_and_args):
    """Arguments that start a script of ours: script("smtp", "smtplib_client.py", HOST, ...)."""
    parts = [str(p) for p in path_and_args]
    end = next(i for i, p in enumerate(parts) if p.endswith(".py")) + 1
    return [PYTHON, os.path.join(HERE, *parts[:end])] + parts[end:]


def at(port, client):
    """The same client at another port."""
    def run(v):
        other = copy.copy(v)
        other.port = port
        return client(other)
    return run


def browser(v):
    """Somebody who wants a page."""
    return v.run(["curl", "-sS", "-k", "-g", "https://%s:%d/" % (v.bracketed, v.port), "--max-time", "8", "-o", "/dev/null"])


def either(first, second):
    """A script that tries one thing, and another when that fails."""
    def run(v):
        said = first(v)
        return said if said == "exit 0" else "%s, then %s" % (said, second(v))
    return run


def talk(*steps, ends=None):
    """The scripted client; `ends` is what the last line of a reply matches, if it is not SMTP's."""
    def run(v):
        how = ["--ends", ends] if ends else []
        return v.run(script("talk.py", *how, v.host, v.port, *[s.replace("MAIL-FILE", v.mail) for s in steps]))
    return run


def s_client(*options, stdin="QUIT\n"):
    def run(v):
        return v.run(["openssl", "s_client", "-connect", "%s:%d" % (v.bracketed, v.port), "-crlf", "-quiet",
                      "-CAfile", v.certificate] + list(options), stdin=stdin)
    return run


def gnutls(proto, *options, stdin="QUIT\n"):
    def run(v):
        return v.run(["gnutls-cli", "--starttls-proto=" + proto, "--insecure", "--crlf", "--port", v.port]
                     + list(options) + [v.host], stdin=stdin)
    return run
