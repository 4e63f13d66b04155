# SPDX-License-Identifier: GPL-2.0-or-later
"""The XMPP corpus: one row a capture (honest) or a pair of captures (both sides of an attacker)."""
from case import ABSENT, CLEAR, CLEAR_LOGIN, CONTRADICTION, DECLINED, FALLBACK, HISTORY, LEFT, LOGIN, NO_LISTING, NOTHING, REFUSED_PERM, TLS, UNUSED, YES
from case import attacked, crossed, honest, joined, raced, table
from xmpp import clients as c
from start import browser, s_client

# Settings of servers/prosody.py; the second three are for servers.
MAY, NONE, STRICT = (10, 5222), (20, 5222), (30, 5222)
MAY_S2S, NONE_S2S, STRICT_S2S = (10, 5269), (20, 5269), (30, 5269)
# Speakers: 11-19 use TLS wherever it is offered, 21-29 never do.
LAPTOP, SCRIPT, CONSOLE, PADLOCK, TALKER, PROBER, SERVICE, STRICT_SERVICE = range(11, 19)
OLD_SCRIPT, OLD_TALKER, MONITOR, OLD_SERVICE, PUPIL = range(21, 26)

SLIXMPP, RECONNECT = c.slixmpp("default"), c.slixmpp("reconnect", "PLAIN")
NEVER, NEVER_PLAIN = c.slixmpp("never"), c.slixmpp("never", "PLAIN")
IN_CLEAR = (*c.LOGIN, *c.AGAIN, *c.BIND, *c.SAY, *c.BYE)
UPGRADE = (*c.HELLO, *c.ASK, "tls", *c.AGAIN, *IN_CLEAR)
# An expat that has seen half a tag waits for as much again (CVE-2023-52425), which may never come.
WHOLE_HEADER_MSS = 256
SERVER, STRICT_SERVER, OLD_SERVER = (c.another_server(n) for n in (10, 30, 20))

