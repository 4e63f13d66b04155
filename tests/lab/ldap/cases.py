# SPDX-License-Identifier: GPL-2.0-or-later
"""The LDAP corpus: one row a capture (honest) or a pair of captures (both sides of an attacker)."""
from case import FALLBACK
from case import ABSENT, CLEAR_LOGIN, HISTORY, LEFT, LOGIN, NOTHING, REFUSED_PERM, REFUSED_TEMP
from case import TLS, UNLISTED_LOGIN, UNUSED, VIOLATED, YES
from case import attacked, blocked, crossed, honest, joined, raced, table
from ldap import clients as c
from start import at, browser, either

# Settings of servers/slapd.py.
MAY, NONE, STRICT, IMPLICIT = (10, 389), (20, 389), (30, 389), (10, 636)
# Speakers: 11-19 use TLS wherever it is to be had, 21-29 never do.
LAPTOP, DESKTOP, CONSOLE, PADLOCK, TALKER, PROBER = range(11, 17)
OLD_LAPTOP, MONITOR, PICKY, GUEST, OLD_TALKER = range(21, 26)

TRY, INSIST, PLAIN = c.ldapsearch("-Z"), c.ldapsearch("-ZZ"), c.ldapsearch()
S_CLIENT = c.s_client("-starttls", "ldap", stdin=c.UNBIND)
UPGRADE = (*c.ROOT, *c.ASK, "tls", *c.LOGIN, *c.READ, *c.BYE)

HONEST = table(
    honest,
    ("upgrade-try", TRY, MAY, LAPTOP, "ldapsearch -Z asks without a listing, and goes on if it is refused"),
    ("upgrade-insist", INSIST, MAY, DESKTOP, "ldapsearch -ZZ: TLS or nothing"),
    ("upgrade-s_client", S_CLIENT, MAY, CONSOLE, "openssl s_client shakes hands and leaves"),
    ("upgrade-gnutls", c.gnutls("ldap", stdin=c.UNBIND), MAY, PADLOCK, "gnutls-cli"),
    ("upgrade-listing", c.talk(*UPGRADE), MAY, TALKER, "reads the root entry first; login and search inside TLS"),
    ("upgrade-strict", INSIST, STRICT, DESKTOP, "a server that demands TLS gets it"),
    ("upgrade-v6", INSIST, MAY, DESKTOP, "over IPv6", {"v6": True}),
    ("upgrade-small-segments", INSIST, MAY, DESKTOP, "segments of 88 bytes cut every record", {"mss": 88}),
    ("declined-plain", PLAIN, MAY, OLD_LAPTOP, "neither listing nor TLS: the password in clear", UNLISTED_LOGIN),
    ("declined-listing", c.talk(*c.ROOT, *c.LOGIN, *c.READ, *c.BYE), MAY, OLD_TALKER,
     "offered, the client never asks; values quote the protocol", CLEAR_LOGIN),
    ("declined-anonymous", c.ldapsearch(binds=False), MAY, GUEST, "an anonymous search: no secret"),
    ("declined-small-segments", PLAIN, MAY, OLD_LAPTOP, "segments of 88 bytes cut messages", UNLISTED_LOGIN, {"mss": 88}),
    ("declined-v6", PLAIN, MAY, OLD_LAPTOP, "over IPv6", UNLISTED_LOGIN, {"v6": True}),
    ("not-offered-plain", PLAIN, NONE, OLD_LAPTOP, "neither asked for nor to be had", UNLISTED_LOGIN),
    ("not-offered-listing", c.talk(*c.ROOT, *c.LOGIN, *c.READ, *c.BYE), NONE, TALKER, "a listing without it", ABSENT),
    ("not-offered-try", TRY, NONE, LAPTOP, "protocolError, and the password goes out in clear", (REFUSED_PERM, HISTORY)),
    ("not-offered-insist", INSIST, NONE, DESKTOP, "protocolError, and the client leaves", (REFUSED_PERM, HISTORY)),
    ("not-offered-v6", TRY, NONE, LAPTOP, "over IPv6", (REFUSED_PERM, HISTORY), {"v6": True}),
    ("strict-plain", PLAIN, STRICT, OLD_LAPTOP, "confidentialityRequired: the login in clear is refused, but the "
     "password has crossed", UNLISTED_LOGIN),
    ("short-listing", c.talk(*c.ROOT, *c.BYE), MAY, MONITOR, "a health check reads the root entry"),
    ("short-go-close", c.talk(*c.ASK), MAY, PROBER, "StartTLS, success, gone", UNUSED),
    ("rejected-insist", c.strict_ldapsearch("-ZZ"), MAY, PICKY, "the client dislikes the certificate"),
)

