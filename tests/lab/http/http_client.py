#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A small HTTP client that fetches one page, with or without an upgrade (RFC 2817).

usage: http_client.py HOST PORT HABIT TARGET

  never          no TLS
  optional       asks with the request itself; any answer will do
  opportunistic  OPTIONS * first; a refusal is taken, and the request goes out in clear
  reconnect      the same; after a failed handshake, too, on a new connection
  required       OPTIONS * first; TLS or nothing
"""
import socket
import ssl
import sys

SECONDS = 6
WISH = "Connection: Upgrade\r\nUpgrade: TLS/1.2\r\n"
LOST = (ssl.SSLError, ConnectionError, EOFError, TimeoutError)


class Http:
    def __init__(self, host, port):
        self.sock = socket.create_connection((host, port), SECONDS)
        self.files = self.sock.makefile("rb")

    def ask(self, method, target, more=""):
        """The status of the answer; behind 101 there is TLS."""
        self.sock.sendall(("%s %s HTTP/1.1\r\nHost: print.example\r\n%s\r\n" % (method, target, more)).encode())
        status = self.answer()
        if status == 101:
            self.start_tls()
            status = self.answer()
        return status

    def answer(self):
        first, length = self.files.readline(), 0
        if not first:
            raise EOFError("the server closed the connection")
        while (line := self.files.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        status = int(first.split()[1])
        self.files.read(0 if status == 101 else length)
        return status

    def start_tls(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.sock = context.wrap_socket(self.sock)
        self.files = self.sock.makefile("rb")

    def secure(self):
        return isinstance(self.sock, ssl.SSLSocket)


def visit(host, port, habit, target):
    box = Http(host, port)
    if habit not in ("never", "optional"):
        try:
            box.ask("OPTIONS", "*", WISH)
        except LOST:
            if habit != "reconnect":
                raise
            return visit(host, port, "never", target)
        if habit == "required" and not box.secure():
            raise EOFError("no TLS")
    return box.ask("GET", target, WISH if habit == "optional" else "")


if __name__ == "__main__":
    try:
        print(visit(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]))
    except (OSError, EOFError) as e:
        sys.exit("%s: %s" % (type(e).__name__, e))
