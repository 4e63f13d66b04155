# SPDX-License-Identifier: GPL-2.0-or-later
"""The network with its servers, and the attacker in the middle: what recording and live tests share."""
import os
import subprocess
import sys

from servers import certificate, cups, dovecot, inn, inspircd, mariadb, postfix, postgres, proftpd, prosody, slapd
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
}


class Lab:
    """A network with its servers, and a directory for everything that is thrown away afterwards."""

    def __init__(self, network, work):
        self.net, self.work = network, work
        self.mx = certificate.make(work, "mx", "mx.example", "DNS:mx.example")
        self.evil = certificate.make(work, "attacker", "mx.example", "DNS:mx.example")
        self.running = set()

    def serve(self, dialect):
        """Start the dialect's servers, each with a directory of its own."""
        for server in SERVERS[dialect]:
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
        port = case.server[1]
        if case.road:
            self.net.forward(False)
            return self.helper("rough.py", "to-client", "to-server", case.road)
        if case.onside:
            self.net.slow_server()
            return self.helper("onside.py", "to-client", "to-client", port, case.onside)
        if case.trick:
            child = self.helper("attacker.py", dialect, case.trick, port, *self.evil, *case.options)
            self.net.intercept(port)
            return child
        return None

    def peace(self, case, child):
        if case.road:
            self.net.forward()
        elif case.onside:
            self.net.slow_server(False)
        elif case.trick:
            self.net.intercept(case.server[1], False)
        if child:
            self.net.middle.stop(child)