HONEST = table(
    honest,
    ("upgrade-slixmpp", SLIXMPP, MAY, SCRIPT, "slixmpp takes TLS where it is offered"),
    ("upgrade-go-sendxmpp", c.go_sendxmpp, MAY, LAPTOP, "go-sendxmpp, which has it for a condition"),
    ("upgrade-s_client", c.S_CLIENT, MAY, CONSOLE, "openssl s_client"),
    ("upgrade-gnutls", c.GNUTLS, MAY, PADLOCK, "gnutls-cli"),
    ("upgrade-talk", c.talk(*UPGRADE), MAY, TALKER, "login and message inside TLS"),
    ("upgrade-blanks", c.talk(*c.HELLO, "raw:\\n ", *c.ASK, "tls", *c.AGAIN, *IN_CLEAR), MAY, TALKER,
     "blanks that keep a connection alive, before the request"),
    ("upgrade-slow", c.talk(*c.slowly(*UPGRADE)), MAY, TALKER, "header and request begin byte by byte"),
    ("upgrade-strict", SLIXMPP, STRICT, SCRIPT, "a server that demands TLS gets it"),
    ("upgrade-strict-go-sendxmpp", c.go_sendxmpp, STRICT, LAPTOP, "a server that demands TLS gets it"),
    ("upgrade-v6", SLIXMPP, MAY, SCRIPT, "over IPv6", {"v6": True}),
    ("upgrade-vlan", c.go_sendxmpp, MAY, LAPTOP, "as a trunk port mirrors it: VLAN 10", {"vlans": (10,)}),
    ("upgrade-small-segments", SLIXMPP, MAY, SCRIPT, "segments of 88 bytes cut every tag and record", {"mss": 88}),
    ("upgrade-servers", SERVER, MAY_S2S, SERVICE, "two servers, each calling the other; dialback inside TLS"),
    ("upgrade-servers-strict", STRICT_SERVER, STRICT_S2S, STRICT_SERVICE, "two servers that demand TLS"),
    ("declined-slixmpp", NEVER, MAY, OLD_SCRIPT, "offered, the client never asks; SCRAM keeps the password, the message "
     "crosses", DECLINED),
    ("declined-plain", NEVER_PLAIN, MAY, OLD_SCRIPT, "offered, the client never asks: the password in clear", CLEAR_LOGIN),
    ("declined-quoting", c.talk(*c.HELLO, *IN_CLEAR), MAY, OLD_TALKER, "a message quotes the protocol, as text and as "
     "elements; nothing in it is protocol", CLEAR_LOGIN),
    ("declined-old-login", c.talk(*c.HELLO, *c.OLD_LOGIN, *c.SAY, *c.BYE), MAY, OLD_TALKER,
     "the login from before SASL, its password in clear", CLEAR_LOGIN),
    ("declined-v6", NEVER_PLAIN, MAY, OLD_SCRIPT, "over IPv6", CLEAR_LOGIN, {"v6": True}),
    ("declined-slow", c.talk(*c.slowly(*c.HELLO, *IN_CLEAR)), MAY, OLD_TALKER, "all begins byte by byte", CLEAR_LOGIN,
     {"tshark_blind": ("requested",)}),
    ("declined-servers", OLD_SERVER, MAY_S2S, OLD_SERVICE, "one of the two servers has no TLS: dialback in clear", DECLINED),
    ("not-offered-slixmpp", SLIXMPP, NONE, SCRIPT, "the server has no TLS", ABSENT),
    ("not-offered-go-sendxmpp", c.go_sendxmpp, NONE, LAPTOP, "the server has no TLS", ABSENT),
    ("not-offered-quoting", c.talk(*c.HELLO, *IN_CLEAR), NONE, TALKER, "a message quotes an offer", ABSENT),
    ("not-offered-asked", c.talk(*c.HELLO, *c.ASK), NONE, TALKER, "asked without an offer", (REFUSED_PERM, HISTORY)),
    ("not-offered-v6", SLIXMPP, NONE, SCRIPT, "over IPv6", ABSENT, {"v6": True}),
    ("not-offered-servers", SERVER, NONE_S2S, SERVICE, "the other server has no TLS", ABSENT),
    ("strict-never", NEVER_PLAIN, STRICT, OLD_SCRIPT, "no login without TLS: the client leaves"),
    ("strict-login", c.talk(*c.HELLO, *c.LOGIN), STRICT, OLD_TALKER, "the login in clear is refused, but the password "
     "has crossed", CLEAR_LOGIN),
    ("strict-servers", OLD_SERVER, STRICT_S2S, OLD_SERVICE, "one demands TLS and asks for it without an offer, the other has "
     "none", (REFUSED_PERM, HISTORY)),
    ("wrong-password", c.talk(*c.HELLO, c.LOGIN[0].replace(c.PLAIN, "AGFsaWNlAGZhbHNl"), c.LOGIN[1], *c.BYE), MAY, PUPIL,
     "a password that is wrong tells nothing to anybody"),
    ("short-features", c.talk(*c.HELLO, *c.BYE), MAY, MONITOR, "a health check leaves after the features"),
    ("short-go-close", c.talk(*c.HELLO, *c.ASK), MAY, PROBER, "starttls, proceed, gone", UNUSED),
)

