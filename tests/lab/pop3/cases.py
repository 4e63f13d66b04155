# SPDX-License-Identifier: GPL-2.0-or-later
"""The POP3 corpus: one row a capture (honest) or a pair of captures (both sides of an attacker)."""
from case import ABSENT, CLEAR, CLEAR_LOGIN, DECLINED, HISTORY, LEFT, LOGIN, NO_LISTING, NOTHING, REFUSED_PERM
from case import REFUSED_TEMP, STALLED, TLS, UNLISTED_LOGIN, UNUSED, YES
from case import attacked, blocked, crossed, honest, joined, raced, table
from pop3 import clients as c
from start import at, browser, either

# Settings of servers/dovecot.py.
MAY, NONE, STRICT, IMPLICIT = (10, 110), (20, 110), (30, 110), (10, 995)
# Speakers: 11-19 use TLS wherever it is offered, 21-29 never do.
LAPTOP, FETCHER, SCRIPT, CONSOLE, TALKER, PROBER = range(11, 17)
OLD_LAPTOP, OLD_FETCHER, OLD_SCRIPT, MONITOR, PICKY = range(21, 26)

PLAIN = ("--login-options", "AUTH=PLAIN")
CURL = c.curl("--ssl", "-k", *PLAIN)
FETCHMAIL = c.fetchmail("pop3", "no sslcertck")
POPLIB, RECONNECT = c.poplib("opportunistic"), c.poplib("reconnect")
S_CLIENT = c.s_client("-starttls", "pop3")

HONEST = table(
    honest,
    ("upgrade-curl", CURL, MAY, LAPTOP, "curl --ssl: TLS because it is offered"),
    ("upgrade-curl-required", c.curl("--ssl-reqd", "-k"), MAY, LAPTOP, "curl --ssl-reqd"),
    ("upgrade-fetchmail", FETCHMAIL, MAY, FETCHER, "fetchmail, which takes TLS where it is offered"),
    ("upgrade-poplib", POPLIB, MAY, SCRIPT, "Python's poplib"),
    ("upgrade-s_client", S_CLIENT, MAY, CONSOLE, "openssl s_client asks without a listing, then QUIT inside TLS"),
    ("upgrade-lowercase", c.talk(*c.HELLO, "say:stls", "want", "tls", *c.LOGIN, *c.BYE), MAY, TALKER,
     "the verb in lower case; the login inside TLS"),
    ("upgrade-strict", POPLIB, STRICT, SCRIPT, "a server that demands TLS gets it"),
    ("upgrade-v6", CURL, MAY, LAPTOP, "over IPv6", {"v6": True}),
    ("upgrade-small-segments", POPLIB, MAY, SCRIPT, "segments of 88 bytes cut every line and record", {"mss": 88}),
    ("implicit-curl", c.curl("-k", scheme="pop3s"), IMPLICIT, LAPTOP, "TLS from the first byte"),
    ("declined-curl", c.curl(*PLAIN), MAY, OLD_LAPTOP, "offered, the client never asks: the password in clear", CLEAR_LOGIN),
    ("declined-fetchmail", c.fetchmail("pop3", "sslproto ''"), MAY, OLD_FETCHER,
     "told not to use TLS, fetchmail prefers a challenge: no recoverable secret", DECLINED),
    ("declined-poplib", c.poplib("never"), MAY, OLD_SCRIPT, "offered, the client never asks", CLEAR_LOGIN),
    ("declined-blind", c.poplib("blind"), MAY, OLD_SCRIPT, "neither listing nor TLS: the password in clear",
     UNLISTED_LOGIN),
    ("declined-quoting", c.talk(*c.HELLO, *c.LOGIN, *c.READ, *c.BYE), MAY, OLD_SCRIPT,
     "a letter quotes the protocol; the listing after the login still has STLS, as it must", CLEAR_LOGIN),
    ("declined-v6", c.curl(*PLAIN), MAY, OLD_LAPTOP, "over IPv6", CLEAR_LOGIN, {"v6": True}),
    ("not-offered-curl", CURL, NONE, LAPTOP, "the server has no TLS: the password in clear", ABSENT),
    ("not-offered-fetchmail", FETCHMAIL, NONE, FETCHER, "the server has no TLS", ABSENT),
    ("not-offered-quoting", c.talk(*c.HELLO, *c.LOGIN, *c.READ, *c.BYE), NONE, TALKER, "a letter quotes an offer",
     ABSENT),
    ("not-offered-asked", c.talk(*c.HELLO, *c.ASK, *c.BYE), NONE, TALKER, "asked without an offer, refused, gone",
     (REFUSED_PERM, HISTORY)),
    ("not-offered-v6", CURL, NONE, LAPTOP, "over IPv6", ABSENT, {"v6": True}),
    ("strict-poplib", c.poplib("never"), STRICT, OLD_SCRIPT, "the server refuses USER in clear"),
    ("short-banner", c.talk("want"), MAY, MONITOR, "a health check leaves after the greeting"),
    ("short-listing", c.talk(*c.HELLO, *c.BYE), MAY, MONITOR, "a health check leaves after the listing"),
    ("short-go-quit", c.talk(*c.HELLO, *c.ASK), MAY, PROBER, "STLS, +OK, gone", UNUSED),
    ("rejected-curl", c.curl("--ssl-reqd"), MAY, PICKY, "curl dislikes the certificate: a fatal alert in clear"),
)

