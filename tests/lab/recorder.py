# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases played, and what both sides of the middle saw of them kept."""
import importlib
import os
import shutil
import subprocess
import tempfile
import time

import days
import label
import net
import owner
import start
from lab import Lab
from wait import LabError

# The programs that must be installed for each dialect; a word with a colon is a module of Python's.
TOOLS = {
    "smtp": "postfix dovecot openssl swaks curl msmtp",
    "imap": "dovecot curl fetchmail mbsync",
    "pop3": "dovecot curl fetchmail",
    "sieve": "dovecot gnutls-cli",
    "lmtp": "dovecot swaks postfix",
    "ftp": "proftpd curl lftp",
    "postgresql": "psql setpriv",
    "ldap": "slapd slapadd ldapsearch gnutls-cli",
    "mysql": "mariadb mariadbd mariadb-install-db",
    "xmpp": "prosody go-sendxmpp gnutls-cli python3:slixmpp",
    "nntp": "nnrpd makehistory setpriv python3:nntplib",
    "irc": "inspircd irssi weechat-headless script setpriv",
    "http": "cupsd lpstat ipptool strace",
    "rdp": "xrdp xfreerdp Xvfb",
}
DIALECTS = list(TOOLS)
COMMON_TOOLS = "ip ethtool tc ss sysctl tcpdump tshark openssl " + start.PYTHON
SYSTEM_PATH = ":/usr/sbin:/sbin:/usr/lib/news/bin"


def table(dialect):
    return importlib.import_module(dialect + ".cases").CASES


class Recorder(Lab):
    """Plays cases and keeps what both sides of the middle saw."""

    def play(self, dialect, cases, case, outdir):
        """Run one case and leave its captures; returns what the client said of it."""
        self.serve(dialect, case.server[0])
        directory = os.path.join(self.work, dialect, case.name)
        os.makedirs(directory)
        self.net.speak_as(case.speaker, case.mss)
        self.net.source_ports(days.ports(cases, case), days.PORTS)
        sides = {side: os.path.join(directory, side + ".pcap") for side in ("client", "server")}
        began = time.time()
        captures = [self.net.capture(side, path) for side, path in sides.items()]
        children = self.attack(dialect, case)
        try:
            host = (net.SERVER6 if case.v6 else net.SERVER4) + str(case.server[0])
            said = case.client(start.Visit(self.net, host, case.server[1], directory, case.mail, self.mx))
            self.net.settle()
            for capture in captures:
                capture.stop()
        finally:
            self.peace(case, children)
        shift = int((days.when(cases, case) - began) * 1000000)
        for side in case.sides:
            raw = list(sides.values()) if side == "both" else [sides["client" if side == "honest" else side]]
            path = os.path.join(outdir, label.path_of(dialect, case, side))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            net.tidy(raw, path, shift, self.net.ports, case.vlans)
        return said


def play_all(wanted, outdir):
    """Every wanted (dialect, case); returns which cases failed."""
    failed = []
    with owner.Folder(owner.PREFIX) as work, net.Net() as network:
        lab = Recorder(network, work.path)
        for dialect, case in wanted:
            try:
                said = lab.play(dialect, table(dialect), case, outdir)
                print("%-10s %-30s %s" % (dialect, case.name, said), flush=True)
            except LabError as e:
                failed.append(case.name)
                work.keep = True
                print("%-10s %-30s FAILED: %s" % (dialect, case.name, e), flush=True)
    return failed


def is_there(tool):
    """A program, or python3:MODULE, which is asked of the Python that the clients run with."""
    program, _, module = tool.partition(":")
    if module:
        return subprocess.run([start.PYTHON, "-c", "import " + module], capture_output=True).returncode == 0
    return shutil.which(program)


def be_ready(dialects, outdir):
    """All that can be known before anything is started."""
    if os.geteuid():
        raise LabError("needs root")
    os.environ["PATH"] += SYSTEM_PATH
    os.makedirs(outdir, exist_ok=True)
    tempfile.TemporaryFile(dir=outdir).close()
    wanted = COMMON_TOOLS.split() + [t for d in dialects for t in TOOLS[d].split()]
    missing = [t for t in dict.fromkeys(wanted) if not is_there(t)]
    if missing:
        raise LabError("please install: %s (docs/lab.md names the packages)" % " ".join(missing))
