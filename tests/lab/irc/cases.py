# SPDX-License-Identifier: GPL-2.0-or-later
"""The IRC corpus: one row a capture (honest) or a pair of captures (both sides of an attacker)."""
from case import ABSENT, CHAT, FALLBACK, HISTORY, LEFT, NOTHING, SWALLOWED, TLS, UNLISTED_LOGIN
from case import UNUSED, YES
from case import attacked, crossed, honest, joined, raced, table
from irc import clients as c
from start import browser

# Settings of servers/inspircd.py.
MAY, NONE, STRICT, POLICY = (10, 6667), (20, 6667), (30, 6667), (40, 6667)
# Speakers: 11-19 use TLS wherever it is offered, 21-29 never do.
LAPTOP, DESKTOP, CONSOLE, TALKER, PROBER = range(11, 16)
OLD_LAPTOP, OLD_TALKER, MONITOR, PENGUIN, OPERATOR = range(21, 26)

CLIENT, REQUIRED, RECONNECT, NEVER, FOLLOWS = (
    c.irc(habit) for habit in ("opportunistic", "required", "reconnect", "never", "policy"))
IRSSI, IRSSI_PLAIN = c.irssi("-starttls", "-notls_verify"), c.irssi("-disallow_starttls")
S_CLIENT = c.s_client("-starttls", "irc")
CHATTER = (*c.REGISTER, *c.QUOTE, *c.BYE)

HONEST = table(
    honest,
    ("upgrade-client", CLIENT, MAY, LAPTOP, "TLS because it is listed"),
    ("upgrade-required", REQUIRED, MAY, LAPTOP, "TLS or nothing"),
    ("upgrade-irssi", IRSSI, MAY, DESKTOP, "irssi -starttls"),
    ("upgrade-s_client", S_CLIENT, MAY, CONSOLE, "openssl s_client, then QUIT inside TLS"),
    ("upgrade-talk", c.talk(*c.CAPABILITIES, "say:starttls", "want", "tls", *CHATTER), MAY, TALKER, "the verb in lower case"),
    ("upgrade-unasked", c.talk(*c.ASK, "tls", *CHATTER), MAY, TALKER, "asked without a listing"),
    ("upgrade-registering", c.talk("say:NICK talk\\r\\nUSER talk 0 * :a client\\r\\nCAP LS", "want:LS :.*\\n", *c.ASK, "tls",
                                   "say:CAP END", "want:^\\S+ 376 .*\\n", *c.QUOTE, *c.BYE), MAY, TALKER,
     "name, user and listing in one segment, TLS before the registration ends"),
    ("upgrade-slow", c.talk("slow:30", *c.CAPABILITIES, *c.ASK, "tls", *c.BYE), MAY, TALKER, "byte by byte",
     {"tshark_blind": ("requested",)}),
    ("upgrade-strict", CLIENT, STRICT, LAPTOP, "a server that demands TLS gets it"),
    ("upgrade-v6", CLIENT, MAY, LAPTOP, "over IPv6", {"v6": True}),
    ("upgrade-vlan", CLIENT, MAY, LAPTOP, "as a trunk port mirrors it: VLAN 10", {"vlans": (10,)}),
    ("upgrade-small-segments", CLIENT, MAY, LAPTOP, "segments of 88 bytes cut every line and record", {"mss": 88}),
    ("declined-client", NEVER, MAY, OLD_LAPTOP, "listed, the client never asks; what is said is for everybody"),
    ("declined-irssi", IRSSI_PLAIN, MAY, PENGUIN, "irssi without TLS"),
    ("declined-weechat", c.weechat, MAY, PENGUIN, "WeeChat without TLS"),
    ("declined-quoting", c.talk(*c.CAPABILITIES, *CHATTER), MAY, OLD_TALKER, "people say the words of the protocol, and the "
     "message of the day has them"),
    ("declined-operator", c.talk(*c.CAPABILITIES, *c.REGISTER, *c.OPER, *c.BYE), MAY, OPERATOR,
     "an operator's password in clear", UNLISTED_LOGIN),
    ("declined-late", c.talk(*c.CAPABILITIES, *c.REGISTER, *c.ASK, *c.QUOTE, *c.BYE), MAY, OLD_TALKER,
     "asked behind the registration: 691, as it must be"),
    ("declined-slow", c.talk("slow:180", *c.CAPABILITIES, *CHATTER), MAY, OLD_TALKER, "byte by byte"),
    ("declined-v6", NEVER, MAY, OLD_LAPTOP, "over IPv6", {"v6": True}),
    ("not-offered-client", CLIENT, NONE, LAPTOP, "the server has no TLS", ABSENT),
    ("not-offered-irssi", IRSSI_PLAIN, NONE, PENGUIN, "neither asked for nor to be had", ABSENT),
    ("not-offered-asked", c.talk("say:STARTTLS", *c.CAPABILITIES, *CHATTER), NONE, TALKER,
     "asked without an offer; the server says nothing to words that it does not know", (SWALLOWED, HISTORY)),
    ("not-offered-v6", CLIENT, NONE, LAPTOP, "over IPv6", ABSENT, {"v6": True}),
    ("strict-never", NEVER, STRICT, OLD_LAPTOP, "the server closes when a registration comes in clear"),
    ("short-listing", c.talk(*c.CAPABILITIES, *c.BYE), MAY, MONITOR, "a health check leaves after the listing"),
    ("short-go-close", c.talk(*c.CAPABILITIES, *c.ASK), MAY, PROBER, "STARTTLS, 670, gone", UNUSED),
)

