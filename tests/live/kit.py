# SPDX-License-Identifier: GPL-2.0-or-later
"""What live tests share: a wire between two network namespaces, clients, and a sensor on it.

Nothing here waits for a time to pass: every wait is for something that must come, and fails
after PATIENCE seconds.
"""
import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
SERVER = "198.51.100.25"
PATIENCE = 30
CLIENTS = [f"198.51.100.{n}" for n in range(1, 10)]

# A ClientHello of TLS 1.3 for mx.example.net, as small as it may be.
_NAME = b"mx.example.net"
_SNI = (b"\x00\x00" + (len(_NAME) + 5).to_bytes(2, "big") + (len(_NAME) + 3).to_bytes(2, "big") +
        b"\x00" + len(_NAME).to_bytes(2, "big") + _NAME)
_VERSIONS = b"\x00\x2b\x00\x03\x02\x03\x04"
_BODY = (b"\x03\x03" + bytes(range(32)) + b"\x00\x00\x02\x13\x01\x01\x00" +
         len(_SNI + _VERSIONS).to_bytes(2, "big") + _SNI + _VERSIONS)
CLIENT_HELLO = (b"\x16\x03\x01" + (len(_BODY) + 4).to_bytes(2, "big") + b"\x01" +
                len(_BODY).to_bytes(3, "big") + _BODY)
PROTECTED = b"\x17\x03\x03\x00\x20" + bytes(32)