CLEAR_TALK = c.talk(*c.HELLO, c.ASK[0], "maybe:<[^>]*>", *IN_CLEAR)
ATTACKS = table(
    attacked,
    ("strip-slixmpp", SLIXMPP, MAY, SCRIPT, "strip-offer", CLEAR, "goes on in clear, whatever force_starttls says"),
    ("strip-once-slixmpp", c.slixmpp("default", "PLAIN"), MAY, SCRIPT, "strip-once", LOGIN, "logs in in clear, and takes the "
     "TLS that is offered behind the login", (CONTRADICTION, CLEAR_LOGIN)),
    ("strip-go-sendxmpp", c.go_sendxmpp, MAY, LAPTOP, "strip-offer", LEFT, "gives up"),
    ("strip-plain", c.slixmpp("default", "PLAIN"), MAY, SCRIPT, "strip-offer", LOGIN, "goes on in clear"),
    ("strip-strict", SLIXMPP, STRICT, SCRIPT, "strip-offer", LEFT, "no way to log in is left"),
    ("strip-v6", c.slixmpp("default", "PLAIN"), MAY, SCRIPT, "strip-offer", LOGIN, "over IPv6", {"v6": True}),
    ("strip-servers", SERVER, MAY_S2S, SERVICE, "strip-offer", CLEAR, "dialback, and stanzas, in clear"),
    ("strip-servers-strict", STRICT_SERVER, STRICT_S2S, STRICT_SERVICE, "strip-offer", TLS, "both ask all the same",
     (CONTRADICTION, CONTRADICTION)),
    ("mask-plain", c.slixmpp("default", "PLAIN"), MAY, SCRIPT, "mask", LOGIN, "goes on in clear"),
    ("mask-servers", SERVER, MAY_S2S, SERVICE, "mask", CLEAR, "dialback, and stanzas, in clear, both ways",
     (("cap-masked", YES), ("cap-masked", YES))),
    ("corrupt-plain", c.slixmpp("default", "PLAIN"), MAY, SCRIPT, "corrupt", LOGIN, "goes on in clear"),
    ("refuse-listing-talk", c.talk(*c.OLD_HELLO, *c.OLD_LOGIN, *c.SAY, *c.BYE), MAY, TALKER, "refuse-listing", LOGIN,
     "takes it for an old server and logs in as one did before SASL", (NO_LISTING, CLEAR_LOGIN)),
    ("refuse-perm-slixmpp", SLIXMPP, MAY, SCRIPT, "refuse-perm", LEFT, "gives up"),
    ("refuse-perm-talk", CLEAR_TALK, MAY, TALKER, "refuse-perm", LOGIN, "goes on in clear"),
    ("refuse-perm-servers", SERVER, MAY_S2S, SERVICE, "refuse-perm", LEFT, "gives up"),
    ("refuse-temp-slixmpp", SLIXMPP, MAY, SCRIPT, "refuse-temp", LEFT, "gives up; servers in trouble say so, too",
     (NOTHING, NOTHING)),
    ("invalid-slixmpp", SLIXMPP, MAY, SCRIPT, "invalid", LEFT, "waits"),
    ("invalid-talk", CLEAR_TALK, MAY, TALKER, "invalid", LOGIN, "goes on in clear"),
    ("swallow-slixmpp", SLIXMPP, MAY, SCRIPT, "swallow", LEFT, "waits"),
    ("swallow-talk", CLEAR_TALK, MAY, TALKER, "swallow", LOGIN, "waits, then goes on in clear"),
    ("overwrite-slixmpp", SLIXMPP, MAY, SCRIPT, "overwrite", LEFT, "gives up"),
    ("accept-clear-talk", CLEAR_TALK, MAY, TALKER, "accept-clear", LOGIN, "a careless client that takes proceed for done"),
    ("reset-request-slixmpp", RECONNECT, MAY, SCRIPT, "reset-request", LOGIN, "a script that connects again, in clear"),
    ("reset-hello-slixmpp", RECONNECT, MAY, SCRIPT, "reset-hello", LOGIN, "a script that connects again, in clear"),
    ("reset-hello-go-sendxmpp", c.go_sendxmpp, MAY, LAPTOP, "reset-hello", LEFT, "gives up"),
    ("reset-hello-servers", SERVER, MAY_S2S, SERVICE, "reset-hello", LEFT, "gives up"),
    ("alert-hello-slixmpp", RECONNECT, MAY, SCRIPT, "alert-hello", LOGIN, "a script that connects again, in clear",
     ((FALLBACK, YES), (FALLBACK, YES))),
    ("alert-hello-gnutls", c.GNUTLS, MAY, PADLOCK, "alert-hello", LEFT, "gives up"),
    ("garble-hello-slixmpp", RECONNECT, MAY, SCRIPT, "garble-hello", LOGIN, "a script that connects again, in clear"),
    ("flip-hello-slixmpp", RECONNECT, MAY, SCRIPT, "flip-hello", LOGIN, "closes without an alert, and connects again, in clear",
     (CLEAR_LOGIN, (FALLBACK, YES)), {"unsteady": dict.fromkeys(("client", "server"), "which end is the first to notice")}),
    ("send-away-slixmpp", SLIXMPP, MAY, SCRIPT, "send-away", LEFT, "follows, or gives up"),
    ("inject-command-slixmpp", SLIXMPP, MAY, SCRIPT, "inject-command", LEFT, "the server grants, reads on in clear, and "
     "calls it an error", (("injected-response", YES), ("injected-command", YES))),
    ("inject-response-s_client", c.S_CLIENT, MAY, CONSOLE, "inject-response", TLS, "shakes hands all the same"),
    ("tls-to-client-slixmpp", c.slixmpp("default", "PLAIN"), MAY, SCRIPT, "tls-to-client", LOGIN, "believes itself safe"),
    ("tls-to-server-slixmpp", c.slixmpp("default", "PLAIN"), MAY, SCRIPT, "tls-to-server", LOGIN, "goes on in clear"),
)