CLEAR_TALK = c.talk(*c.CAPABILITIES, "say:STARTTLS", "maybe:^\\S+ 6.*\\n", *CHATTER)
ATTACKS = table(
    attacked,
    ("strip-client", CLIENT, MAY, LAPTOP, "strip-offer", CHAT, "goes on in clear"),
    ("strip-required", REQUIRED, MAY, LAPTOP, "strip-offer", TLS, "asks all the same"),
    ("strip-v6", CLIENT, MAY, LAPTOP, "strip-offer", CHAT, "over IPv6", {"v6": True}),
    ("mask-client", CLIENT, MAY, LAPTOP, "mask", CHAT, "goes on in clear"),
    ("corrupt-client", CLIENT, MAY, LAPTOP, "corrupt", CHAT, "goes on in clear; a word of three letters is near to many",
     (ABSENT, NOTHING)),
    ("refuse-listing-client", CLIENT, MAY, LAPTOP, "refuse-listing", CHAT, "goes on in clear"),
    ("mask-listing-talk", c.talk("say:CAP LS 302", "maybe: LS .*\\n", *CHATTER), MAY, TALKER, "mask-listing", CHAT,
     "the server says nothing to a word that it does not know", (NOTHING, NOTHING)),
    ("refuse-691-client", CLIENT, MAY, LAPTOP, "refuse-perm", CHAT, "goes on in clear"),
    ("refuse-691-required", REQUIRED, MAY, LAPTOP, "refuse-perm", LEFT, "gives up"),
    ("refuse-691-irssi", IRSSI, MAY, DESKTOP, "refuse-perm", LEFT, "gives up"),
    ("refuse-421-client", CLIENT, MAY, LAPTOP, "refuse-unknown", CHAT, "goes on in clear"),
    ("swallow-client", CLIENT, MAY, LAPTOP, "swallow", CHAT, "waits, then goes on in clear"),
    ("swallow-irssi", IRSSI, MAY, DESKTOP, "swallow", LEFT, "waits"),
    ("overwrite-client", CLIENT, MAY, LAPTOP, "overwrite", CHAT, "waits, then goes on in clear; the server says nothing to a "
     "word that it does not know", ((SWALLOWED, YES), NOTHING)),
    ("accept-clear-talk", CLEAR_TALK, MAY, TALKER, "accept-clear", CHAT, "a careless client that takes 670 for done"),
    ("reset-request-client", RECONNECT, MAY, LAPTOP, "reset-request", CHAT, "a script that connects again, in clear"),
    ("reset-hello-client", RECONNECT, MAY, LAPTOP, "reset-hello", CHAT, "a script that connects again, in clear"),
    ("reset-hello-irssi", IRSSI, MAY, DESKTOP, "reset-hello", LEFT, "gives up"),
    ("alert-hello-client", RECONNECT, MAY, LAPTOP, "alert-hello", CHAT, "a script that connects again, in clear",
     ((FALLBACK, YES), (FALLBACK, YES))),
    ("alert-hello-s_client", S_CLIENT, MAY, CONSOLE, "alert-hello", LEFT, "gives up"),
    ("garble-hello-client", RECONNECT, MAY, LAPTOP, "garble-hello", CHAT, "a script that connects again, in clear"),
    ("flip-hello-client", RECONNECT, MAY, LAPTOP, "flip-hello", CHAT, "a script that connects again, in clear"),
    ("inject-command-client", REQUIRED, MAY, LAPTOP, "inject-command", TLS, "notices nothing"),
    ("inject-response-client", REQUIRED, MAY, LAPTOP, "inject-response", TLS, "throws it away"),
    ("tls-to-client-client", REQUIRED, MAY, LAPTOP, "tls-to-client", CHAT, "believes itself safe"),
    ("tls-to-server-client", CLIENT, MAY, LAPTOP, "tls-to-server", CHAT, "goes on in clear"),
)

