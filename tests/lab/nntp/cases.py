# SPDX-License-Identifier: GPL-2.0-or-later
"""The NNTP corpus: one row a capture (honest) or a pair of captures (both sides of an attacker)."""
from case import CLEAR, CLEAR_LOGIN, DECLINED, FALLBACK, HISTORY, LEFT, LOGIN, NO_LISTING, REFUSED_PERM, TLS, UNLISTED_LOGIN
from case import UNUSED, YES
from case import attacked, crossed, honest, joined, raced, table
from nntp import clients as c
from start import browser

# Settings of servers/inn.py. Without a certificate INN lists STARTTLS all the same, and answers 580.
MAY, BROKEN, STRICT = (10, 119), (20, 119), (30, 119)
# Speakers: 11-19 use TLS wherever it is offered, 21-29 never do.
SCRIPT, READER, CONSOLE, TALKER, PROBER = range(11, 16)
OLD_SCRIPT, OLD_READER, OLD_TALKER, MONITOR = range(21, 25)

NNTPLIB, READS, RECONNECT = c.nntplib("opportunistic"), c.nntplib("opportunistic", reader=True), c.nntplib("reconnect")
REQUIRED, NEVER, NEVER_READS = c.nntplib("required"), c.nntplib("never"), c.nntplib("never", reader=True)
S_CLIENT = c.s_client("-starttls", "nntp")
IN_CLEAR = (*c.LOGIN, *c.READ, *c.BYE)

HONEST = table(
    honest,
    ("upgrade-nntplib", NNTPLIB, MAY, SCRIPT, "Python's nntplib: TLS because it is offered"),
    ("upgrade-reader", READS, MAY, READER, "reads without a login"),
    ("upgrade-required", REQUIRED, MAY, SCRIPT, "TLS or nothing"),
    ("upgrade-s_client", S_CLIENT, MAY, CONSOLE, "openssl s_client, then QUIT inside TLS"),
    ("upgrade-talk", c.talk(*c.HELLO, "say:StartTls", "want", "tls", *IN_CLEAR), MAY, TALKER, "the verb in mixed case"),
    ("upgrade-unasked", c.talk("want", *c.ASK, "tls", *c.READ, *c.BYE), MAY, TALKER, "asked without a listing"),
    ("upgrade-slow", c.talk("want", "slow:30", "say:CAPABILITIES", c.DOT, *c.ASK, "tls", *c.BYE), MAY, TALKER, "byte by byte",
     {"tshark_blind": ("hello", "server_hello")}),
    ("upgrade-strict", NNTPLIB, STRICT, SCRIPT, "a server whose logins demand TLS gets it"),
    ("upgrade-v6", NNTPLIB, MAY, SCRIPT, "over IPv6", {"v6": True}),
    ("upgrade-vlan", NNTPLIB, MAY, SCRIPT, "as a trunk port mirrors it: VLAN 10", {"vlans": (10,)}),
    ("upgrade-small-segments", NNTPLIB, MAY, SCRIPT, "segments of 88 bytes cut every line and record", {"mss": 88}),
    ("declined-nntplib", NEVER, MAY, OLD_SCRIPT, "offered in the listing, the client never asks: the password in clear", CLEAR_LOGIN),
    ("declined-reader", NEVER_READS, MAY, OLD_READER, "news is read in clear; the article quotes the protocol", DECLINED),
    ("declined-pipelined", c.talk(*c.HELLO, *c.PIPELINE, *c.BYE), MAY, OLD_TALKER, "four commands in one segment", DECLINED),
    ("declined-unlisted", c.talk("want", *IN_CLEAR), MAY, OLD_TALKER, "no listing was asked for: the password in clear",
     UNLISTED_LOGIN),
    ("declined-after-login", c.talk(*c.HELLO, *c.LOGIN, "say:CAPABILITIES", c.DOT, *c.ASK, *c.READ, *c.BYE), MAY, OLD_TALKER,
     "behind the login the listing lacks the label, and the request is refused, as it must be", CLEAR_LOGIN),
    ("declined-small-segments", NEVER, MAY, OLD_SCRIPT, "segments of 88 bytes cut every line", CLEAR_LOGIN, {"mss": 88}),
    ("declined-v6", NEVER, MAY, OLD_SCRIPT, "over IPv6", CLEAR_LOGIN, {"v6": True}),
    ("broken-nntplib", NNTPLIB, BROKEN, SCRIPT, "listed, and refused for want of a certificate: the password in clear",
     (REFUSED_PERM, YES)),
    ("broken-required", REQUIRED, BROKEN, SCRIPT, "listed, and refused for want of a certificate: the client leaves",
     (REFUSED_PERM, HISTORY)),
    ("broken-reader", NEVER_READS, BROKEN, OLD_READER, "nobody asks", DECLINED),
    ("strict-nntplib", NEVER, STRICT, OLD_SCRIPT, "483 to a login in clear, before the password is said"),
    ("strict-reader", NEVER_READS, STRICT, OLD_READER, "only logins demand TLS; reading does not", DECLINED),
    ("wrong-password", c.talk(*c.HELLO, *c.LOGIN[:2], "say:AUTHINFO PASS false", "want", *c.BYE), MAY, OLD_TALKER,
     "a password that is wrong tells nothing to anybody"),
    ("short-greeting", c.talk("want", *c.BYE), MAY, MONITOR, "a health check leaves after the greeting"),
    ("short-listing", c.talk(*c.HELLO, *c.BYE), MAY, MONITOR, "a health check leaves after the listing"),
    ("short-go-close", c.talk(*c.HELLO, *c.ASK), MAY, PROBER, "STARTTLS, 382, gone", UNUSED),
)