ROUGH = table(
    honest,
    ("upgrade-loss", SLIXMPP, MAY, SCRIPT, "segments are lost and sent again", {"mss": WHOLE_HEADER_MSS, "road": "lose"}),
    ("declined-loss", NEVER_PLAIN, MAY, OLD_SCRIPT, "segments are lost and sent again", CLEAR_LOGIN,
     {"mss": WHOLE_HEADER_MSS, "road": "lose", "tshark_blind": ("requested",)}),
    ("upgrade-reordered", SLIXMPP, MAY, SCRIPT, "segments overtake each other", {"mss": WHOLE_HEADER_MSS, "road": "swap",
     "tshark_blind": ("hello", "server_hello")}),
    ("declined-reordered", NEVER_PLAIN, MAY, OLD_SCRIPT, "segments overtake each other", CLEAR_LOGIN,
     {"mss": WHOLE_HEADER_MSS, "road": "swap", "tshark_blind": ("requested",)}),
)

POLICIES = table(
    attacked,
    ("late-tls-talk", c.talk(*c.HELLO, *c.LOGIN, *IN_CLEAR), STRICT, TALKER, "late-tls", LOGIN,
     "says the password twice, the second time it is taken"),
    ("weaken-slixmpp", SLIXMPP, NONE, SCRIPT, "weaken", LOGIN, "slixmpp prefers SCRAM, and takes what there is",
     (("sasl-downgrade", HISTORY), ABSENT)),
    ("drop-demand-talk", c.talk(*c.HELLO, *c.LOGIN), STRICT, OLD_TALKER, "drop-demand", LOGIN, "tries a login in clear",
     (CLEAR_LOGIN, CLEAR_LOGIN)),
) + table(
    raced,
    ("xmpp-race-slixmpp", SLIXMPP, MAY, SCRIPT, "race-refusal", UNUSED, "gives up"),
    ("xmpp-race-reset", RECONNECT, MAY, SCRIPT, "race-reset", None, "connects again, in clear",
     {"tshark_blind": ("requested",)}),
)

WHOLE = [
    joined("xmpp-opossum", s_client(stdin=c.END), 5223, MAY, CONSOLE, "what it sends first is the server's first"),
    crossed("alpaca-browser", browser, MAY, LAPTOP, "Prosody hangs up on GET"),
]

CASES = HONEST + ATTACKS + ROUGH + POLICIES + WHOLE
