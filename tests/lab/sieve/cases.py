# SPDX-License-Identifier: GPL-2.0-or-later
"""The ManageSieve corpus: one row a capture (honest) or a pair of captures (both sides of an attacker)."""
from case import ABSENT, CLEAR_LOGIN, CONTRADICTION, HISTORY, LEFT, LOGIN, REFUSED_PERM
from case import STALLED, TLS, UNUSED, YES
from case import attacked, crossed, honest, raced, table
from sieve import clients as c
from start import browser

# Settings of servers/dovecot.py.
MAY, NONE, STRICT = (10, 4190), (20, 4190), (30, 4190)
# Speakers: 11-19 use TLS wherever it is offered, 21-29 never do.
SCRIPT, CONSOLE, PADLOCK, TALKER, PROBER = range(11, 16)
OLD_SCRIPT, MONITOR = range(21, 23)

CLIENT, REQUIRED, RECONNECT = (c.sieve_client(habit) for habit in ("opportunistic", "required", "reconnect"))
S_CLIENT = c.s_client("-starttls", "sieve", stdin="LOGOUT\n")
GNUTLS = c.gnutls("sieve", stdin="LOGOUT\n")

HONEST = table(
    honest,
    ("upgrade-client", CLIENT, MAY, SCRIPT, "TLS because it is offered"),
    ("upgrade-required", REQUIRED, MAY, SCRIPT, "TLS or nothing"),
    ("upgrade-s_client", S_CLIENT, MAY, CONSOLE, "openssl s_client, then LOGOUT inside TLS"),
    ("upgrade-gnutls", GNUTLS, MAY, PADLOCK, "gnutls-cli"),
    ("upgrade-lowercase", c.talk(*c.HELLO, "say:StartTls", "want", "tls", "want", *c.LOGIN, *c.BYE), MAY, TALKER,
     "the verb in mixed case; the login inside TLS"),
    ("upgrade-strict", CLIENT, STRICT, SCRIPT, "a server that demands TLS gets it"),
    ("upgrade-v6", CLIENT, MAY, SCRIPT, "over IPv6", {"v6": True}),
    ("upgrade-small-segments", CLIENT, MAY, SCRIPT, "segments of 88 bytes cut every line and record", {"mss": 88}),
    ("declined-client", c.sieve_client("never"), MAY, OLD_SCRIPT, "offered, the client never asks: the password in "
     "clear", CLEAR_LOGIN),
    ("declined-quoting", c.talk(*c.HELLO, *c.LOGIN, *c.PUT, *c.BYE), MAY, OLD_SCRIPT,
     "scripts in both directions quote the protocol; nothing in them is protocol", CLEAR_LOGIN),
    ("declined-v6", c.sieve_client("never"), MAY, OLD_SCRIPT, "over IPv6", CLEAR_LOGIN, {"v6": True}),
    ("not-offered-client", CLIENT, NONE, SCRIPT, "the server has no TLS: the password in clear", ABSENT),
    ("not-offered-quoting", c.talk(*c.HELLO, *c.LOGIN, *c.PUT, *c.BYE), NONE, TALKER, "a script quotes an offer", ABSENT),
    ("not-offered-asked", c.talk(*c.HELLO, *c.ASK, *c.BYE), NONE, TALKER, "asked without an offer, refused, gone",
     (REFUSED_PERM, HISTORY)),
    ("not-offered-v6", CLIENT, NONE, SCRIPT, "over IPv6", ABSENT, {"v6": True}),
    ("strict-login", c.sieve_client("never"), STRICT, OLD_SCRIPT, "NO (ENCRYPT-NEEDED): the login in clear is refused, "
     "but the password has crossed", CLEAR_LOGIN),
    ("short-banner", c.talk("want"), MAY, MONITOR, "a health check leaves after the greeting"),
    ("short-listing", c.talk("want", "say:CAPABILITY", "want", *c.BYE), MAY, MONITOR, "a health check asks once more"),
    ("short-go-close", c.talk(*c.HELLO, *c.ASK), MAY, PROBER, "STARTTLS, OK, gone", UNUSED),
)

