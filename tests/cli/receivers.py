# SPDX-License-Identifier: GPL-2.0-or-later
"""The other ends of outputs: sockets that take messages apart as their standards say."""
import os
import re
import socket
import ssl
import threading
import time

HEADER = re.compile(
    rb"<(\d{1,3})>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00 \S+ stripwatch \d+ "
    rb"(session|alert|stats) - ")
PATIENCE_S = 20


def name_of_this_machine():
    """Where it has one: the smallest systems have nothing in /etc/hosts."""
    try:
        socket.getaddrinfo("localhost", None, socket.AF_INET)
        return "localhost"
    except socket.gaierror:
        return "127.0.0.1"


def wait_until(condition, what):
    """Wait for something to become true; looking is all that it does meanwhile."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("waited in vain for " + what)
        time.sleep(0.005)


def without_header(message):
    """RFC 5424: the event behind the header, whose parts must be right."""
    match = HEADER.match(message)
    assert match, message[:120]
    assert int(match[1]) // 8 == 3, "facility of %r" % message[:20]
    assert (b'"event_type":"%s"' % match[2]) in message or b'"ecs"' in message
    return message[match.end():]


def take_lines(data):
    """Whole lines, and what is left."""
    *lines, rest = data.split(b"\n")
    return lines, rest


def take_counted(data):
    """RFC 6587 section 3.4.1: whole messages, and what is left."""
    messages = []
    while True:
        match = re.match(rb"([1-9]\d*) ", data)
        if not match:
            assert len(data) < 12, data[:40]
            return messages, data
        end = match.end() + int(match[1])
        if len(data) < end:
            return messages, data
        messages.append(data[match.end():end])
        data = data[end:]


class Receiver:
    """Listens in a thread of its own, and can go away and come back."""

    def __init__(self, address, family=socket.AF_INET, kind=socket.SOCK_STREAM, take=None,
                 syslog=False, tls=None):
        self.address, self.family, self.kind = address, family, kind
        self.take, self.syslog, self.tls = take, syslog, tls
        self.messages, self.faults, self.connections = [], [], 0
        self.socket = None
        self.open()

    def open(self):
        self.socket = socket.socket(self.family, self.kind)
        if self.family == socket.AF_UNIX and os.path.exists(self.address):
            os.unlink(self.address)
        if self.kind == socket.SOCK_STREAM:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self.socket.bind(self.address)
        if self.family != socket.AF_UNIX:
            self.address = self.socket.getsockname()
        if self.kind == socket.SOCK_STREAM:
            self.socket.listen()
        self.going, self.here = False, True
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    @property
    def port(self):
        return self.address[1]

    def run(self):
        self.socket.settimeout(0.02)
        while not self.going:
            try:
                if self.kind == socket.SOCK_DGRAM:
                    self.note(self.socket.recv(1 << 20))
                else:
                    self.serve(self.socket.accept()[0])
            except (TimeoutError, socket.timeout):
                continue
            except (ssl.SSLError, OSError) as fault:
                self.faults.append(str(fault))
        self.socket.close()

    def serve(self, connection):
        connection.settimeout(5)
        if self.tls:
            connection = self.tls.wrap_socket(connection, server_side=True)
        connection.settimeout(0.02)
        self.connections += 1
        data = b""
        with connection:
            while not self.going:
                try:
                    more = connection.recv(1 << 16)
                except (TimeoutError, socket.timeout):
                    continue
                if not more:
                    break
                messages, data = self.take(data + more)
                for message in messages:
                    self.note(message)

    def note(self, message):
        self.messages.append(without_header(message) if self.syslog else message)

    def close(self):
        """Go away. What was sent must have been read before, or nobody can tell what it was."""
        self.going = True
        self.thread.join()
        if self.family == socket.AF_UNIX:
            os.unlink(self.address)
