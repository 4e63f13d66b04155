# SPDX-License-Identifier: GPL-2.0-or-later
"""The RDP corpus: one row a capture (honest) or a pair of captures (both sides of an attacker)."""
from case import HISTORY, LEFT, NOTHING, REFUSED_PERM, STALLED, TLS, UNUSED, YES
from case import attacked, crossed, honest, raced, table
from rdp import clients as c
from rdp import negotiation
from start import browser

# Settings of servers/xrdp.py.
MAY, NONE, STRICT, BARE = (10, 3389), (20, 3389), (30, 3389), (40, 3389)
# Speakers: 11-19 use TLS wherever it is to be had, 21-29 never do.
LAPTOP, DESKTOP, TALKER, PROBER = range(11, 15)
OLD_LAPTOP, MONITOR, PICKY, OLD_TALKER, WISHFUL = range(21, 26)

ANY, ONLY_TLS, ONLY_RDP = c.xfreerdp(), c.xfreerdp("/sec:tls"), c.xfreerdp("/sec:rdp")
TALK = c.talk(c.REQUEST, c.SELECTED_TLS, "tls")
REFUSED = (REFUSED_PERM, HISTORY)

HONEST = table(
    honest,
    ("upgrade-any", ANY, MAY, LAPTOP, "xfreerdp as it comes out of the box asks for TLS or CredSSP, and gets TLS"),
    ("upgrade-tls", ONLY_TLS, MAY, DESKTOP, "/sec:tls"),
    ("upgrade-talk", TALK, MAY, TALKER, "the scripted client shakes hands and leaves"),
    ("upgrade-strict", ANY, STRICT, LAPTOP, "a server that demands TLS gets it"),
    ("upgrade-bare", ANY, BARE, LAPTOP, "a server whose own security ciphers nothing"),
    ("upgrade-v6", ANY, MAY, LAPTOP, "over IPv6", {"v6": True}),
    ("upgrade-small-segments", TALK, MAY, TALKER, "segments of 88 bytes cut every record", {"mss": 88}),
    ("upgrade-slow", c.talk("slow:43", c.REQUEST, c.SELECTED_TLS, "tls"), MAY, TALKER, "the request comes byte by byte",
     {"tshark_blind": ("requested",)}),
    ("upgrade-again", ANY, MAY, LAPTOP, "another day"),
    ("upgrade-tls-again", ONLY_TLS, MAY, DESKTOP, "another day"),
    ("declined-rdp", ONLY_RDP, MAY, OLD_LAPTOP, "/sec:rdp sends no negotiation"),
    ("declined-v6", ONLY_RDP, MAY, OLD_LAPTOP, "over IPv6", {"v6": True}),
    ("declined-mask", c.talk(c.ask(0), c.CONFIRM, c.GO_ON), MAY, OLD_TALKER,
     "a negotiation that asks for RDP's own security"),
    ("declined-old", c.talk(c.OLD_REQUEST, c.CONFIRM, c.GO_ON), MAY, OLD_TALKER, "a client from before the negotiation"),
    ("not-offered-any", ANY, NONE, LAPTOP, "RDP's own security is selected, and used", REFUSED),
    ("not-offered-tls", ONLY_TLS, NONE, DESKTOP, "RDP's own security is selected, and the client leaves", REFUSED),
    ("not-offered-rdp", ONLY_RDP, NONE, OLD_LAPTOP, "neither asked for nor to be had"),
    ("not-offered-v6", ANY, NONE, LAPTOP, "over IPv6", REFUSED, {"v6": True}),
    ("strict-rdp", ONLY_RDP, STRICT, OLD_LAPTOP, "no negotiation with a server that demands TLS"),
    ("strict-mask", c.talk(c.ask(0), c.CONFIRM), STRICT, OLD_TALKER, "the server demands TLS: failure 1"),
    ("nla-only", c.xfreerdp("/sec:nla"), MAY, WISHFUL, "CredSSP or nothing: the client leaves when TLS is selected", UNUSED),
    ("nla-talk", c.talk(c.ask(negotiation.CREDSSP), c.CONFIRM), NONE, WISHFUL, "CredSSP alone, which xrdp does not know",
     REFUSED),
    ("short-go-close", c.talk(c.REQUEST, c.SELECTED_TLS), MAY, PROBER, "request, confirm, gone", UNUSED),
    ("short-nothing", c.talk("abort"), MAY, MONITOR, "a probe connects and closes with RST"),
    ("rejected-certificate", c.xfreerdp("/sec:tls", certificate="deny"), MAY, PICKY, "the client dislikes the certificate"),
)

