# SPDX-License-Identifier: GPL-2.0-or-later
"""Three hosts in network namespaces, client - middle - server, and captures in the middle.

Nothing outside the namespaces is changed. The middle routes; intercept() turns it into an
attacker whose proxy answers in the server's name, by policy routing and IP_TRANSPARENT.
"""
import os
import signal
import subprocess
import sys

import days
import owner
import pcap
import segment
from wait import LabError, until

CLIENT4, SERVER4 = "192.0.2.", "198.51.100."
CLIENT6, SERVER6 = "2001:db8:1::", "2001:db8:2::"
CLIENT_HOSTS = range(11, 30)
SERVER_HOSTS = (10, 20, 30, 40, 50, 60, 70, 80, 90)
OFFLOADS = ("rx", "tx", "sg", "tso", "gso", "gro", "rxvlan", "txvlan")
INTERCEPT_TABLE = "100"
DISCARD_PORT = 9
DRAINED = b"the capture is drained"
QUIET_STATES = ("LISTEN", "TIME-WAIT")


def command(args, **kwargs):
    """Run a tool that must succeed; its own words tell what failed."""
    p = subprocess.run(args, capture_output=True, text=True, **kwargs)
    if p.returncode:
        raise LabError("%s: %s" % (" ".join(args), (p.stderr or p.stdout).strip()))
    return p.stdout


def remove(namespace):
    """End what runs in it, and the namespace."""
    pids = subprocess.run(["ip", "netns", "pids", namespace], capture_output=True, text=True)
    for pid in pids.stdout.split():
        try:
            os.kill(int(pid), signal.SIGKILL)
        except ProcessLookupError:
            pass
    subprocess.run(["ip", "netns", "del", namespace], capture_output=True)


class Host:
    """One network namespace and the processes started in it."""

    def __init__(self, role):
        self.role = role
        self.ns = "%s%d-%s" % (owner.PREFIX, os.getpid(), role)
        self.children = []
        command(["ip", "netns", "add", self.ns])

    def args(self, args):
        return ["ip", "netns", "exec", self.ns] + [str(a) for a in args]

    def must(self, *args, **kwargs):
        return command(self.args(args), **kwargs)

    def ip(self, *args):
        return command(["ip", "-n", self.ns] + [str(a) for a in args])

    def run(self, args, seconds=60, stdin=""):
        """Run a program that may fail (clients under attack do); returns the finished process."""
        try:
            return subprocess.run(self.args(args), capture_output=True, timeout=seconds,
                                  input=stdin.encode())
        except subprocess.TimeoutExpired:
            raise LabError("%s: still running after %d s" % (" ".join(map(str, args)), seconds))

    def start(self, args, **kwargs):
        child = subprocess.Popen(self.args(args), start_new_session=True, **kwargs)
        self.children.append(child)
        return child

    def stop(self, child, how=signal.SIGTERM):
        if child.poll() is None:
            child.send_signal(how)
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        if child in self.children:
            self.children.remove(child)

    def sockets(self):
        """(state, local, remote) of every TCP socket."""
        rows = [line.split() for line in self.must("ss", "-Htan").splitlines()]
        return [(r[0], r[3], r[4]) for r in rows]

    def listening(self, port, address=None):
        out = self.must("ss", "-Htln", "sport = :%d" % port)
        return ("%s:%d" % (address, port) if address else ":%d" % port) in out

    def remove(self):
        for child in list(self.children):
            self.stop(child)
        remove(self.ns)


class Capture:
    """tcpdump on one side of the middle, from "listening" to "drained"."""

    def __init__(self, host, interface, path):
        self.host, self.path = host, path
        self.errors = open(path + ".log", "w+b")
        self.child = host.start(["tcpdump", "-i", interface, "-n", "-s", "0", "-U", "-B", "8192",
                                 "--immediate-mode", "-Z", "root", "-w", path],
                                stdout=subprocess.DEVNULL, stderr=self.errors)
        until("tcpdump to listen on " + interface, self.listens)

    def listens(self):
        if self.child.poll() is not None:
            raise LabError("tcpdump ended: " + self.said())
        return "listening on" in self.said()

    def said(self):
        with open(self.errors.name, "r", errors="replace") as f:
            return f.read()

    def drained(self):
        return any(DRAINED in frame for _, frame in pcap.read(self.path, growing=True))

    def stop(self):
        until("the marker in " + self.path, self.drained)
        self.host.stop(self.child)
        self.errors.close()
        said = self.said()
        if " 0 packets dropped by kernel" not in " " + said.replace("\n", " "):
            raise LabError("tcpdump lost packets: " + said)
        os.unlink(self.errors.name)