ROUGH = table(
    honest,
    ("upgrade-loss", CLIENT, MAY, LAPTOP, "segments are lost and sent again", {"mss": 88, "road": "lose"}),
    ("declined-loss", NEVER, MAY, OLD_LAPTOP, "segments are lost and sent again",
     {"mss": 88, "road": "lose"}),
    ("upgrade-reordered", CLIENT, MAY, LAPTOP, "segments overtake each other", {"mss": 88, "road": "swap"}),
    ("declined-reordered", NEVER, MAY, OLD_LAPTOP, "segments overtake each other",
     {"mss": 88, "road": "swap"}),
)

POLICIES = table(
    honest,
    ("policy-client", FOLLOWS, POLICY, LAPTOP, "sent to the port with TLS (sts), and goes there", ABSENT, {"sent": 6697}),
    ("policy-desktop", FOLLOWS, POLICY, DESKTOP, "sent to the port with TLS (sts), and goes there", ABSENT, {"sent": 6697}),
    ("policy-console", FOLLOWS, POLICY, CONSOLE, "sent to the port with TLS (sts), and goes there", ABSENT, {"sent": 6697}),
    ("policy-never", NEVER, POLICY, OLD_LAPTOP, "a client that does not know the policy stays in clear", ABSENT),
) + table(
    attacked,
    ("drop-policy-client", FOLLOWS, POLICY, LAPTOP, "drop-demand", CHAT, "stays in clear, where nobody sent it away",
     (("policy-token-stripped", HISTORY), ABSENT)),
) + table(
    raced,
    ("irc-race-client", CLIENT, MAY, LAPTOP, "race-refusal", ("injected-command", YES), "goes on in clear"),
    ("irc-race-reset", RECONNECT, MAY, LAPTOP, "race-reset", None, "connects again, in clear"),
)

WHOLE = [
    joined("irc-opossum", c.s_client(), 6697, MAY, CONSOLE, "the command it sends first is the server's first"),
    crossed("alpaca-browser", browser, MAY, DESKTOP, "InspIRCd does not know GET"),
]

TWICE = table(
    attacked,
    ("withdraw-talk", c.talk(*c.CAPABILITIES, *c.CAPABILITIES, *CHATTER), MAY, TALKER, "withdraw", CHAT,
     "offered in the first listing, gone in the second: no word of the dialect says that it stays", (NOTHING, NOTHING)),
)

CASES = HONEST + ATTACKS + ROUGH + POLICIES + WHOLE + TWICE
