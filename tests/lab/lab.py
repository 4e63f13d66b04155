# SPDX-License-Identifier: GPL-2.0-or-later
"""The network with its servers, and the attacker in the middle: what recording and live tests share."""
import os
import subprocess
import sys

from servers import certificate, cups, dovecot, exim, inn, inspircd, mariadb, postfix, postgres, proftpd, prosody, slapd
from servers import vsftpd, xrdp
from wait import until

HERE = os.path.dirname(os.path.abspath(__file__))

# Each dialect's servers.
SERVERS = {
    "smtp": (dovecot.passwords, postfix.server),
    "imap": (dovecot.mail,),
    "pop3": (dovecot.mail,),
    "sieve": (dovecot.mail,),
    "lmtp": (dovecot.mail,),
    "ftp": (proftpd.server,),
    "postgresql": (postgres.server,),
    "ldap": (slapd.server,),
    "mysql": (mariadb.server,),
    "xmpp": (prosody.server,),
    "nntp": (inn.server,),
    "irc": (inspircd.server,),
    "http": (cups.server,),
    "rdp": (xrdp.server,),
}
# Other programs for the same dialect, at these addresses.
OTHERS = {"smtp": exim.server, "ftp": vsftpd.server}
OTHER_HOSTS = (70, 80, 90)


class Lab:
    """A network with its servers, and a directory for everything that is thrown away afterwards."""

    def __init__(self, network, work):
        self.net, self.work = network, work
        self.mx = certificate.make(work, "mx", "mx.example", "DNS:mx.example")
        self.evil = certificate.make(work, "attacker", "mx.example", "DNS:mx.example")
        self.running = set()

    def serve(self, dialect, address=None):
        """Start the dialect's servers for an address, each with a directory of its own."""
        for server in (OTHERS[dialect],) if address in OTHER_HOSTS else SERVERS[dialect]:
            if server not in self.running:
                self.running.add(server)
                name = "%s-%s" % (server.__module__.split(".")[-1], server.__name__)
                server(self.net.server, os.path.join(self.work, name), self.mx)

    def helper(self, script, *args):
        """Start one of our own programs in the middle and wait until it listens."""
        log = os.path.join(self.work, script + ".log")
        with open(log, "w") as f:
            child = self.net.middle.start([sys.executable, os.path.join(HERE, script)] + [str(a) for a in args],
                                          stdout=f, stderr=subprocess.STDOUT)
        until("%s to listen (see %s)" % (script, log), lambda: "listening" in open(log).read())
        return child

    def attack(self, dialect, case):
        """Put the attacker in his place; the processes that he consists of."""
        if case.road:
            self.net.forward(False)
            return [self.helper("rough.py", "to-client", "to-server", case.road)]
        if case.onside:
            self.net.slow_server()
            return [self.helper("onside.py", dialect, case.onside, "to-client", case.server[1])]
        if not case.trick:
            return []
        more = case.options + (("--to-port=%d" % case.joined,) if case.joined else ())
        children = [self.helper("attacker.py", dialect, case.trick, case.server[1], *self.evil, *more)]
        if case.silent:
            self.net.swallow(case.blocked)
        elif case.blocked:
            children.append(self.helper("refuse.py", "to-client", case.blocked))
        for port in case.ports:
            self.net.intercept(port)
        return children

    def peace(self, case, children):
        if case.road:
            self.net.forward()
        elif case.onside:
            self.net.slow_server(False)
        elif case.trick:
            for port in case.ports:
                self.net.intercept(port, False)
            if case.silent:
                self.net.swallow(case.blocked, False)
        for child in children:
            self.net.middle.stop(child)