CLEAR_TALK = c.talk(*c.HELLO, "say:STARTTLS", "maybe:^.*\\n", *IN_CLEAR)
ATTACKS = table(
    attacked,
    ("strip-nntplib", NNTPLIB, MAY, SCRIPT, "strip-offer", LOGIN, "goes on in clear"),
    ("strip-reader", READS, MAY, READER, "strip-offer", CLEAR, "goes on in clear"),
    ("strip-required", REQUIRED, MAY, SCRIPT, "strip-offer", TLS, "asks all the same"),
    ("strip-s_client", S_CLIENT, MAY, CONSOLE, "strip-offer", TLS, "asks all the same"),
    ("strip-v6", NNTPLIB, MAY, SCRIPT, "strip-offer", LOGIN, "over IPv6", {"v6": True}),
    ("mask-nntplib", NNTPLIB, MAY, SCRIPT, "mask", LOGIN, "goes on in clear"),
    ("corrupt-nntplib", NNTPLIB, MAY, SCRIPT, "corrupt", LOGIN, "goes on in clear"),
    ("refuse-listing-nntplib", NNTPLIB, MAY, SCRIPT, "refuse-listing", LOGIN, "goes on in clear",
     (NO_LISTING, UNLISTED_LOGIN)),
    ("mask-listing-nntplib", NNTPLIB, MAY, SCRIPT, "mask-listing", LOGIN, "goes on in clear"),
    ("refuse-580-nntplib", NNTPLIB, MAY, SCRIPT, "refuse-perm", LOGIN, "goes on in clear"),
    ("refuse-580-required", REQUIRED, MAY, SCRIPT, "refuse-perm", LEFT, "gives up"),
    ("refuse-580-s_client", S_CLIENT, MAY, CONSOLE, "refuse-perm", LEFT, "gives up"),
    ("refuse-403-reader", READS, MAY, READER, "refuse-temp", CLEAR, "goes on in clear"),
    ("invalid-483-nntplib", NNTPLIB, MAY, SCRIPT, "invalid", LOGIN, "goes on in clear"),
    ("swallow-talk", CLEAR_TALK, MAY, TALKER, "swallow", LOGIN, "waits, then goes on in clear"),
    ("overwrite-nntplib", NNTPLIB, MAY, SCRIPT, "overwrite", LOGIN, "goes on in clear"),
    ("accept-clear-talk", CLEAR_TALK, MAY, TALKER, "accept-clear", LOGIN, "a careless client that takes 382 for done"),
    ("reset-request-nntplib", RECONNECT, MAY, SCRIPT, "reset-request", LOGIN, "a script that connects again, in clear"),
    ("reset-hello-nntplib", RECONNECT, MAY, SCRIPT, "reset-hello", LOGIN, "a script that connects again, in clear"),
    ("reset-hello-s_client", S_CLIENT, MAY, CONSOLE, "reset-hello", LEFT, "gives up"),
    ("alert-hello-nntplib", RECONNECT, MAY, SCRIPT, "alert-hello", LOGIN, "a script that connects again, in clear",
     ((FALLBACK, YES), (FALLBACK, YES))),
    ("alert-hello-s_client", S_CLIENT, MAY, CONSOLE, "alert-hello", LEFT, "gives up"),
    ("garble-hello-nntplib", RECONNECT, MAY, SCRIPT, "garble-hello", LOGIN, "a script that connects again, in clear"),
    ("flip-hello-nntplib", RECONNECT, MAY, SCRIPT, "flip-hello", LOGIN, "a script that connects again, in clear"),
    ("inject-command-nntplib", REQUIRED, MAY, SCRIPT, "inject-command", TLS, "notices nothing"),
    ("inject-response-nntplib", REQUIRED, MAY, SCRIPT, "inject-response", TLS, "takes the forged reply for a real one"),
    ("tls-to-client-nntplib", REQUIRED, MAY, SCRIPT, "tls-to-client", LOGIN, "believes itself safe"),
    ("tls-to-server-nntplib", NNTPLIB, MAY, SCRIPT, "tls-to-server", LOGIN, "goes on in clear"),
)