CLEAR_TALK = c.talk(*c.HELLO, "say:STLS", "maybe:^.*\\n", *c.LOGIN, *c.READ, *c.BYE)
ATTACKS = table(
    attacked,
    ("strip-curl", CURL, MAY, LAPTOP, "strip-offer", LOGIN, "goes on in clear"),
    ("strip-fetchmail", FETCHMAIL, MAY, FETCHER, "strip-offer", CLEAR, "goes on in clear, with a challenge"),
    ("strip-poplib", POPLIB, MAY, SCRIPT, "strip-offer", LOGIN, "goes on in clear"),
    ("strip-s_client", S_CLIENT, MAY, CONSOLE, "strip-offer", TLS, "asks without a listing: nothing to strip",
     (NOTHING, NOTHING)),
    ("strip-v6", CURL, MAY, LAPTOP, "strip-offer", LOGIN, "over IPv6", {"v6": True}),
    ("mask-curl", CURL, MAY, LAPTOP, "mask", LOGIN, "goes on in clear"),
    ("corrupt-poplib", POPLIB, MAY, SCRIPT, "corrupt", LOGIN, "goes on in clear"),
    ("refuse-listing-curl", CURL, MAY, LAPTOP, "refuse-listing", LEFT, "gives up: without a listing no PLAIN"),
    ("refuse-listing-poplib", POPLIB, MAY, SCRIPT, "refuse-listing", LOGIN, "logs in without a listing",
     (NO_LISTING, UNLISTED_LOGIN)),
    ("mask-listing-poplib", POPLIB, MAY, SCRIPT, "mask-listing", LOGIN, "logs in without a listing"),
    ("refuse-temp-curl", CURL, MAY, LAPTOP, "refuse-temp", LOGIN, "goes on in clear"),
    ("refuse-temp-fetchmail", FETCHMAIL, MAY, FETCHER, "refuse-temp", CLEAR, "goes on in clear, with a challenge"),
    ("refuse-temp-poplib", POPLIB, MAY, SCRIPT, "refuse-temp", LOGIN, "goes on in clear"),
    ("refuse-temp-s_client", S_CLIENT, MAY, CONSOLE, "refuse-temp", LEFT, "takes no notice, and shakes hands",
     ((REFUSED_TEMP, HISTORY), NOTHING), {"tshark_blind": ("hello", "server_hello")}),
    ("refuse-perm-curl", CURL, MAY, LAPTOP, "refuse-perm", LOGIN, "goes on in clear"),
    ("refuse-perm-poplib", POPLIB, MAY, SCRIPT, "refuse-perm", LOGIN, "goes on in clear"),
    ("invalid-talk", CLEAR_TALK, MAY, TALKER, "invalid", LOGIN, "takes 220 for a refusal"),
    ("swallow-talk", CLEAR_TALK, MAY, TALKER, "swallow", LOGIN, "waits, then goes on in clear"),
    ("swallow-curl", CURL, MAY, LAPTOP, "swallow", LEFT, "waits, then leaves"),
    ("overwrite-curl", CURL, MAY, LAPTOP, "overwrite", LOGIN, "goes on in clear"),
    ("accept-clear-talk", CLEAR_TALK, MAY, TALKER, "accept-clear", LOGIN, "a careless client that takes +OK for done"),
    ("reset-request-poplib", RECONNECT, MAY, SCRIPT, "reset-request", LOGIN, "connects again, in clear"),
    ("reset-hello-poplib", RECONNECT, MAY, SCRIPT, "reset-hello", LOGIN, "comes back in clear"),
    ("reset-hello-fetchmail", FETCHMAIL, MAY, FETCHER, "reset-hello", CLEAR, "comes back in clear"),
    ("alert-hello-poplib", RECONNECT, MAY, SCRIPT, "alert-hello", LOGIN, "comes back in clear"),
    ("alert-hello-curl", CURL, MAY, LAPTOP, "alert-hello", LEFT, "gives up"),
    ("garble-hello-poplib", RECONNECT, MAY, SCRIPT, "garble-hello", LOGIN, "comes back in clear"),
    ("flip-hello-poplib", RECONNECT, MAY, SCRIPT, "flip-hello", LOGIN, "comes back in clear"),
    ("inject-command-curl", CURL, MAY, LAPTOP, "inject-command", LEFT, "the server breaks off",
     (STALLED, ("injected-command", YES))),
    ("inject-response-curl", CURL, MAY, LAPTOP, "inject-response", LEFT, "notices, and leaves"),
    ("inject-response-poplib", POPLIB, MAY, SCRIPT, "inject-response", TLS, "takes the forged reply for a real one"),
    ("tls-to-client-curl", CURL, MAY, LAPTOP, "tls-to-client", LOGIN, "believes itself safe"),
    ("tls-to-server-curl", CURL, MAY, LAPTOP, "tls-to-server", LOGIN, "goes on in clear"),
)