CLEAR_TALK = c.talk(*c.HELLO, "say:STARTTLS", "maybe:^.*\\n", *c.LOGIN, *c.PUT, *c.BYE)
ATTACKS = table(
    attacked,
    ("strip-client", CLIENT, MAY, SCRIPT, "strip-offer", LOGIN, "goes on in clear"),
    ("strip-required", REQUIRED, MAY, SCRIPT, "strip-offer", TLS, "asks all the same, and gets what the listing lacked"),
    ("strip-s_client", S_CLIENT, MAY, CONSOLE, "strip-offer", TLS,
     "asks all the same, and gets what the listing lacked"),
    ("strip-strict", CLIENT, STRICT, SCRIPT, "strip-offer", LOGIN,
     "an empty list of mechanisms without an offer contradicts itself", (CONTRADICTION, CLEAR_LOGIN)),
    ("strip-v6", CLIENT, MAY, SCRIPT, "strip-offer", LOGIN, "over IPv6", {"v6": True}),
    ("withdraw-talk", c.talk("want", "say:CAPABILITY", "want", *c.LOGIN, *c.PUT, *c.BYE), MAY, TALKER, "withdraw", LOGIN,
     "offered in the greeting, gone in the listing"),
    ("mask-client", CLIENT, MAY, SCRIPT, "mask", LOGIN, "goes on in clear"),
    ("corrupt-client", CLIENT, MAY, SCRIPT, "corrupt", LOGIN, "goes on in clear"),
    ("refuse-temp-client", CLIENT, MAY, SCRIPT, "refuse-temp", LOGIN, "goes on in clear"),
    ("refuse-temp-required", REQUIRED, MAY, SCRIPT, "refuse-temp", LEFT, "gives up"),
    ("refuse-temp-s_client", S_CLIENT, MAY, CONSOLE, "refuse-temp", LEFT, "gives up or shakes hands all the same"),
    ("refuse-perm-client", CLIENT, MAY, SCRIPT, "refuse-perm", LOGIN, "goes on in clear"),
    ("invalid-client", CLIENT, MAY, SCRIPT, "invalid", LOGIN, "takes 220 for a refusal"),
    ("swallow-talk", CLEAR_TALK, MAY, TALKER, "swallow", LOGIN, "waits, then goes on in clear"),
    ("overwrite-client", CLIENT, MAY, SCRIPT, "overwrite", LOGIN, "goes on in clear"),
    ("accept-clear-talk", CLEAR_TALK, MAY, TALKER, "accept-clear", LOGIN, "a careless client that takes OK for done"),
    ("reset-request-client", RECONNECT, MAY, SCRIPT, "reset-request", LOGIN, "connects again, in clear"),
    ("reset-hello-client", RECONNECT, MAY, SCRIPT, "reset-hello", LOGIN, "comes back in clear"),
    ("reset-hello-s_client", S_CLIENT, MAY, CONSOLE, "reset-hello", LEFT, "gives up"),
    ("alert-hello-client", RECONNECT, MAY, SCRIPT, "alert-hello", LOGIN, "comes back in clear"),
    ("alert-hello-gnutls", GNUTLS, MAY, PADLOCK, "alert-hello", LEFT, "gives up"),
    ("garble-hello-client", RECONNECT, MAY, SCRIPT, "garble-hello", LOGIN, "comes back in clear"),
    ("flip-hello-client", RECONNECT, MAY, SCRIPT, "flip-hello", LOGIN, "comes back in clear"),
    ("inject-command-client", REQUIRED, MAY, SCRIPT, "inject-command", LEFT, "the server breaks off",
     (STALLED, ("injected-command", YES))),
    ("inject-response-s_client", S_CLIENT, MAY, CONSOLE, "inject-response", TLS, "takes the forged reply for a real one"),
    ("tls-to-client-client", REQUIRED, MAY, SCRIPT, "tls-to-client", LOGIN, "believes itself safe"),
    ("tls-to-server-client", CLIENT, MAY, SCRIPT, "tls-to-server", LOGIN, "goes on in clear"),
)

POLICIES = table(
    attacked,
    ("late-tls-talk", c.talk("want", 'say:AUTHENTICATE "PLAIN"', "want", *c.LOGIN, *c.PUT, *c.BYE), STRICT, TALKER, "late-tls", TLS,
     "tries twice, the second time it is taken"),
    ("weaken-client", CLIENT, NONE, SCRIPT, "weaken", LOGIN, "nothing else to choose from", (("sasl-downgrade", HISTORY), ABSENT)),
    ("redirect-client", CLIENT, MAY, SCRIPT, "redirect", LOGIN, "goes on in clear"),
) + table(
    raced,
    ("sieve-race-client", CLIENT, MAY, SCRIPT, "race-refusal", ("injected-command", YES), "goes on in clear"),
    ("sieve-race-reset", RECONNECT, MAY, SCRIPT, "race-reset", None, "connects again, in clear"),
)

WHOLE = [
    crossed("alpaca-browser", browser, MAY, CONSOLE, "Dovecot does not know GET"),
]

CASES = HONEST + ATTACKS + POLICIES + WHOLE