CLEAR_TALK = c.talk(*c.ROOT, c.ASK[0], c.ASK[1].replace("want", "maybe"), *c.LOGIN, *c.READ, *c.BYE)
OLD_TALK = c.talk(*c.ROOT, *c.LOGIN, *c.READ, *c.BYE)
ATTACKS = table(
    attacked,
    ("strip-talk", OLD_TALK, MAY, TALKER, "strip-offer", LOGIN, "goes on in clear"),
    ("strip-upgrade-talk", c.talk(*UPGRADE), MAY, TALKER, "strip-offer", TLS, "asks all the same"),
    ("strip-v6", OLD_TALK, MAY, TALKER, "strip-offer", LOGIN, "over IPv6", {"v6": True}),
    ("refuse-52-try", TRY, MAY, LAPTOP, "refuse-temp", LOGIN, "goes on in clear; no listing was seen",
     ((REFUSED_TEMP, HISTORY), UNLISTED_LOGIN)),
    ("refuse-51-talk", CLEAR_TALK, MAY, TALKER, "refuse-busy", LOGIN, "goes on in clear"),
    ("refuse-2-try", TRY, MAY, LAPTOP, "refuse-perm", LOGIN, "goes on in clear; no listing was seen",
     ((REFUSED_PERM, HISTORY), UNLISTED_LOGIN)),
    ("refuse-2-talk", CLEAR_TALK, MAY, TALKER, "refuse-perm", LOGIN, "goes on in clear"),
    ("refuse-52-insist", INSIST, MAY, DESKTOP, "refuse-temp", LEFT, "gives up"),
    ("refuse-52-s_client", S_CLIENT, MAY, CONSOLE, "refuse-temp", LEFT, "gives up"),
    ("redirect-try", TRY, MAY, LAPTOP, "redirect", LOGIN, "goes on in clear", (("cleartext-redirect", YES), UNLISTED_LOGIN)),
    ("swallow-talk", CLEAR_TALK, MAY, TALKER, "swallow", LOGIN, "waits, then goes on in clear"),
    ("accept-clear-talk", CLEAR_TALK, MAY, TALKER, "accept-clear", LOGIN, "a careless client that takes success for done"),
    ("reset-request-try", TRY, MAY, LAPTOP, "reset-request", LEFT, "gives up"),
    ("reset-hello-try", TRY, MAY, LAPTOP, "reset-hello", LEFT, "gives up"),
    ("alert-hello-try", TRY, MAY, LAPTOP, "alert-hello", LEFT, "gives up"),
    ("garble-hello-try", TRY, MAY, LAPTOP, "garble-hello", LEFT, "gives up"),
    ("flip-hello-try", TRY, MAY, LAPTOP, "flip-hello", LEFT, "gives up", (NOTHING, NOTHING)),
    ("inject-command-talk", c.talk(*c.ROOT, *c.ASK, "tls"), MAY, TALKER, "inject-command", TLS,
     "notices nothing"),
    ("inject-response-insist", INSIST, MAY, DESKTOP, "inject-response", TLS, "shakes hands all the same"),
    ("tls-to-client-insist", INSIST, MAY, DESKTOP, "tls-to-client", LOGIN, "believes itself safe",
     (NOTHING, UNLISTED_LOGIN)),
    ("tls-to-server-talk", OLD_TALK, MAY, TALKER, "tls-to-server", LOGIN, "goes on in clear"),
)

BOTH = c.either(INSIST, PLAIN)
POLICIES = table(
    attacked,
    ("late-tls-talk", c.talk(*c.LOGIN, *c.LOGIN, *c.READ, *c.BYE), STRICT, TALKER, "late-tls", LOGIN,
     "says the password twice, the second time it is taken", (VIOLATED, UNLISTED_LOGIN)),
    ("reset-hello-both", BOTH, MAY, DESKTOP, "reset-hello", LOGIN, "a script that comes back in clear"),
    ("alert-hello-both", BOTH, MAY, DESKTOP, "alert-hello", LOGIN, "a script that comes back in clear",
     ((FALLBACK, YES), UNLISTED_LOGIN)),
    ("garble-hello-both", BOTH, MAY, DESKTOP, "garble-hello", LOGIN, "a script that comes back in clear"),
    ("invalid-talk", c.talk(*c.ROOT, *c.ASK, *c.LOGIN, *c.READ, *c.BYE), MAY, TALKER, "invalid", LOGIN,
     "a careless client that does not look for whom it is"),
) + table(
    raced,
    ("ldap-race-try", TRY, MAY, LAPTOP, "race-refusal", ("injected-command", YES), "goes on in clear"),
    ("ldap-race-reset", BOTH, MAY, DESKTOP, "race-reset", None, "a script that comes back in clear"),
)

LDAPS = c.ldapsearch(scheme="ldaps")
WHOLE = [honest("implicit-" + name, client, IMPLICIT, speaker, "TLS from the first byte") for name, client, speaker in (
    ("ldapsearch", LDAPS, LAPTOP), ("s_client", c.s_client(stdin=c.UNBIND), CONSOLE))] + [
    blocked("block-ldapsearch", either(at(636, LDAPS), PLAIN), 636, MAY, LAPTOP, LOGIN, "then comes on the other port, in clear",
            sees=(("port-downgrade", HISTORY), UNLISTED_LOGIN)),
    joined("ldap-opossum", c.s_client(stdin=c.UNBIND), 636, MAY, CONSOLE, "the message it sends first is the server's first"),
    crossed("alpaca-browser", browser, MAY, DESKTOP, "slapd hangs up on GET"),
]

CASES = HONEST + ATTACKS + POLICIES + WHOLE
