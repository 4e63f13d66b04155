# SPDX-License-Identifier: GPL-2.0-or-later
"""The LMTP corpus: one row a capture (honest) or a pair of captures (both sides of an attacker)."""
from case import ABSENT, CLEAR, DECLINED, HISTORY, LEFT, NOTHING, REFUSED_PERM, STALLED, TLS, UNUSED, YES
from case import attacked, crossed, honest, table
from lmtp import clients as c
from start import browser

# Settings of servers/dovecot.py. (LMTP has no logins: what demands TLS of the others offers it here.)
MAY, NONE, TLS12 = (10, 24), (20, 24), (60, 24)
# Speakers: 11-19 use TLS wherever it is offered, 21-29 never do.
RELAY, LAPTOP, CONSOLE, TALKER, PROBER = range(11, 16)
OLD_RELAY, OLD_LAPTOP, OLD_TALKER, MONITOR = range(21, 25)

SWAKS, REQUIRED = c.swaks("--tls-optional"), c.swaks("--tls")
POSTFIX = c.postfix("may")
S_CLIENT = c.s_client()
CUT = ("offered", "requested")

HONEST = table(
    honest,
    ("upgrade-swaks", SWAKS, MAY, LAPTOP, "TLS because it is offered"),
    ("upgrade-swaks-required", REQUIRED, MAY, LAPTOP, "TLS or nothing"),
    ("upgrade-postfix", POSTFIX, MAY, RELAY, "an opportunistic MTA that delivers to its mail store"),
    ("upgrade-s_client", S_CLIENT, MAY, CONSOLE, "openssl s_client, then QUIT inside TLS"),
    ("upgrade-talk", c.talk(*c.HELLO, "say:STARTTLS", "want", "tls", *c.HELLO[1:], *c.MAIL, *c.BYE), MAY, TALKER,
     "two recipients inside TLS"),
    ("upgrade-v6", SWAKS, MAY, LAPTOP, "over IPv6", {"v6": True}),
    ("upgrade-small-segments", SWAKS, MAY, LAPTOP, "segments of 88 bytes cut every line and record",
     {"mss": 88, "tshark_blind": CUT}),
    ("declined-swaks", c.swaks(), MAY, OLD_LAPTOP, "offered, the client never asks", DECLINED),
    ("declined-postfix", c.postfix("none"), MAY, OLD_RELAY, "an MTA that was told not to use TLS", DECLINED),
    ("declined-quoting", c.swaks(), MAY, OLD_LAPTOP, "the mail quotes the protocol; nothing in it is protocol", DECLINED,
     {"mail": c.QUOTING_MAIL}),
    ("declined-twice", c.talk(*c.HELLO, *c.MAIL, *c.BYE), MAY, OLD_TALKER, "two recipients: a reply for each", DECLINED),
    ("declined-v6", c.swaks(), MAY, OLD_LAPTOP, "over IPv6", DECLINED, {"v6": True}),
    ("not-offered-swaks", SWAKS, NONE, LAPTOP, "the server has no TLS", ABSENT),
    ("not-offered-postfix", POSTFIX, NONE, RELAY, "the server has no TLS", ABSENT),
    ("not-offered-quoting", SWAKS, NONE, LAPTOP, "the mail quotes an offer", ABSENT, {"mail": c.QUOTING_MAIL}),
    ("not-offered-encrypt", c.postfix("encrypt", 1), NONE, RELAY, "the MTA insists, and defers", ABSENT),
    ("not-offered-asked", c.talk(*c.HELLO, "say:STARTTLS", "want", *c.BYE), NONE, TALKER,
     "asked without an offer, refused, gone", (REFUSED_PERM, HISTORY)),
    ("short-listing", c.talk(*c.HELLO, *c.BYE), MAY, MONITOR, "a health check leaves after the listing"),
    ("short-go-close", c.talk(*c.HELLO, "say:STARTTLS", "want"), MAY, PROBER, "STARTTLS, 220, gone", UNUSED),
)