class Net:
    """The laboratory: with Net() as net: ..."""

    def __enter__(self):
        self.right = owner.Network()
        self.hosts = []
        try:
            self.build()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for host in reversed(self.hosts):
            host.remove()
        self.right.release()

    def build(self):
        for role in ("client", "middle", "server"):
            self.hosts.append(Host(role))
        self.client, self.middle, self.server = self.hosts
        self.link(self.client, "eth0", self.middle, "to-client", 1)
        self.link(self.middle, "to-server", self.server, "eth0", 3)
        for n in CLIENT_HOSTS:
            self.address(self.client, "eth0", CLIENT4, CLIENT6, n)
        for n in SERVER_HOSTS:
            self.address(self.server, "eth0", SERVER4, SERVER6, n)
        self.address(self.middle, "to-client", CLIENT4, CLIENT6, 1)
        self.address(self.middle, "to-server", SERVER4, SERVER6, 1)
        self.middle.must("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
        self.speak_as(CLIENT_HOSTS[0])
        for family, net in (("-4", "default"), ("-6", "::/0")):
            self.middle.ip(family, "route", "add", "local", net, "dev", "lo", "table", INTERCEPT_TABLE)

    def link(self, left, left_name, right, right_name, number):
        left.ip("link", "add", left_name, "type", "veth", "peer", "name", right_name, "netns", right.ns)
        for host, name, last in ((left, left_name, number), (right, right_name, number + 1)):
            host.ip("link", "set", name, "address", "02:00:00:00:00:%02x" % last, "up")
            host.ip("link", "set", "lo", "up")
            host.must("ethtool", "-K", name, *[x for o in OFFLOADS for x in (o, "off")])
            host.must("sysctl", "-qw", "net.ipv4.tcp_no_metrics_save=1", "net.ipv4.conf.all.rp_filter=0",
                      "net.ipv4.conf.%s.rp_filter=0" % name, "net.ipv6.conf.%s.accept_ra=0" % name,
                      "net.ipv4.conf.all.send_redirects=0")

    def address(self, host, name, net4, net6, n):
        host.ip("addr", "add", "%s%d/24" % (net4, n), "dev", name)
        host.ip("addr", "add", "%s%d/64" % (net6, n), "dev", name, "nodad")

    def speak_as(self, number, mss=None):
        """Let the clients connect from address `number`, with segments of at most `mss` both ways."""
        self.source = CLIENT4 + str(number)
        limit = ["advmss", mss] if mss else []
        self.client.ip("route", "replace", SERVER4 + "0/24", "via", CLIENT4 + "1",
                       "src", CLIENT4 + str(number), *limit)
        self.client.ip("-6", "route", "replace", SERVER6 + "/64", "via", CLIENT6 + "1",
                       "src", CLIENT6 + str(number), *limit)
        self.server.ip("route", "replace", CLIENT4 + "0/24", "via", SERVER4 + "1", *limit)
        self.server.ip("-6", "route", "replace", CLIENT6 + "/64", "via", SERVER6 + "1", *limit)

    def source_ports(self, first, count):
        """The ephemeral ports of the next connections: no two cases share one."""
        self.ports = set()
        for host, start in ((self.client, first), (self.middle, first - days.BELOW),
                            (self.server, first - 2 * days.BELOW)):
            host.must("sysctl", "-qw", "net.ipv4.ip_local_port_range=%d %d" % (start, start + count - 1))
            self.ports |= set(range(start, start + count))

    def intercept(self, port, on=True):
        """Hand the connections to `port`, from both sides, to a transparent socket in the middle, or route them again."""
        for family in ("-4", "-6"):
            for interface in ("to-client", "to-server"):
                for end in ("dport", "sport"):
                    self.middle.ip(family, "rule", "add" if on else "del", "iif", interface, "ipproto", "tcp",
                                   end, port, "lookup", INTERCEPT_TABLE)

    def swallow(self, port, on=True):
        """Let whatever the client sends to `port` vanish."""
        self.middle.ip("-4", "rule", "add" if on else "del", "pref", "1", "iif", "to-client", "ipproto", "tcp",
                       "dport", port, "blackhole")

    def forward(self, on=True):
        """Let the kernel route IPv4, or leave it to somebody else."""
        self.middle.must("sysctl", "-qw", "net.ipv4.ip_forward=%d" % on)

    def slow_server(self, on=True):
        """A thin line behind the server, so that someone nearer to the client can answer first; case.RACE_MSS fits it."""
        if on:
            self.server.must("tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate", "16kbit",
                             "burst", "180", "latency", "9s")
        else:
            self.server.must("tc", "qdisc", "del", "dev", "eth0", "root")

    def capture(self, side, path):
        return Capture(self.middle, "to-" + side, path)

    def settle(self):
        """Wait until every connection is closed, then send a marker past both captures."""
        def ours(ends):
            return any(int(end.rsplit(":", 1)[1]) in self.ports for end in ends if not end.endswith("*"))

        def busy():
            return [s for host in self.hosts for s in host.sockets()
                    if s[0] not in QUIET_STATES and "127.0.0.1:" not in s[1] and ours(s[1:])]
        try:
            until("connections to close", lambda: not busy(), 20)
        except LabError as e:
            raise LabError("%s: %s" % (e, busy()))
        code = ("import socket, sys; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)"
                ".sendto(sys.argv[1].encode(), (sys.argv[2], int(sys.argv[3])))")
        self.client.must(sys.executable, "-c", code, DRAINED.decode(), SERVER4 + str(SERVER_HOSTS[0]),
                         DISCARD_PORT)


def tidy(raws, path, shift_us, ports, vlans=()):
    """Keep the TCP frames of raw captures that come from or go to these ports, by time, move them in time, tag them.

    What a case before has left over, such as a FIN that is sent again, is not this one's. Returns how many there are.
    """
    frames = [(when + shift_us, pcap.tagged(frame, vlans) if vlans else frame)
              for when, frame in sorted((f for raw in raws for f in pcap.read(raw)), key=lambda f: f[0])
              if pcap.transport(frame) == pcap.TCP and ports & set(segment.ports(frame))]
    pcap.write(path, frames)
    return len(frames)


def clean():
    """Remove what killed runs left behind; returns what was left alone, since its owner lives."""
    names = [line.split()[0] for line in command(["ip", "netns", "list"]).splitlines()]
    living, theirs = [], None
    try:
        right = owner.Network()
    except LabError as e:
        living, theirs = [str(e)], owner.PREFIX + owner.holder()
    for name in names:
        if name.startswith(owner.PREFIX) and theirs not in (name.split("-")[0], owner.PREFIX):
            remove(name)
    if not living:
        right.release()
    return living + owner.clean_folders(owner.PREFIX)
