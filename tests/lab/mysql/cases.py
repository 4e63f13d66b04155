# SPDX-License-Identifier: GPL-2.0-or-later
"""The MySQL corpus: one row a capture (honest) or a pair of captures (both sides of an attacker)."""
from case import ABSENT, CLEAR, FALLBACK, HISTORY, LEFT, NOTHING, REFUSED_PERM, STALLED, YES
from case import attacked, crossed, honest, table
from mysql import clients as c
from start import browser

# Settings of servers/mariadb.py.
MAY, NONE, STRICT = (10, 3306), (20, 3306), (30, 3306)
# Speakers: 11-19 use TLS wherever it is offered, 21-29 never do.
LAPTOP, DESKTOP, CONSOLE = range(11, 14)
OLD_LAPTOP, MONITOR, PICKY = range(21, 24)

SSL, PLAIN = c.mariadb("--ssl"), c.mariadb("--skip-ssl")
VERIFY = c.mariadb("--ssl", "--ssl-verify-server-cert")
S_CLIENT = c.s_client("-starttls", "mysql")
# A login is a challenge answered: it tells only where the client used TLS before.
DECLINED = ("cleartext-auth-despite-offer", HISTORY)

HONEST = table(
    honest,
    ("upgrade-ssl", SSL, MAY, LAPTOP, "mariadb --ssl: TLS because it is offered"),
    ("upgrade-query", c.mariadb("--ssl", "--compress"), MAY, DESKTOP, "with compression inside TLS"),
    ("upgrade-s_client", S_CLIENT, MAY, CONSOLE, "openssl s_client shakes hands and leaves"),
    ("upgrade-strict", SSL, STRICT, LAPTOP, "a server that demands TLS gets it"),
    ("upgrade-v6", SSL, MAY, LAPTOP, "over IPv6", {"v6": True}),
    ("upgrade-small-segments", SSL, MAY, LAPTOP, "segments of 88 bytes cut the greeting and every record", {"mss": 88}),
    ("declined-plain", PLAIN, MAY, OLD_LAPTOP, "offered, the client never asks; the query quotes other protocols", DECLINED),
    ("upgrade-default", c.mariadb(), MAY, LAPTOP, "what this version of the client does unasked"),
    ("declined-v6", PLAIN, MAY, OLD_LAPTOP, "over IPv6", DECLINED, {"v6": True}),
    ("not-offered-ssl", SSL, NONE, LAPTOP, "the server has no TLS", ABSENT),
    ("not-offered-plain", PLAIN, NONE, OLD_LAPTOP, "the server has no TLS", ABSENT),
    ("not-offered-v6", SSL, NONE, LAPTOP, "over IPv6", ABSENT, {"v6": True}),
    ("not-offered-verify", VERIFY, NONE, PICKY, "the client insists on a certificate", ABSENT),
    ("strict-plain", PLAIN, STRICT, OLD_LAPTOP, "the server refuses the clear login: 3159"),
    ("short-banner", c.talk("want:(?s).{60}"), MAY, MONITOR, "a health check leaves after the greeting"),
    ("rejected-verify", VERIFY, MAY, PICKY, "the client dislikes the certificate"),
)

ATTACKS = table(
    attacked,
    ("strip-ssl", SSL, MAY, LAPTOP, "strip-offer", CLEAR, "goes on in clear or gives up", (ABSENT, DECLINED)),
    ("strip-verify", VERIFY, MAY, DESKTOP, "strip-offer", LEFT, "gives up"),
    ("strip-v6", SSL, MAY, LAPTOP, "strip-offer", CLEAR, "over IPv6", (ABSENT, DECLINED), {"v6": True}),
    ("strip-strict", SSL, STRICT, LAPTOP, "strip-offer", LEFT, "the server refuses the clear login"),
    ("refuse-ssl", SSL, MAY, LAPTOP, "refuse-perm", LEFT, "gives up"),
    ("refuse-s_client", S_CLIENT, MAY, CONSOLE, "refuse-perm", LEFT, "gives up"),
    ("swallow-ssl", SSL, MAY, LAPTOP, "swallow", LEFT, "the server takes the ClientHello for a bad handshake",
     ((REFUSED_PERM, HISTORY), NOTHING)),
    ("reset-request-ssl", SSL, MAY, LAPTOP, "reset-request", LEFT, "gives up: all that is seen is a client that "
     "leaves", (NOTHING, NOTHING)),
    ("reset-hello-ssl", SSL, MAY, LAPTOP, "reset-hello", LEFT, "gives up", (STALLED, NOTHING)),
    ("alert-hello-ssl", SSL, MAY, LAPTOP, "alert-hello", LEFT, "gives up", (STALLED, NOTHING)),
    ("garble-hello-ssl", SSL, MAY, LAPTOP, "garble-hello", LEFT, "gives up", ((REFUSED_PERM, HISTORY),) * 2),
    ("flip-hello-ssl", SSL, MAY, LAPTOP, "flip-hello", LEFT, "gives up", (NOTHING, NOTHING)),
    ("inject-command-ssl", SSL, MAY, LAPTOP, "inject-command", LEFT, "the server breaks off",
     ((REFUSED_PERM, HISTORY), ("injected-command", YES))),
)

BOTH = c.either(SSL, PLAIN)
POLICIES = table(
    attacked,
    ("reset-hello-both", BOTH, MAY, DESKTOP, "reset-hello", CLEAR, "a script that comes back in clear", ((FALLBACK, YES), DECLINED)),
    ("alert-hello-both", BOTH, MAY, DESKTOP, "alert-hello", CLEAR, "a script that comes back in clear", ((FALLBACK, YES), DECLINED)),
    ("garble-hello-both", BOTH, MAY, DESKTOP, "garble-hello", CLEAR, "a script that comes back in clear",
     ((REFUSED_PERM, YES),) * 2),
    ("flip-hello-both", BOTH, MAY, DESKTOP, "flip-hello", CLEAR, "a script that comes back in clear"),
    ("tls-to-client-ssl", SSL, MAY, LAPTOP, "tls-to-client", CLEAR, "believes itself safe", (NOTHING, DECLINED)),
    ("tls-to-server-ssl", SSL, MAY, LAPTOP, "tls-to-server", CLEAR, "goes on in clear"),
)

WHOLE = [
    crossed("alpaca-browser", browser, MAY, DESKTOP, "MariaDB hangs up on GET"),
]

CASES = HONEST + ATTACKS + POLICIES + WHOLE
