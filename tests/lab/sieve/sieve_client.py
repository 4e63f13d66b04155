#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A small ManageSieve client (RFC 5804) that puts one script, as careful or careless as it is told.

usage: sieve_client.py HOST PORT HABIT USER SECRET

  never          no TLS
  opportunistic  TLS if offered; a refusal is taken and the login goes out in clear
  reconnect      the same; after a failed handshake, too, on a new connection
  required       TLS or nothing
"""
import base64
import socket
import ssl
import sys

SECONDS = 6


class Refused(Exception):
    pass


class Sieve:
    def __init__(self, host, port):
        self.sock = socket.create_connection((host, port), SECONDS)
        self.lines = self.sock.makefile("rb")

    def reply(self):
        """The lines before the status; Refused when that is not OK."""
        said = []
        while True:
            line = self.lines.readline()
            if not line:
                raise ConnectionError("the server closed the connection")
            if line[:2].upper() == b"OK":
                return said
            if line[:2].upper() == b"NO" or line[:3].upper() in (b"BYE", b"220"):
                raise Refused(line.decode().strip())
            said.append(line.strip().upper())

    def ask(self, text):
        self.sock.sendall(text.encode() + b"\r\n")
        return self.reply()

    def starttls(self):
        self.ask("STARTTLS")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.sock = context.wrap_socket(self.sock)
        self.lines = self.sock.makefile("rb")
        self.reply()


def connect(host, port, habit):
    box = Sieve(host, port)
    offered = b'"STARTTLS"' in box.reply()
    if habit == "never" or habit != "required" and not offered:
        return box
    try:
        box.starttls()
    except (ssl.SSLError, ConnectionError, TimeoutError):
        if habit != "reconnect":
            raise
        return connect(host, port, "never")
    except Refused:
        if habit == "required":
            raise
    return box


def main(host, port, habit, user, secret):
    box = connect(host, int(port), habit)
    plain = base64.b64encode(("\0%s\0%s" % (user, secret)).encode()).decode()
    box.ask('AUTHENTICATE "PLAIN" "%s"' % plain)
    box.ask('PUTSCRIPT "mine" {8+}\r\n# keep\r\n')
    box.ask("LOGOUT")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (OSError, Refused) as e:
        sys.exit("%s: %s" % (type(e).__name__, e))