ROUGH = table(
    honest,
    ("upgrade-loss", NNTPLIB, MAY, SCRIPT, "segments are lost and sent again", {"mss": 88, "road": "lose"}),
    ("declined-loss", NEVER, MAY, OLD_SCRIPT, "segments are lost and sent again", CLEAR_LOGIN,
     {"mss": 88, "road": "lose"}),
    ("upgrade-reordered", NNTPLIB, MAY, SCRIPT, "segments overtake each other",
     {"mss": 88, "road": "swap", "tshark_blind": ("server_hello",)}),
    ("declined-reordered", NEVER, MAY, OLD_SCRIPT, "segments overtake each other", CLEAR_LOGIN,
     {"mss": 88, "road": "swap"}),
)

POLICIES = table(
    attacked,
    ("late-tls-talk", c.talk(*c.HELLO, *c.LOGIN[:2], *c.LOGIN, *c.READ, *c.BYE), STRICT, TALKER, "late-tls", TLS,
     "tries twice, the second time it is taken"),
) + table(
    raced,
    ("nntp-race-nntplib", NNTPLIB, MAY, SCRIPT, "race-refusal", ("injected-command", YES), "goes on in clear"),
    ("nntp-race-reset", RECONNECT, MAY, SCRIPT, "race-reset", None, "connects again, in clear"),
)

WHOLE = [
    joined("nntp-opossum", c.s_client(), 563, MAY, CONSOLE, "the command it sends first is the server's first"),
    crossed("alpaca-browser", browser, MAY, READER, "INN does not know GET"),
]

TWICE = table(
    attacked,
    ("withdraw-talk", c.talk(*c.HELLO, *c.HELLO[1:], *IN_CLEAR), MAY, TALKER, "withdraw", LOGIN,
     "offered in the first listing, gone in the second: no word of the dialect says that it stays", (CLEAR_LOGIN, CLEAR_LOGIN)),
)

CASES = HONEST + ATTACKS + ROUGH + POLICIES + WHOLE + TWICE