POLICIES = table(
    attacked,
    ("late-tls-talk", c.talk(*c.HELLO, c.LOGIN[0], "want", *c.LOGIN, *c.READ, *c.BYE), STRICT, TALKER, "late-tls", TLS,
     "tries twice, the second time it is taken"),
    ("weaken-curl", c.curl("--ssl", "-k"), NONE, LAPTOP, "weaken", LOGIN, "curl prefers CRAM-MD5, and takes what there is",
     (("sasl-downgrade", HISTORY), ABSENT)),
) + table(
    raced,
    ("pop3-race-poplib", POPLIB, MAY, SCRIPT, "race-refusal", ("injected-command", YES), "goes on in clear"),
    ("pop3-race-reset", RECONNECT, MAY, SCRIPT, "race-reset", None, "connects again, in clear"),
)

POP3S = c.curl("-k", "--connect-timeout", "3", *PLAIN, scheme="pop3s")
WHOLE = [
    joined("pop3-opossum", c.s_client(), 995, MAY, CONSOLE, "the command it sends first is the server's first"),
    crossed("alpaca-browser", browser, MAY, LAPTOP, "Dovecot does not know GET"),
    blocked("block-curl", either(at(995, POP3S), CURL), 995, MAY, LAPTOP, LOGIN, "then comes on the other port, in clear"),
    blocked("silent-curl", either(at(995, POP3S), CURL), 995, MAY, LAPTOP, LOGIN, "waits for three seconds, then comes on the other "
            "port, in clear", silent=True),
]

TWICE = table(
    attacked,
    ("withdraw-talk", c.talk(*c.HELLO, *c.HELLO[1:], *c.LOGIN, *c.READ, *c.BYE), MAY, TALKER, "withdraw", LOGIN,
     "offered in the first listing, gone in the second: no word of the dialect says that it stays", (CLEAR_LOGIN, CLEAR_LOGIN)),
)

CASES = HONEST + ATTACKS + POLICIES + WHOLE + TWICE