# The server hears the middle of a session that it was not asked for.
BLIND = {"ambiguous": ("server",)}
CLEAR_TALK = c.talk(c.REQUEST, "maybe:(?s)\\xd0.*\\x08\\x00", c.GO_ON)
ATTACKS = table(
    attacked,
    ("take-out-any", ANY, MAY, LAPTOP, "take-out", LEFT, "goes on in RDP's own security", (REFUSED, NOTHING)),
    ("take-out-tls", ONLY_TLS, MAY, DESKTOP, "take-out", LEFT, "gives up", (REFUSED, NOTHING)),
    ("zero-mask-any", ANY, MAY, LAPTOP, "zero-mask", LEFT, "goes on in RDP's own security", (REFUSED, NOTHING)),
    ("zero-mask-tls", ONLY_TLS, MAY, DESKTOP, "zero-mask", LEFT, "gives up", (REFUSED, NOTHING)),
    ("zero-mask-v6", ANY, MAY, LAPTOP, "zero-mask", LEFT, "over IPv6", (REFUSED, NOTHING), {"v6": True}),
    ("zero-mask-strict", ANY, STRICT, LAPTOP, "zero-mask", LEFT, "the server demands TLS: failure 1", (NOTHING, NOTHING)),
    ("other-mask-any", ANY, MAY, LAPTOP, "other-mask", LEFT, "goes on in RDP's own security", (REFUSED, REFUSED)),
    ("refuse-any", ANY, MAY, LAPTOP, "refuse-perm", LEFT, "goes on in RDP's own security, for which nobody asked the server",
     BLIND),
    ("refuse-tls", ONLY_TLS, MAY, DESKTOP, "refuse-perm", LEFT, "gives up"),
    ("refuse-old-any", ANY, MAY, LAPTOP, "refuse-old", LEFT, "goes on in RDP's own security", BLIND),
    ("failure-any", ANY, MAY, LAPTOP, "refuse-failure", LEFT, "comes back twice, the second time for RDP's own security"),
    ("failure-tls", ONLY_TLS, MAY, DESKTOP, "refuse-failure", LEFT, "gives up"),
    ("demand-any", ANY, MAY, LAPTOP, "demand", LEFT,
     "comes back twice, the second time without a negotiation: more was asked for, not less"),
    ("invalid-any", ANY, MAY, LAPTOP, "invalid", LEFT, "gives up"),
    ("invalid-kind-any", ANY, MAY, LAPTOP, "invalid-kind", LEFT, "gives up"),
    ("rewrite-any", ANY, MAY, LAPTOP, "rewrite-answer", LEFT, "goes on in RDP's own security where the server waits for TLS",
     (REFUSED, ("plaintext-after-accept", YES))),
    ("swallow-talk", CLEAR_TALK, MAY, TALKER, "swallow", LEFT, "waits, then goes on as if RDP's own security were selected",
     BLIND),
    ("accept-clear-talk", CLEAR_TALK, MAY, TALKER, "accept-clear", LEFT, "a careless client that takes the confirm for done",
     BLIND),
    ("reset-request-any", ANY, MAY, LAPTOP, "reset-request", LEFT, "gives up"),
    ("reset-hello-any", ANY, MAY, LAPTOP, "reset-hello", LEFT, "gives up"),
    ("alert-hello-any", ANY, MAY, LAPTOP, "alert-hello", LEFT, "gives up"),
    ("garble-hello-any", ANY, MAY, LAPTOP, "garble-hello", LEFT, "gives up"),
    ("flip-hello-any", ANY, MAY, LAPTOP, "flip-hello", LEFT, "gives up", (NOTHING, NOTHING)),
    ("inject-command-any", ANY, MAY, LAPTOP, "inject-command", LEFT, "the server takes the packet for TLS, and breaks off",
     (STALLED, ("injected-command", YES))),
    ("inject-response-any", ANY, MAY, LAPTOP, "inject-response", LEFT, "the client shakes hands, and breaks off",
     (("injected-response", YES), NOTHING), {"unsteady": {"server": "which end is the first to close"}}),
)

BOTH, NO_SECRET = c.either(ONLY_TLS, ONLY_RDP), c.xfreerdp(secret="")
POLICIES = table(
    attacked,
    ("zero-mask-both", BOTH, MAY, DESKTOP, "zero-mask", LEFT, "a script that comes back in RDP's own security",
     (REFUSED, NOTHING)),
    ("failure-both", BOTH, MAY, DESKTOP, "refuse-failure", LEFT, "a script that comes back in RDP's own security"),
    ("reset-hello-both", BOTH, MAY, DESKTOP, "reset-hello", LEFT, "a script that comes back in RDP's own security"),
    ("alert-hello-both", BOTH, MAY, DESKTOP, "alert-hello", LEFT, "a script that comes back in RDP's own security"),
    ("tls-to-client-any", NO_SECRET, BARE, LAPTOP, "tls-to-client", TLS, "believes itself safe"),
    ("tls-to-server-any", NO_SECRET, MAY, LAPTOP, "tls-to-server", LEFT, "goes on in RDP's own security",
     (REFUSED, NOTHING)),
)
RACES = table(
    raced,
    ("rdp-race-talk", CLEAR_TALK, MAY, TALKER, "race-refusal", ("injected-command", YES), "goes on in RDP's own security",
     {"tshark_blind": ("accepted",)}),
    ("rdp-race-reset", ONLY_TLS, MAY, LAPTOP, "race-reset", None, "gives up"),
)

WHOLE = [
    crossed("alpaca-browser", browser, MAY, DESKTOP, "xrdp does not know GET"),
]

CASES = HONEST + ATTACKS + POLICIES + RACES + WHOLE
