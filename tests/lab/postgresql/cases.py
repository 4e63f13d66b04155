# SPDX-License-Identifier: GPL-2.0-or-later
"""The PostgreSQL corpus: one row a capture (honest) or a pair of captures (both sides of an attacker)."""
from case import HISTORY, LEFT, LOGIN, NOTHING, REFUSED_PERM, SWALLOWED, TLS, UNLISTED_LOGIN, UNUSED, YES
from case import attacked, crossed, honest, raced, table
from postgresql import clients as c
from start import browser

# Settings of servers/postgres.py.
MAY, NONE, STRICT, SCRAM = (10, 5432), (20, 5432), (30, 5432), (40, 5432)
# Speakers: 11-19 use TLS wherever it is to be had, 21-29 never do.
LAPTOP, DESKTOP, CONSOLE, TALKER, PROBER = range(11, 16)
OLD_LAPTOP, MONITOR, PICKY, GUESSER = range(21, 25)

PREFER, REQUIRE, DISABLE = c.psql("prefer"), c.psql("require"), c.psql("disable")
S_CLIENT = c.s_client("-starttls", "postgres")
REFUSED = (REFUSED_PERM, HISTORY)

HONEST = table(
    honest,
    ("upgrade-prefer", PREFER, MAY, LAPTOP, "sslmode=prefer, what everybody has"),
    ("upgrade-require", REQUIRE, MAY, DESKTOP, "sslmode=require"),
    ("upgrade-gss", c.psql("prefer", "prefer"), MAY, LAPTOP, "without a ticket, GSSENCRequest is not even sent"),
    ("upgrade-allow-strict", c.psql("allow"), STRICT, LAPTOP, "sslmode=allow tries in clear first, is refused, and comes "
     "back with TLS"),
    ("upgrade-s_client", S_CLIENT, MAY, CONSOLE, "openssl s_client shakes hands and leaves"),
    ("upgrade-talk", c.talk(c.REQUEST, "want:^S", "tls", *c.LOGIN, *c.BYE), MAY, TALKER, "the scripted client"),
    ("upgrade-scram", PREFER, SCRAM, LAPTOP, "a server that asks for SCRAM"),
    ("upgrade-strict", PREFER, STRICT, LAPTOP, "a server that demands TLS gets it"),
    ("upgrade-v6", PREFER, MAY, LAPTOP, "over IPv6", {"v6": True}),
    ("upgrade-small-segments", PREFER, MAY, LAPTOP, "segments of 88 bytes cut every record", {"mss": 88}),
    ("declined-disable", DISABLE, MAY, OLD_LAPTOP, "sslmode=disable: the password in clear; the query quotes words of "
     "other protocols", UNLISTED_LOGIN),
    ("declined-allow", c.psql("allow"), MAY, OLD_LAPTOP, "sslmode=allow: clear is tried first, and does", UNLISTED_LOGIN),
    ("declined-scram", DISABLE, SCRAM, OLD_LAPTOP, "SCRAM in clear: no recoverable secret"),
    ("declined-v6", DISABLE, MAY, OLD_LAPTOP, "over IPv6", UNLISTED_LOGIN, {"v6": True}),
    ("not-offered-prefer", PREFER, NONE, LAPTOP, "N, and the password goes out in clear", REFUSED),
    ("not-offered-require", REQUIRE, NONE, DESKTOP, "N, and the client leaves", REFUSED),
    ("not-offered-disable", DISABLE, NONE, OLD_LAPTOP, "neither asked for nor to be had", UNLISTED_LOGIN),
    ("not-offered-v6", PREFER, NONE, LAPTOP, "over IPv6", REFUSED, {"v6": True}),
    ("strict-disable", DISABLE, STRICT, OLD_LAPTOP, "the server refuses the clear connection before a password is asked for"),
    ("short-go-close", c.talk(c.REQUEST, "want:^S"), MAY, PROBER, "SSLRequest, S, gone", UNUSED),
    ("short-nothing", c.talk("abort"), MAY, MONITOR, "a probe connects and closes with RST"),
    ("rejected-verify", c.psql("verify-full"), MAY, PICKY, "libpq finishes the handshake, dislikes the name, and leaves"),
)

