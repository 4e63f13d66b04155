# SPDX-License-Identifier: GPL-2.0-or-later
"""A row of a dialect's table: who talks to which server, what is done to them, and what a tap can tell."""

NO, YES, HISTORY = False, True, "only-with-history"


class Case:
    """
    client      what runs: a function of a Visit
    server      (last byte of the address, port) of a setting in servers/
    speaker     last byte of the client's address: who has a history with that server and who has none
    trick       what the middle does; None = it only routes
    attack      the technique of that trick, None when nobody does harm
    sees        for each captured side (technique, alert): what a tap there can tell of the whole capture,
                worked out by hand from the decision table and held against what label.py finds
    v6, mss, vlans, mail, options, onside
                how the case differs: IPv6, small segments, tags of a trunk port, another mail, options of the
                attacker, the answer that somebody on the side forges
    taps        both sides show the same connection, so the captures must not be read as one tap's
    tshark_blind  facts that tshark's dissectors are known to miss here
    why         one sentence for the reader of the corpus
    """

    def __init__(self, name, client, server, speaker, why, sees, trick=None, attack=None, v6=False, mss=None,
                 vlans=(), mail=None, options=(), onside=None, taps=False, tshark_blind=()):
        self.name, self.client, self.server, self.speaker = name, client, server, speaker
        self.why, self.sees, self.trick, self.attack = why, sees, trick, attack
        self.v6, self.mss, self.vlans, self.mail, self.options = v6, mss, vlans, mail, options
        self.onside, self.taps = onside, taps
        self.tshark_blind = tshark_blind

    @property
    def sides(self):
        return tuple(self.sees)
