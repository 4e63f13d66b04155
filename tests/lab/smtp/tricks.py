# SPDX-License-Identifier: GPL-2.0-or-later
"""What a man in the middle does to STARTTLS in SMTP (RFC 3207), one row a trick."""
import re

from attacker import Trick

GREETING = b"(greeting)"
OFFER = re.compile(rb"^250[- ]STARTTLS\s*$", re.I)


# How the engine reads SMTP.

def is_last(line):
    return line[3:4] != b"-"


def tidy(lines):
    """Only the last line of a reply has a space behind its code (RFC 5321 section 4.2.1)."""
    return [line[:3] + (b" " if i == len(lines) - 1 else b"-") + line[4:] if len(line) > 5 else line
            for i, line in enumerate(lines)]


def verb(line):
    return line.split(b" ")[0].strip().upper()


def note(talk, asked, lines):
    """Follow the session far enough to know what is protocol and what is not."""
    if verb(asked) == b"DATA" and lines[-1][:3] == b"354":
        talk.in_body = True
    if verb(asked) == b"STARTTLS" and lines[-1][:3] == b"220":
        talk.go_opaque()
    if verb(asked) == b"EHLO" and lines[-1][:3] == b"250":
        talk.listings += 1


def upgrade_quietly(talk):
    """Start TLS with the server on our own account; the client gets the greeting only."""
    def ask(line):
        if line:
            talk.tell_server(line)
        answer = talk.server.makefile("rb")
        lines = [answer.readline()]
        while not is_last(lines[-1]):
            lines.append(answer.readline())
        return lines
    greeting = ask(None)
    ask(b"EHLO relay.example\r\n")
    ask(b"STARTTLS\r\n")
    talk.start_server_tls()
    talk.asked.clear()
    talk.tell_client(b"".join(greeting))


# Building blocks: what a trick does with a listing, and with the request.

def listing(change, first=1):
    """Change every listing from the `first` on."""
    def reply(talk, asked, lines):
        if verb(asked) == b"EHLO" and lines[-1][:3] == b"250" and talk.listings >= first:
            return [out for line in lines for out in change(line)]
        return lines
    return reply


def without_offer(line):
    return [] if OFFER.match(line) else [line]


def offer_as(token):
    return lambda line: [line[:4] + token + b"\r\n"] if OFFER.match(line) else [line]


def masked(talk, asked, lines):
    """As a firewall's mail inspection does it: stars for the banner, X and a letter for the token."""
    if asked == GREETING:
        return [b"220 " + re.sub(rb"[^20 \r\n]", b"*", lines[0][4:].rstrip()) + b"\r\n"]
    return listing(offer_as(b"XXXXXXXA"))(talk, asked, lines)


def on(word, action):
    """Do something with one verb of the client's, forward all others."""
    return lambda talk, line: action(talk, line) if verb(line) == word else line


def answer(text):
    def act(talk, line):
        talk.tell_client(text + b"\r\n")
    return act


def reset(talk, _):
    talk.reset()


def accept_then_tls(talk, _):
    talk.tell_client(b"220 2.0.0 Ready to start TLS\r\n")
    talk.terminate_client_tls()


def refuse_hello(talk, _):
    """A fatal alert, handshake_failure (40), in place of the ServerHello."""
    talk.tell_client(bytes.fromhex("15030300020228"))
    talk.stop()


def flipped(at):
    """One bit of the ClientHello, by its place behind the start of the record."""
    return lambda talk, data: data[:at] + bytes([data[at] ^ 0x40]) + data[at + 1:]


def add_to_reply(word, code, extra):
    def reply(talk, asked, lines):
        if verb(asked) == word and lines[-1][:3] == code:
            return lines[:-1] + [lines[-1] + extra]
        return lines
    return reply


STARTTLS = b"STARTTLS"

TRICKS = {
    "pass": Trick("forward everything"),
    "strip-offer": Trick("delete STARTTLS from the listing", reply=listing(without_offer)),
    "withdraw": Trick("delete STARTTLS from the second listing", reply=listing(without_offer, first=2)),
    "mask": Trick("mask banner and offer like a firewall's mail inspection", reply=masked),
    "corrupt": Trick("spell the offer STARTTL5", reply=listing(offer_as(b"STARTTL5"))),
    "refuse-ehlo": Trick("answer EHLO with 502", command=on(b"EHLO", answer(b"502 5.5.1 Command not implemented"))),
    "mask-ehlo": Trick("overwrite EHLO on its way to the server",
                       command=on(b"EHLO", lambda talk, line: b"XXXX" + line[4:])),
    "refuse-454": Trick("answer STARTTLS with 454",
                        command=on(STARTTLS, answer(b"454 4.7.0 TLS not available due to local problem"))),
    "refuse-501": Trick("answer STARTTLS with 501", command=on(STARTTLS, answer(b"501 5.5.4 Syntax error"))),
    "invalid-200": Trick("answer STARTTLS with 200", command=on(STARTTLS, answer(b"200 2.0.0 Ok"))),
    "swallow": Trick("drop STARTTLS", command=on(STARTTLS, lambda talk, line: None)),
    "overwrite": Trick("overwrite STARTTLS on its way to the server",
                       command=on(STARTTLS, lambda talk, line: b"XXXXXXXX\r\n")),
    "accept-clear": Trick("answer 220 and let the session go on in clear",
                          command=on(STARTTLS, answer(b"220 2.0.0 Ready to start TLS"))),
    "reset-request": Trick("answer STARTTLS with RST", command=on(STARTTLS, reset)),
    "reset-hello": Trick("answer the ClientHello with RST", hello=reset),
    "alert-hello": Trick("answer the ClientHello with a fatal alert", hello=refuse_hello),
    "garble-hello": Trick("flip a bit of a length inside the ClientHello", hello=flipped(43)),
    "flip-hello": Trick("flip a bit that only the keys will miss", hello=flipped(9)),
    "inject-command": Trick("put a command behind STARTTLS",
                            command=on(STARTTLS, lambda talk, line: line + b"NOOP injected\r\n")),
    "inject-response": Trick("put a reply behind the 220",
                             reply=add_to_reply(STARTTLS, b"220",
                                                b"250-mx.example\r\n250 AUTH PLAIN LOGIN\r\n")),
    "tls-to-client": Trick("TLS with the client, clear text to the server",
                           reply=listing(without_offer, first=2),
                           command=on(STARTTLS, accept_then_tls)),
    "tls-to-server": Trick("clear text with the client, TLS to the server", upgrade_first=True),
}
