#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A small IRC client that says one thing to itself, as careful or careless as it is told.

usage: irc_client.py HOST PORT HABIT NICK

  never          no TLS
  opportunistic  TLS if it is listed; a refusal, or silence, is taken and the session goes on in clear
  reconnect      the same; after a failed handshake, too, on a new connection
  required       TLS or nothing, listed or not
  policy         goes where the server's policy (sts) sends it, and speaks TLS there; in clear without one
"""
import re
import socket
import ssl
import sys

SECONDS = 4
LOST = (ssl.SSLError, ConnectionError, EOFError)


class Irc:
    def __init__(self, host, port):
        self.sock = socket.create_connection((host, port), SECONDS)
        self.unread = b""

    def say(self, *lines):
        self.sock.sendall("".join(line + "\r\n" for line in lines).encode())

    def want(self, pattern):
        """The first line that matches; PING is answered on the way."""
        while True:
            while b"\n" not in self.unread:
                data = self.sock.recv(4096)
                if not data:
                    raise EOFError("the server closed the connection")
                self.unread += data
            line, _, self.unread = self.unread.partition(b"\n")
            text = line.decode("latin-1").rstrip()
            if text.startswith("PING"):
                self.say("PONG" + text[4:])
            if re.search(pattern, text):
                return text

    def starttls(self):
        self.say("STARTTLS")
        if " 670 " not in self.want(r"^\S+ (670|691|421|451) |^ERROR"):
            return False
        return self.handshake()

    def handshake(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.sock, self.unread = context.wrap_socket(self.sock), b""
        return True


def connect(host, port, habit):
    box = Irc(host, port)
    box.say("CAP LS 302")
    listing = box.want(r"^\S+ CAP \S+ LS :|^\S+ 421 ")
    listed = " tls" in listing.replace(":tls", " tls")
    if habit == "policy":
        return follow(box, host, re.search(r"\bsts=\S*port=(\d+)", listing))
    if habit == "never" or habit != "required" and not listed:
        return box
    try:
        if not box.starttls() and habit == "required":
            raise EOFError("no TLS")
    except TimeoutError:
        if habit == "required":
            raise
    except LOST:
        if habit != "reconnect":
            raise
        return connect(host, port, "never")
    return box


def follow(box, host, policy):
    if not policy:
        return box
    box.sock.close()
    box = Irc(host, int(policy.group(1)))
    box.handshake()
    return box


def main(host, port, habit, nick):
    box = connect(host, int(port), habit)
    box.say("NICK " + nick, "USER %s 0 * :a client" % nick, "CAP END")
    box.want(r"^\S+ (376|422) ")
    box.say("PRIVMSG %s :STARTTLS is a word, CAP LS another" % nick)
    box.want(" PRIVMSG ")
    box.say("QUIT :bye")
    box.want("^ERROR")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (OSError, EOFError) as e:
        sys.exit("%s: %s" % (type(e).__name__, e))