CLEAR_TALK = c.talk(*c.HELLO, "say:STARTTLS", "maybe", *c.MAIL, *c.BYE)
ATTACKS = table(
    attacked,
    ("strip-swaks", SWAKS, MAY, LAPTOP, "strip-offer", CLEAR, "goes on in clear"),
    ("strip-postfix", POSTFIX, MAY, RELAY, "strip-offer", CLEAR, "goes on in clear"),
    ("strip-encrypt", c.postfix("encrypt", 1), MAY, RELAY, "strip-offer", LEFT, "defers"),
    ("strip-s_client", S_CLIENT, MAY, CONSOLE, "strip-offer", TLS, "asks all the same, and gets what the listing lacked"),
    ("strip-v6", SWAKS, MAY, LAPTOP, "strip-offer", CLEAR, "over IPv6", {"v6": True}),
    ("withdraw-talk", c.talk(*c.HELLO, *c.HELLO[1:], *c.MAIL, *c.BYE), MAY, TALKER, "withdraw", CLEAR,
     "offered in the first listing, gone in the second"),
    ("mask-swaks", SWAKS, MAY, LAPTOP, "mask", CLEAR, "goes on in clear"),
    ("corrupt-postfix", POSTFIX, MAY, RELAY, "corrupt", CLEAR, "goes on in clear"),
    ("refuse-454-swaks", SWAKS, MAY, LAPTOP, "refuse-454", CLEAR, "goes on in clear"),
    ("refuse-454-postfix", POSTFIX, MAY, RELAY, "refuse-454", CLEAR, "goes on in clear"),
    ("refuse-454-required", REQUIRED, MAY, LAPTOP, "refuse-454", LEFT, "gives up"),
    ("refuse-501-postfix", POSTFIX, MAY, RELAY, "refuse-501", CLEAR, "goes on in clear"),
    ("invalid-200-swaks", SWAKS, MAY, LAPTOP, "invalid-200", CLEAR, "takes 200 for a refusal"),
    ("swallow-talk", CLEAR_TALK, MAY, TALKER, "swallow", CLEAR, "waits, then goes on in clear"),
    ("overwrite-postfix", POSTFIX, MAY, RELAY, "overwrite", CLEAR, "goes on in clear"),
    ("accept-clear-talk", CLEAR_TALK, MAY, TALKER, "accept-clear", CLEAR, "a careless client that takes 220 for done"),
    ("refuse-lhlo-postfix", c.postfix("may", 1), MAY, RELAY, "refuse-ehlo", LEFT,
     "LMTP has no older hello to fall back to: defers", {"ambiguous": ("server",)}),
    ("mask-lhlo-postfix", c.postfix("may", 1), MAY, RELAY, "mask-ehlo", LEFT, "defers",
     {"ambiguous": ("server",)}),
    ("reset-request-postfix", c.postfix("may", 1), MAY, RELAY, "reset-request", LEFT, "defers"),
    ("reset-hello-postfix", POSTFIX, MAY, RELAY, "reset-hello", CLEAR, "comes back in clear"),
    ("alert-hello-postfix", POSTFIX, MAY, RELAY, "alert-hello", CLEAR, "comes back in clear"),
    ("garble-hello-postfix", POSTFIX, MAY, RELAY, "garble-hello", CLEAR, "comes back in clear"),
    ("flip-hello-postfix", POSTFIX, MAY, RELAY, "flip-hello", CLEAR, "comes back in clear"),
    ("inject-command-swaks", REQUIRED, MAY, LAPTOP, "inject-command", LEFT, "the server breaks off",
     (STALLED, ("injected-command", YES))),
    ("inject-response-swaks", REQUIRED, MAY, LAPTOP, "inject-response", TLS, "takes the forged reply for the real one"),
    ("tls-to-client-swaks", REQUIRED, MAY, LAPTOP, "tls-to-client", CLEAR, "believes itself safe"),
    ("tls-to-server-postfix", POSTFIX, MAY, RELAY, "tls-to-server", CLEAR, "goes on in clear"),
)

WHOLE = [honest("tls12-" + name, client, TLS12, speaker, "TLS 1.2: the certificate is in clear")
         for name, client, speaker in (("swaks", SWAKS, LAPTOP), ("postfix", POSTFIX, RELAY))] + [
    attacked("tls-to-both-swaks", SWAKS, TLS12, LAPTOP, "tls-to-both", TLS, "believes itself safe; the certificate is another"),
    attacked("alert-hello-swaks", SWAKS, MAY, LAPTOP, "alert-hello", LEFT, "gives up"),
    attacked("flip-hello-swaks", SWAKS, MAY, LAPTOP, "flip-hello", LEFT, "gives up", (NOTHING, NOTHING)),
    crossed("alpaca-browser", browser, MAY, CONSOLE, "Dovecot does not know GET"),
]

CASES = HONEST + ATTACKS + WHOLE
for case in CASES:
    case.mail = case.mail or c.PLAIN_MAIL
