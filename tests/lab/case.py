# SPDX-License-Identifier: GPL-2.0-or-later
"""A row of a dialect's table: who talks to which server, what is done to them, and what a tap can tell."""

NO, YES, HISTORY = False, True, "only-with-history"

NOTHING = (None, NO)
RACE_MSS = 100               # longer segments would never pass the thin line of net.slow_server()
REFUSED_TEMP, REFUSED_PERM, INVALID = "request-refused-temp", "request-refused-perm", "request-invalid-reply"
SWALLOWED, FALLBACK = "request-swallowed", "handshake-failed-fallback"
ABSENT = ("cap-stripped", HISTORY)
DECLINED = ("cleartext-payload-despite-offer", HISTORY)
CLEAR_LOGIN = ("cleartext-auth-despite-offer", YES)
UNLISTED_LOGIN = ("cleartext-auth-despite-offer", HISTORY)
NO_LISTING = ("cap-cmd-refused", HISTORY)
UNUSED = ("accept-no-tls", NO)
CONTRADICTION = ("cap-contradiction", YES)
STALLED = ("handshake-stalled", HISTORY)
VIOLATED = ("required-violated", YES)
HTTPS = 443
MIDDLE = 1                   # the last number of its addresses

# What became of an attacked client, and what its undisturbed half of the connection looks like to the other side.
CLEAR, CHAT, LOGIN, LEFT, TLS = "clear", "chat", "login", "left", "tls"
UNDISTURBED = {CLEAR: DECLINED, CHAT: NOTHING, LOGIN: CLEAR_LOGIN, LEFT: NOTHING, TLS: NOTHING}


class Case:
    """
    client      what runs: a function of a Visit
    server      (last byte of the address, port) of a setting in servers/
    speaker     last byte of the client's address: who has a history with that server and who has none
    trick       what the middle does; None = it only routes
    attack      the technique of that trick, None when nobody does harm
    sees        for each captured side (technique, alert): what a tap there can tell of the whole capture,
                worked out by hand from the decision table and held against what label.py finds
    v6, mss, vlans, road, mail, options, onside
                how the case differs: IPv6, small segments, tags of a trunk port, a plan of rough.py, another mail,
                options of the attacker, the race that somebody on the side runs
    joined      the port of the server's to which the attacker takes the connection
    blocked     the port of the server's that is closed to the client; silent: nobody even answers there
    sent        the port of its own to which the server sends the client
    taps        both sides show the same connection, so the captures must not be read as one tap's
    tshark_blind  facts that tshark's dissectors are known to miss here
    ambiguous   sides whose capture does not even show which dialect it is
    unsteady    side -> why a race decides what its capture shows
    why         one sentence for the reader of the corpus
    """

    def __init__(self, name, client, server, speaker, why, sees, trick=None, attack=None, v6=False, mss=None,
                 vlans=(), road=None, mail=None, options=(), onside=None, joined=None, blocked=None, silent=False,
                 sent=None, taps=False, tshark_blind=(), ambiguous=(), unsteady=()):
        self.name, self.client, self.server, self.speaker = name, client, server, speaker
        self.why, self.sees, self.trick, self.attack = why, sees, trick, attack
        self.v6, self.mss, self.vlans, self.mail, self.options = v6, mss, vlans, mail, options
        self.road, self.onside, self.joined, self.blocked, self.taps = road, onside, joined, blocked, taps
        self.silent, self.sent = silent, sent
        self.tshark_blind, self.ambiguous, self.unsteady = tshark_blind, ambiguous, dict(unsteady)

    @property
    def sides(self):
        return tuple(self.sees)

    @property
    def ports(self):
        """Of the server's, whatever part they play."""
        return [p for p in (self.server[1], self.joined, self.blocked, self.sent) if p]

    @property
    def strangers(self):
        """Who else may call the server: the attacker, in his own name."""
        return (MIDDLE,) if "--own-address" in self.options else ()

    @property
    def vector(self):
        return "block" if self.blocked else self.trick or self.onside


def honest(name, client, server, speaker, why, sees=NOTHING, **more):
    return Case(name, client, server, speaker, why, {"honest": sees}, **more)


# Tricks that have a name of their own in one dialect.
SAME_AS = {"strip-once": "strip-offer", "untagged": "swallow", "refuse-busy": "refuse-temp", "old-greeting": "refuse-listing",
           "invalid-byte": "invalid", "refuse-policy": "refuse-perm", "refuse-unknown": "refuse-perm",
           "refuse-454": "refuse-temp", "refuse-501": "refuse-perm", "invalid-200": "invalid",
           "refuse-ehlo": "refuse-listing", "mask-ehlo": "mask-listing",
           "refuse-old": "refuse-perm", "refuse-failure": "refuse-perm", "rewrite-answer": "refuse-perm", "demand": "decline",
           "invalid-kind": "invalid", "zero-mask": "take-out", "other-mask": "take-out"}


