# SPDX-License-Identifier: GPL-2.0-or-later
"""What a man in the middle does to STARTTLS in IMAP (RFC 9051 section 6.2.1)."""
import re

from attacker import Trick
from protocol import GREETING, Protocol, policy_tricks, races, standard
from servers.dovecot import SECRET, USER


class Imap(Protocol):
    """Commands have tags: the reply ends with the line that carries the command's."""

    def tag(self, unit):
        return unit.split(b" ")[0]

    def verb(self, unit):
        return (unit.split() + [b"", b""])[1].upper()

    def is_last(self, talk, asked, unit):
        return asked in (GREETING, b"") or unit[:1] == b"+" or self.tag(unit) == self.tag(asked)

    def is_command(self, talk, unit):
        """The answer to a challenge is none."""
        return not talk.continued

    def note(self, talk, asked, reply):
        super().note(talk, asked, reply)
        talk.continued = reply[:1] == b"+"

    def answer(self, unit, text):
        return text.replace(b"{tag}", self.tag(unit)) + b"\r\n"


PROTOCOL = Imap(b"STARTTLS", rb"\S+ OK", rb" (STARTTLS)\b", login=rb"^\S+ OK \[CAPABILITY[^]]*\] Logged in|^\S+ OK Logged in",
                quietly=(b"q1 STARTTLS\r\n",))

TRICKS = standard("STARTTLS", b"{tag} OK Begin TLS negotiation now.", {
    "refuse-temp": b"{tag} NO TLS is not available at the moment.",
    "refuse-perm": b"{tag} BAD Unknown command.",
    "invalid": b"x{tag} OK Begin TLS negotiation now.",
    "untagged": b"* OK Begin TLS negotiation now.",
    "redirect": b"{tag} NO [REFERRAL imap://elsewhere.example/] Look there.",
}, asks=b"CAPABILITY", no_listing=b"{tag} BAD Unknown command.", injected=b"i1 NOOP\r\n",
    forged=b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n")

TRICKS["redirect"].what = "answer STARTTLS with a referral"
TRICKS.update(policy_tricks(insists=rb"PRIVACYREQUIRED", weak=(rb" AUTH=(?!PLAIN|LOGIN)[^] \r]+",), demand=rb" LOGINDISABLED"))
RACES = races(rb"(\S+) STARTTLS\r\n", b"{tag} OK Begin TLS negotiation now.\r\n", b"{tag} NO TLS is not available{fill}\r\n")


def bare_greeting(talk, asked, data):
    return re.sub(rb" \[CAPABILITY[^]]*\]", b"", data) if asked == GREETING else data


for name in ("refuse-listing", "mask-listing"):
    TRICKS[name].reply = bare_greeting
TRICKS["preauth"] = Trick("say in the greeting that the client is logged in already",
                          reply=lambda talk, asked, data: re.sub(rb"^\* OK", b"* PREAUTH",
                                                                 bare_greeting(talk, asked, data))
                          if asked == GREETING else data)


def logged_in_already(talk, asked, data):
    """The attacker's own account takes what the client stores."""
    if asked == GREETING:
        talk.protocol.ask(talk, b"q1 LOGIN %s %s\r\n" % (USER.encode(), SECRET.encode()))
    return TRICKS["preauth"].reply(talk, asked, data)


def premature(talk, asked, data):
    """Messages that nobody asked for, before the login."""
    return b"* 1 EXISTS\r\n* LIST () \"/\" INBOX\r\n" + data if talk.protocol.verb(asked) == b"CAPABILITY" else data


def old(talk, asked, data):
    return b"* OK IMAP2 server ready\r\n" if asked == GREETING else data


TRICKS["preauth-login"] = Trick("log in, and say in the greeting that the client is", reply=logged_in_already)
TRICKS["premature"] = Trick("tell of the mailbox before the login", reply=premature)
TRICKS["old-greeting"] = Trick("greet as a server of IMAP2 and answer CAPABILITY with BAD", reply=old,
                               command=TRICKS["refuse-listing"].command)
