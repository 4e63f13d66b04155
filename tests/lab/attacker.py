#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A man in the middle: transparent to the client, driven by a dialect's protocol and table of tricks.

usage: attacker.py DIALECT TRICK PORT CERT KEY [--own-address] [--to-port=N]

The protocol (protocol.py) cuts both directions into units - lines, messages, tags - and says which units
are one reply. Commands and replies pass through the trick, which may change, answer or swallow them; what
somebody means to be data (a mail, TLS records, a session behind its login) passes untouched. The server
sees the client's address unless --own-address is given, and its PORT unless --to-port is.
"""
import collections
import importlib
import select
import socket
import ssl
import struct
import sys
import threading

IP_TRANSPARENT, IPV6_TRANSPARENT = 19, 75
IO_SECONDS, LAST_WORDS_SECONDS = 60, 2


class Trick:
    """What an attacker does; the default is to forward everything. `what` is for the reader.

    command(talk, unit)        what to send to the server for a unit of the client's; None = nothing
    reply(talk, asked, data)   what to send to the client for a reply of the server's
    hello(talk, data)          the same for the first bytes of TLS, the ClientHello
    first(talk)                what comes before anything of the client's is read
    """

    def __init__(self, what, command=None, reply=None, hello=None, first=None):
        self.what = what
        self.command = command or (lambda talk, unit: unit)
        self.reply = reply or (lambda talk, asked, data: data)
        self.hello = hello or (lambda talk, data: data)
        self.first = first or (lambda talk: None)


def receive(side, most):
    """What is there; None when TLS had only something of its own to read, such as a ticket."""
    if not isinstance(side, ssl.SSLSocket):
        return side.recv(most)
    side.settimeout(0)
    try:
        return side.recv(65536)
    except ssl.SSLWantReadError:
        return None
    finally:
        side.settimeout(None)


class Talk:
    """One client's connection and the one to the server behind it."""

    def __init__(self, client, server, protocol, trick, cert, key):
        self.client, self.server = client, server
        self.protocol, self.trick = protocol, trick
        self.cert, self.key = cert, key
        self.unread = {client: b"", server: b""}
        self.reply = self.greeting = b""
        self.asked = collections.deque(protocol.begins)
        self.listings = 0
        self.in_body = False        # the client sends a mail
        self.continued = False      # the server waits for more of a command
        self.opaque = False         # nothing more is ours to read
        self.greeted = False        # the ClientHello has passed
        self.silent = False         # the client has said all, and listens
        self.over = False

    # What tricks may do.

    def tell_client(self, data):
        self.client.sendall(data)

    def tell_server(self, data):
        self.server.sendall(data)

    def reset(self):
        """Answer both sides with RST."""
        for side in (self.client, self.server):
            side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.over = True

    def go_opaque(self, tls=True):
        """Read no more: TLS begins, or what follows is none of our business."""
        self.opaque, self.greeted = True, not tls

    def terminate_client_tls(self):
        """Be the TLS server that the client asked for; no better than the one behind, where that is known."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if isinstance(self.server, ssl.SSLSocket) and self.server.version() == "TLSv1.2":
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.cert, self.key)
        self.swap("client", context.wrap_socket(self.client, server_side=True))

    def start_server_tls(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.swap("server", context.wrap_socket(self.server))

    def swap(self, side, sock):
        self.unread.pop(getattr(self, side))
        setattr(self, side, sock)
        self.unread[sock] = b""

    # The relay.

    def run(self):
        try:
            self.trick.first(self)
            while not self.over:
                for side in self.readable():
                    self.take(side)
                    if self.over:
                        break
        except (OSError, ssl.SSLError) as e:
            print("attacker: %s" % e, file=sys.stderr)
        finally:
            self.client.close()
            self.server.close()

    def readable(self):
        waiting = [s for s in (self.client, self.server) if isinstance(s, ssl.SSLSocket) and s.pending()]
        sides, seconds = ([self.server], LAST_WORDS_SECONDS) if self.silent else ([self.client, self.server], IO_SECONDS)
        return waiting or select.select(sides, [], [], seconds)[0] or self.stop()

    def stop(self):
        self.over = True
        return []

    def ended(self, side):
        """A client may close its half and wait for the answers; inside TLS nobody does."""
        if side is self.server or isinstance(self.client, ssl.SSLSocket):
            return self.stop()
        self.silent = True
        if not isinstance(self.server, ssl.SSLSocket):
            self.server.shutdown(socket.SHUT_WR)

    def take(self, side):
        peer = self.server if side is self.client else self.client
        try:
            data = receive(side, 65536 if self.opaque else self.protocol.at_once)
        except ConnectionResetError:
            return self.reset()
        if data is None:
            return
        if not data:
            return self.ended(side)
        if self.opaque:
            if side is self.client:
                data = self.first_of_tls(data)
            if data and not self.over:
                peer.sendall(data)
            return
        self.unread[side] += data
        self.client_units() if side is self.client else self.server_units()

    def first_of_tls(self, data):
        """The ClientHello passes through the trick, everything behind it as it is."""
        if self.greeted or not data:
            return data
        self.greeted = True
        return self.trick.hello(self, data) or b""

    def next_unit(self, side):
        data = self.unread[side]
        size = self.protocol.unit(self, side is self.client, data) if data else 0
        if not size or size > len(data) or self.over:
            return None
        self.unread[side] = data[size:]
        return data[:size]

    def client_units(self):
        """All units of one read leave in one write, as they came."""
        out, side = b"", self.client
        while side is self.client and not self.opaque:
            unit = self.next_unit(side)
            if unit is None:
                break
            if self.in_body:
                self.in_body = not self.protocol.ends_body(self, unit)
                out += unit
                continue
            forward = self.trick.command(self, unit)
            if forward:
                if self.protocol.is_command(self, unit):
                    self.asked.append(unit)
                out += forward
        if self.opaque and side is self.client:
            rest, self.unread[side] = self.unread[side], b""
            out += self.first_of_tls(rest)
        if out and not self.over:
            self.tell_server(out)

    def server_units(self):
        out, side = b"", self.server
        while side is self.server and not self.opaque:
            unit = self.next_unit(side)
            if unit is None:
                break
            self.reply += unit
            asked = self.asked[0] if self.asked else b""
            if not self.protocol.is_last(self, asked, unit):
                continue
            if self.asked:
                self.asked.popleft()
            reply, self.reply = self.reply, b""
            self.protocol.note(self, asked, reply)
            out += self.protocol.tidy(self.trick.reply(self, asked, reply))
        if self.opaque and side is self.server:
            out, self.unread[side] = out + self.unread[side], b""
        if out and not self.over:
            self.tell_client(out)


def listen(port):
    """One transparent listener for both families, for every address the router hands to us."""
    listener = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    listener.setsockopt(socket.SOL_IP, IP_TRANSPARENT, 1)
    listener.setsockopt(socket.IPPROTO_IPV6, IPV6_TRANSPARENT, 1)
    listener.bind(("::", port))
    listener.listen(16)
    return listener


def plain(address):
    return address[7:] if address.startswith("::ffff:") else address


def connect(client, options):
    """A connection to whom the client meant, in the client's name."""
    target, port = client.getsockname()[:2]
    other = [int(o.split("=")[1]) for o in options if o.startswith("--to-port=")]
    source = plain(client.getpeername()[0])
    family = socket.AF_INET6 if ":" in plain(target) else socket.AF_INET
    server = socket.socket(family, socket.SOCK_STREAM)
    if "--own-address" not in options:
        if family == socket.AF_INET6:
            server.setsockopt(socket.IPPROTO_IPV6, IPV6_TRANSPARENT, 1)
        else:
            server.setsockopt(socket.SOL_IP, IP_TRANSPARENT, 1)
        server.bind((source, 0))
    server.connect((plain(target), *(other or [port])))
    for side in (client, server):
        side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return server


def main(dialect, trick, port, cert, key, *options):
    tricks = importlib.import_module(dialect + ".tricks")
    listener = listen(int(port))
    print("listening", flush=True)
    while True:
        client, _ = listener.accept()
        server = connect(client, options)
        talk = Talk(client, server, tricks.PROTOCOL, tricks.TRICKS[trick], cert, key)
        threading.Thread(target=talk.run, daemon=True).start()


if __name__ == "__main__":
    main(*sys.argv[1:])
