#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A client that says what it is told: for habits that no packaged client has.

usage: talk.py [--ends PATTERN] HOST PORT STEP...

  want            read one whole reply; its last line matches PATTERN (three digits and a space)
  want:PATTERN    read up to the end of what PATTERN matches
  maybe[:PATTERN] the same, but go on when none comes
  say:TEXT        send TEXT and CRLF; \\r \\n and \\0 in TEXT mean what they mean in C
  raw:TEXT        the same without CRLF at the end
  file:PATH       send a file
  slow:N          send the next N bytes one by one, each in a segment of its own
  tls             shake hands; everything behind it is inside TLS
  hello:TEXT      send TEXT, CRLF and the ClientHello in one write, read the reply, then shake hands
  abort           close with RST
Prints what it read, in clear or not; exit 1 when the peer went away.
"""
import fcntl
import re
import socket
import ssl
import struct
import sys
import termios
import time

SECONDS = 8
REPLY_ENDS = rb"^(\d{3}(?!-).*|.{0,2})\n"
IN_FLIGHT = 8                   # fewer than the first congestion window, or the kernel joins bytes


class Talker:
    def __init__(self, host, port, ends=REPLY_ENDS):
        self.ends = ends
        self.sock = socket.create_connection((host, port), SECONDS)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.tls, self.slow, self.unread = None, 0, b""
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()

    def send(self, data):
        if self.tls:
            self.tls.write(data)
            data = self.outgoing.read()
        for byte in data[:self.slow]:
            while self.unacknowledged() >= IN_FLIGHT:
                time.sleep(0.001)
            self.sock.sendall(bytes([byte]))
        rest = data[self.slow:]
        self.slow -= len(data) - len(rest)
        if rest:
            self.sock.sendall(rest)

    def unacknowledged(self):
        return struct.unpack("i", fcntl.ioctl(self.sock, termios.TIOCOUTQ, b"\0" * 4))[0]

    def receive(self):
        data = self.sock.recv(65536)
        if not data:
            raise EOFError("the server closed the connection")
        return data

    def more(self):
        if not self.tls:
            return self.receive()
        while True:
            try:
                data = self.tls.read(65536)
                if not data:
                    raise EOFError("the server closed the connection")
                return data
            except ssl.SSLWantReadError:
                self.incoming.write(self.receive())

    def want(self, pattern=None):
        pattern = pattern or self.ends
        while not (found := re.search(pattern, self.unread, re.M)):
            self.unread += self.more()
        print("< " + self.unread[:found.end()].decode("latin-1").rstrip())
        self.unread = self.unread[found.end():]

    def start_tls(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.pending = context.wrap_bio(self.incoming, self.outgoing)
        try:
            self.pending.do_handshake()
        except ssl.SSLWantReadError:
            pass

    def finish_tls(self):
        while True:
            self.send(self.outgoing.read())
            try:
                self.pending.do_handshake()
                self.send(self.outgoing.read())
                self.tls = self.pending
                return
            except ssl.SSLWantReadError:
                self.send(self.outgoing.read())
                self.incoming.write(self.receive())

    def step(self, word, text):
        data = text.encode("latin-1").decode("unicode_escape").encode("latin-1")
        if word == "want":
            self.want(text.encode())
        elif word == "maybe":
            try:
                self.want(text.encode())
            except TimeoutError:
                print("! no reply")
        elif word == "say":
            self.send(data + b"\r\n")
        elif word == "raw":
            self.send(data)
        elif word == "file":
            with open(text, "rb") as f:
                self.send(f.read())
        elif word == "slow":
            self.slow = int(text)
        elif word == "tls":
            self.start_tls()
            self.finish_tls()
        elif word == "hello":
            self.start_tls()
            self.send(data + b"\r\n" + self.outgoing.read())
            self.want()
            self.finish_tls()
        elif word == "abort":
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.sock.close()
        else:
            raise ValueError("no such step: " + word)


def main(*args):
    ends = REPLY_ENDS
    if args[0] == "--ends":
        ends, args = args[1].encode(), args[2:]
    host, port, *steps = args
    try:
        talker = Talker(host, int(port), ends)
        for step in steps:
            word, _, text = step.partition(":")
            talker.step(word, text)
    except (OSError, EOFError) as e:
        print("! %s" % e)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
