# SPDX-License-Identifier: GPL-2.0-or-later
"""The HTTP corpus: one row a capture (honest) or a pair of captures (both sides of an attacker).

The upgrade is optional here: no refusal, no unused offer and no missing one tells anything.
"""
from case import CHAT, FALLBACK, LEFT, NOTHING, TLS, UNUSED, YES
from case import attacked, honest, joined, raced, table
from http import clients as c
from start import browser

# Settings of servers/cups.py.
MAY, STRICT = (10, 631), (30, 631)
# Speakers: 11-19 use TLS wherever it is to be had, 21-29 never do.
LAPTOP, DESKTOP, PRINTS, TALKER, PROBER = range(11, 16)
OLD_LAPTOP, OLD_DESKTOP, OLD_TALKER = range(21, 24)

CLIENT, OPTIONAL, REQUIRED, RECONNECT, NEVER = (
    c.http(habit) for habit in ("opportunistic", "optional", "required", "reconnect", "never"))
LPSTAT, IPPTOOL = c.lpstat("-E"), c.ipptool("-E")
ASK = (c.request("OPTIONS", "*"), "want")
PAGE = (c.request("GET", "/index.html", wish=False), "want:426 Upgrade Required\\r\\n")

HONEST = table(
    honest,
    ("upgrade-client", CLIENT, MAY, LAPTOP, "OPTIONS * and 101, then the page inside TLS"),
    ("upgrade-optional", OPTIONAL, MAY, LAPTOP, "asked with the request itself"),
    ("upgrade-required", REQUIRED, MAY, LAPTOP, "TLS or nothing"),
    ("upgrade-lpstat", LPSTAT, MAY, PRINTS, "lpstat -E"),
    ("upgrade-ipptool", IPPTOOL, MAY, DESKTOP, "ipptool -E"),
    ("upgrade-slow", c.talk("slow:100", *ASK, "tls", "want"), MAY, TALKER, "byte by byte"),
    ("upgrade-strict", CLIENT, STRICT, LAPTOP, "a server that demands TLS gets it"),
    ("upgrade-strict-ipptool", IPPTOOL, STRICT, DESKTOP, "a server that demands TLS gets it"),
    ("upgrade-v6", REQUIRED, MAY, LAPTOP, "over IPv6", {"v6": True}),
    ("upgrade-vlan", LPSTAT, MAY, PRINTS, "as a trunk port mirrors it: VLAN 10", {"vlans": (10,)}),
    ("upgrade-small-segments", REQUIRED, MAY, LAPTOP, "segments of 88 bytes cut every line and record", {"mss": 88}),
    ("clear-client", NEVER, MAY, OLD_LAPTOP, "a page in clear quotes the protocol"),
    ("clear-ipptool", c.ipptool(), MAY, OLD_DESKTOP, "IPP in clear"),
    ("clear-lpstat", c.lpstat(), MAY, OLD_DESKTOP, "IPP in clear"),
    ("clear-keep-alive", c.talk(*PAGE, *PAGE), MAY, OLD_TALKER, "two requests on one connection"),
    ("clear-v6", NEVER, MAY, OLD_LAPTOP, "over IPv6", {"v6": True}),
    ("clear-other-upgrade", c.talk(c.request("GET", "/index.html", wish=False, more="Connection: Upgrade\\r\\nUpgrade: h2c\\r\\n"),
                                   "want"), MAY, OLD_TALKER, "a wish for something that is not TLS, and CUPS grants TLS"),
    ("strict-never", NEVER, STRICT, OLD_LAPTOP, "426, and the client leaves"),
    ("strict-admin", c.http("never", "/admin"), MAY, OLD_LAPTOP, "426 for one target only"),
    ("short-go-close", c.talk(*ASK), MAY, PROBER, "OPTIONS *, 101, gone", UNUSED),
)

ATTACKS = table(
    attacked,
    ("take-out-client", CLIENT, MAY, LAPTOP, "take-out", CHAT, "goes on in clear", (NOTHING, NOTHING)),
    ("take-out-ipptool", IPPTOOL, MAY, DESKTOP, "take-out", LEFT, "gives up", (NOTHING, NOTHING)),
    ("decline-client", CLIENT, MAY, LAPTOP, "decline", CHAT, "goes on in clear", (NOTHING, NOTHING)),
    ("decline-lpstat", LPSTAT, MAY, PRINTS, "decline", LEFT, "gives up", (NOTHING, NOTHING)),
    ("accept-clear-talk", c.talk(*ASK, *PAGE), MAY, TALKER, "accept-clear", CHAT, "a careless client that takes 101 for done"),
    ("reset-request-client", RECONNECT, MAY, LAPTOP, "reset-request", CHAT, "connects again, in clear", (NOTHING, NOTHING)),
    ("reset-hello-client", RECONNECT, MAY, LAPTOP, "reset-hello", CHAT, "connects again, in clear"),
    ("reset-hello-ipptool", IPPTOOL, MAY, DESKTOP, "reset-hello", LEFT, "gives up"),
    ("alert-hello-client", RECONNECT, MAY, LAPTOP, "alert-hello", CHAT, "connects again, in clear",
     ((FALLBACK, YES), UNUSED)),
    ("alert-hello-lpstat", LPSTAT, MAY, PRINTS, "alert-hello", LEFT, "gives up"),
    ("garble-hello-client", RECONNECT, MAY, LAPTOP, "garble-hello", CHAT, "connects again, in clear"),
    ("flip-hello-client", RECONNECT, MAY, LAPTOP, "flip-hello", CHAT, "connects again, in clear"),
    ("inject-command-client", REQUIRED, MAY, LAPTOP, "inject-command", TLS, "notices nothing"),
    ("inject-response-client", REQUIRED, MAY, LAPTOP, "inject-response", TLS, "notices nothing"),
    ("tls-to-client-client", REQUIRED, MAY, LAPTOP, "tls-to-client", CHAT, "believes itself safe", (NOTHING, NOTHING)),
    ("tls-to-server-client", CLIENT, MAY, LAPTOP, "tls-to-server", CHAT, "goes on in clear", (NOTHING, NOTHING)),
)

ROUGH = table(
    honest,
    ("upgrade-loss", CLIENT, MAY, LAPTOP, "segments are lost and sent again", {"mss": 88, "road": "lose"}),
    ("clear-loss", NEVER, MAY, OLD_LAPTOP, "segments are lost and sent again",
     {"mss": 88, "road": "lose"}),
    ("upgrade-reordered", CLIENT, MAY, LAPTOP, "segments overtake each other", {"mss": 88, "road": "swap"}),
    ("clear-reordered", NEVER, MAY, OLD_LAPTOP, "segments overtake each other",
     {"mss": 88, "road": "swap"}),
)

POLICIES = table(
    attacked,
    ("late-tls-talk", c.talk(c.request("GET", "/index.html", wish=False), "want", *PAGE), STRICT, TALKER, "late-tls", TLS, "asks twice, the second time it is given"),
) + table(
    raced,
    ("http-race-client", CLIENT, MAY, LAPTOP, "race-refusal", ("injected-command", YES), "goes on in clear"),
    ("http-race-reset", RECONNECT, MAY, LAPTOP, "race-reset", None, "connects again, in clear"),
)

WHOLE = [
    joined("http-opossum", browser, 443, MAY, DESKTOP, "the page it gets is the answer to what the attacker asked"),
]

CASES = HONEST + ATTACKS + ROUGH + POLICIES + WHOLE