CLEAR_TALK = c.talk(c.REQUEST, "maybe:^[SNE]", *c.LOGIN, *c.BYE)
ATTACKS = table(
    attacked,
    ("refuse-prefer", PREFER, MAY, LAPTOP, "refuse-perm", LOGIN, "goes on in clear", (REFUSED, UNLISTED_LOGIN)),
    ("refuse-require", REQUIRE, MAY, DESKTOP, "refuse-perm", LEFT, "gives up"),
    ("refuse-scram", PREFER, SCRAM, LAPTOP, "refuse-perm", LOGIN, "goes on in clear, with a challenge", (REFUSED, NOTHING)),
    ("refuse-v6", PREFER, MAY, LAPTOP, "refuse-perm", LOGIN, "over IPv6", (REFUSED, UNLISTED_LOGIN), {"v6": True}),
    ("refuse-strict", PREFER, STRICT, LAPTOP, "refuse-perm", LEFT, "the server refuses what the client then says in clear"),
    ("error-prefer", PREFER, MAY, LAPTOP, "invalid", LEFT, "gives up",
     (("request-invalid-reply", HISTORY), NOTHING)),
    ("error-require", REQUIRE, MAY, DESKTOP, "invalid", LEFT, "gives up",
     (("request-invalid-reply", HISTORY), NOTHING)),
    ("invalid-byte-prefer", PREFER, MAY, LAPTOP, "invalid-byte", LEFT, "gives up"),
    ("swallow-talk", CLEAR_TALK, MAY, TALKER, "swallow", LOGIN, "waits, then goes on in clear", ((SWALLOWED, HISTORY),
     UNLISTED_LOGIN)),
    ("swallow-prefer", PREFER, MAY, LAPTOP, "swallow", LEFT, "waits, then leaves"),
    ("accept-clear-talk", CLEAR_TALK, MAY, TALKER, "accept-clear", LOGIN, "a careless client that takes S for done",
     (("plaintext-after-accept", YES), UNLISTED_LOGIN)),
    ("reset-request-prefer", PREFER, MAY, LAPTOP, "reset-request", LEFT, "gives up"),
    ("reset-hello-prefer", PREFER, MAY, LAPTOP, "reset-hello", LOGIN, "comes back in clear"),
    ("reset-hello-require", REQUIRE, MAY, DESKTOP, "reset-hello", LEFT, "gives up"),
    ("alert-hello-prefer", PREFER, MAY, LAPTOP, "alert-hello", LOGIN, "comes back in clear",
     (("handshake-failed-fallback", YES), UNLISTED_LOGIN)),
    ("garble-hello-prefer", PREFER, MAY, LAPTOP, "garble-hello", LOGIN, "comes back in clear"),
    ("flip-hello-prefer", PREFER, MAY, LAPTOP, "flip-hello", LOGIN, "comes back in clear"),
    ("inject-command-require", REQUIRE, MAY, DESKTOP, "inject-command", LEFT, "the server notices, and says so inside TLS",
     (NOTHING, ("injected-command", YES))),
    ("inject-response-prefer", PREFER, MAY, LAPTOP, "inject-response", TLS, "shakes hands, then notices, and leaves"),
    ("tls-to-client-prefer", PREFER, MAY, LAPTOP, "tls-to-client", LOGIN, "believes itself safe", (NOTHING, UNLISTED_LOGIN)),
    ("tls-to-server-prefer", PREFER, MAY, LAPTOP, "tls-to-server", LOGIN, "goes on in clear", (REFUSED, NOTHING)),
)

POLICIES = table(
    raced,
    ("postgresql-race-prefer", PREFER, MAY, LAPTOP, "race-refusal", ("injected-command", YES),
     "goes on in clear"),
    ("postgresql-race-reset", PREFER, MAY, LAPTOP, "race-reset", None, "gives up"),
)

WHOLE = [
    crossed("alpaca-browser", browser, MAY, DESKTOP, "PostgreSQL hangs up on GET"),
]

CASES = HONEST + ATTACKS + POLICIES + WHOLE