def told_by(trick, outcome):
    """(technique, what the client's side tells, what the server's side tells), by the decision table.

    The server's side of most tricks shows a client that saw the offer and never asked.
    """
    in_clear = outcome in (CLEAR, CHAT, LOGIN)
    told, there = YES if in_clear else HISTORY, UNDISTURBED[outcome]
    broken = (FALLBACK, YES) if in_clear else STALLED
    table = {
        "strip-offer": ("cap-stripped", CONTRADICTION if outcome == TLS else ABSENT, there),
        "withdraw": ("cap-withdrawn", ("cap-withdrawn", YES), there),
        "mask": ("cap-masked", ("cap-masked", YES), there),
        "corrupt": ("cap-corrupted", ("cap-corrupted", YES), there),
        "refuse-listing": ("cap-cmd-refused", NO_LISTING, NOTHING),
        "mask-listing": ("cmd-corrupted", NO_LISTING, ("cmd-corrupted", YES)),
        "refuse-temp": (REFUSED_TEMP, (REFUSED_TEMP, told), there),
        "refuse-perm": (REFUSED_PERM, (REFUSED_PERM, told), there),
        "invalid": (INVALID, (INVALID, YES), there),
        "swallow": (SWALLOWED, (SWALLOWED, told), there),
        "overwrite": ("cmd-corrupted", (REFUSED_PERM, told), ("cmd-corrupted", YES)),
        "accept-clear": ("plaintext-after-accept", ("plaintext-after-accept", YES), there),
        "reset-request": (SWALLOWED, there if outcome == LOGIN else (SWALLOWED, HISTORY), there),
        "reset-hello": (FALLBACK, broken, (FALLBACK, YES) if in_clear else UNUSED),
        "alert-hello": (FALLBACK, broken, there if in_clear else UNUSED),
        "garble-hello": (FALLBACK, broken, broken),
        "flip-hello": (FALLBACK, broken, broken),
        "redirect": ("cleartext-redirect", ("cleartext-redirect", YES), there),
        "send-away": ("cleartext-redirect", ("cleartext-redirect", HISTORY), there),
        "decline": (REFUSED_PERM, NOTHING, NOTHING),
        "take-out": ("request-dropped", NOTHING, NOTHING),
        "preauth": ("preauth-greeting", ("preauth-greeting", YES), there),
        "preauth-login": ("preauth-greeting", ("preauth-greeting", YES), CLEAR_LOGIN),
        "premature": ("premature-untagged", ("premature-untagged", YES), there),
        "late-tls": ("required-violated", VIOLATED, CLEAR_LOGIN if outcome == LOGIN else NOTHING),
        "weaken": ("sasl-downgrade", ("sasl-downgrade", HISTORY), there),
        "drop-demand": ("policy-token-stripped", ("policy-token-stripped", HISTORY), there),
        "tls-to-both": ("cert-changed", ("cert-changed", HISTORY), NOTHING),
        "inject-command": ("injected-command", NOTHING, ("injected-command", YES)),
        "inject-response": ("injected-response", ("injected-response", YES), UNUSED if outcome == LEFT else NOTHING),
        "tls-to-client": ("half-strip", NOTHING, there),
        "tls-to-server": ("half-strip", ABSENT, NOTHING),
    }
    return table[SAME_AS.get(trick, trick)]


def attacked(name, client, server, speaker, trick, outcome, why, sees=None, **more):
    """A trick of standard(), with what it tells; sees=(client's side, server's side) where that differs."""
    technique, client_sees, server_sees = told_by(trick, outcome)
    client_sees, server_sees = sees or (client_sees, server_sees)
    if technique == FALLBACK and FALLBACK not in (client_sees[0], server_sees[0]):
        technique = STALLED[0]
    return Case(name, client, server, speaker, why, {"client": client_sees, "server": server_sees}, trick=trick,
                attack=technique, **more)


def raced(name, client, server, speaker, race, server_sees, why, **more):
    """Somebody on the side: both taps show the same connection, so they are kept apart from the others.

    server_sees: None where that side shows nothing but a client that has gone.
    """
    technique = "rst-injected" if race == "race-reset" else "mots-conflict"
    sees = {"client": (technique, YES), "server": server_sees}
    return Case(name, client, server, speaker, why, {side: s for side, s in sees.items() if s}, attack=technique,
                onside=race, taps=True, mss=RACE_MSS, unsteady=dict.fromkeys(sees, "who comes first"), **more)


def joined(name, client, port, server, speaker, why, **more):
    """Opossum: TLS that the client begins on `port` goes on behind an upgrade of the server's. Neither side alone shows it."""
    return Case(name, client, (server[0], port), speaker, why,
                {"client": NOTHING, "server": NOTHING, "both": ("opossum", YES)}, trick="join", attack="opossum",
                joined=server[1], taps=True, **more)


def crossed(name, client, server, speaker, why, sees=("alpaca", YES), **more):
    """ALPACA: a browser's TLS goes on behind an upgrade of the server's, which cannot read what comes then."""
    return Case(name, client, (server[0], HTTPS), speaker, why, {"client": NOTHING, "server": sees}, trick="join",
                attack="alpaca", joined=server[1], **more)


def blocked(name, client, port, server, speaker, outcome, why, sees=None, **more):
    """`port` is closed or silent to the client, which comes back where TLS is stripped."""
    client_sees, server_sees = sees or (("port-downgrade", HISTORY), UNDISTURBED[outcome])
    return Case(name, client, server, speaker, why, {"client": client_sees, "server": server_sees}, trick="strip-offer",
                attack="port-downgrade", blocked=port, **more)


def table(make, *rows):
    """Rows of a table of cases; a last column that is a dict holds what is unusual."""
    return [make(*row[:-1], **row[-1]) if isinstance(row[-1], dict) else make(*row) for row in rows]