def wait_for(what, condition):
    """The first value of the condition that is not false."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.01)
    sys.exit(f"{what}: did not come within {PATIENCE} s")


def ip(*words):
    subprocess.run(["ip", *words], check=True)


class Wire:
    """Device "tap0" here, and the peer with its end of it in another namespace."""

    def __init__(self):
        self.peer = subprocess.Popen(["unshare", "--net", sys.executable, str(HERE / "peer.py")],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        atexit.register(self.peer.kill)
        if self.peer.stdout.readline() != "ready\n":
            sys.exit("the peer did not start")
        self.plug()

    def plug(self):
        ip("link", "add", "tap0", "type", "veth", "peer", "name", "far0")
        ip("link", "set", "far0", "netns", str(self.peer.pid))
        for address in CLIENTS:
            ip("addr", "add", address + "/24", "dev", "tap0")
        ip("link", "set", "tap0", "up")
        self.tell("net far0")

    def unplug(self):
        ip("link", "del", "tap0")

    def tell(self, words):
        self.peer.stdin.write(words + "\n")
        self.peer.stdin.flush()
        if self.peer.stdout.readline() != "done\n":
            sys.exit(f"the peer did not understand: {words}")


class Client:
    """A mail client that takes TLS where it is offered, and goes on without where not."""

    def __init__(self, address=CLIENTS[0], server=SERVER):
        self.socket = socket.create_connection((server, 25), PATIENCE, (address, 0))
        self.port = self.socket.getsockname()[1]
        self.lines = self.socket.makefile("rb")
        self.hear()

    def hear(self):
        """One reply."""
        reply = b""
        while True:
            line = self.lines.readline()
            reply += line
            if not line or line[3:4] == b" ":
                return reply

    def say(self, line):
        self.socket.sendall(line + b"\r\n")
        return self.hear()

    def send_mail(self):
        for line in (b"MAIL FROM:<a@example.org>", b"RCPT TO:<b@example.net>", b"DATA"):
            self.say(line)
        self.say(b"Subject: test\r\n\r\nA line.\r\n.")

    def finish(self):
        """The whole of a session; returns the port."""
        if b"STARTTLS" in self.say(b"EHLO client.example.org"):
            self.say(b"STARTTLS")
            self.socket.sendall(CLIENT_HELLO)
            self.lines.read(1)
            self.socket.sendall(PROTECTED)
        else:
            self.send_mail()
            self.say(b"QUIT")
        self.close()
        return self.port

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        while self.lines.read1(4096):
            pass
        self.lines.close()
        self.socket.close()


def children_of(pid):
    path = f"/proc/{pid}/task/{pid}/children"
    return [int(child) for child in Path(path).read_text().split()]


class Sensor:
    """stripwatch watch, on tap0; its events and what it says."""

    def __init__(self, program, *arguments, devices=("-i", "tap0"), user=None, keys="",
                 prefix=(), own_ids=False, stderr=subprocess.PIPE, stdout=None):
        self.folder = Path(tempfile.mkdtemp(prefix="stripwatch-live-"))
        if user:
            shutil.chown(self.folder, user)
        atexit.register(self.clean_up)
        self.file = self.folder / "eve.json"
        self.said = []
        # as in a container: its processes have the numbers that those of any other one have
        self.own_ids = own_ids
        if own_ids:
            prefix = ("unshare", "--pid", "--fork", "--kill-child", *prefix)
        self.process = subprocess.Popen(
            [*prefix, program, "watch", *devices, "--format", "eve", "--output",
             f"file:{self.file}{keys}", *arguments], stdout=stdout, stderr=stderr, text=True)
        if stderr == subprocess.PIPE:
            threading.Thread(target=self.listen, daemon=True).start()

    def clean_up(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def listen(self):
        for line in self.process.stderr:
            self.said.append(line.rstrip("\n"))

    def wait_said(self, text, times=1):
        wait_for(f'"{text}" to be said ({self.said})',
                 lambda: sum(text in line for line in self.said) >= times)

    def events(self, kind=None, port=None):
        lines = self.file.read_text().splitlines(keepends=True) if self.file.exists() else []
        events = [json.loads(line) for line in lines if line.endswith("\n")]
        return [e for e in events if (kind is None or e["event_type"] == kind) and
                (port is None or e.get("src_port") == port)]

    def wait_event(self, kind, port):
        return wait_for(f"{kind} of port {port}", lambda: self.events(kind, port))[0]

    def stats(self):
        """Statistics of now."""
        before = len(self.events("stats"))
        os.kill(self.supervisor(), signal.SIGUSR1)
        return wait_for("statistics", lambda: self.events("stats")[before:])[-1]["stats"]

    def wait_stats(self, what, condition):
        return wait_for(what, lambda: (s := self.stats()) and condition(s) and s)

    def children(self):
        """Process ids: the writer has no rights to files, so roles are told by what is open."""
        return children_of(self.supervisor())

    def supervisor(self):
        return children_of(self.process.pid)[0] if self.own_ids else self.process.pid

    def workers(self):
        """Those that hold a packet socket and are locked in."""
        found = []
        for pid in self.children():
            try:
                maps = Path(f"/proc/{pid}/maps").read_text()
                status = Path(f"/proc/{pid}/status").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if "socket:" in maps and "CapPrm:\t0000000000000000" in status:
                found.append(pid)
        return found

    def held(self, pid):
        """What a process has open."""
        try:
            return {os.readlink(f) for f in Path(f"/proc/{pid}/fd").iterdir()}
        except (FileNotFoundError, ProcessLookupError):
            return set()

    def judge(self):
        """The one that has neither a packet socket nor the file of events, and answers nobody."""
        for pid in self.children():
            if pid not in self.workers() and self.held(pid).isdisjoint(
                    {str(self.file), "anon_inode:[eventpoll]"}):
                return pid
        return None

    def writers(self):
        return [pid for pid in self.children() if str(self.file) in self.held(pid)]

    def writer(self):
        """The one that has the file of events open."""
        return next(pid for pid in self.children() if str(self.file) in self.held(pid))

    def answerer(self):
        """The one that waits for others to connect."""
        return next(pid for pid in self.children()
                    if "anon_inode:[eventpoll]" in self.held(pid))

    def stop(self, number=signal.SIGTERM):
        began = time.monotonic()
        os.kill(self.supervisor(), number)
        status = self.process.wait(PATIENCE)
        return status, time.monotonic() - began


def check(name, wanted, got):
    if wanted != got:
        sys.exit(f"{name}: {got}, not {wanted}")


def learn(sensor):
    """Three clients that get their TLS; nothing of it is an alert."""
    ports = [Client(address).finish() for address in CLIENTS[1:4]]
    for port in ports:
        check("outcome", "upgraded", sensor.wait_event("session", port)["starttls"]["outcome"])
    return ports


def no_alert(sensor):
    check("alerts", [], [e["alert"]["signature"] for e in sensor.events("alert")])


def run(tests):
    """What a test is called with: PROGRAM [PART OF A NAME]."""
    program = os.path.abspath(sys.argv[1])
    wire = Wire()
    for test in tests:
        if len(sys.argv) > 2 and sys.argv[2] not in test.__name__:
            continue
        began = time.monotonic()
        print(test.__name__.replace("_", " "), flush=True)
        test(wire, program)
        print(f"    {time.monotonic() - began:.1f} s")
