# SPDX-License-Identifier: GPL-2.0-or-later
"""The calendar of the corpus: honest days first, then the day of the attacks; and each case's own ports."""
import calendar

FIRST_DAY = calendar.timegm((2026, 2, 2, 8, 0, 0))
DAY, APART = 86400, 600
HISTORY_DAYS, ATTACK_DAY = 5, 7
FIRST_PORT, PORTS = 49152, 40
BELOW = 16384                # the attacker's own ports lie this far below the clients', those of servers twice as far


def when(cases, case):
    """When the case was played, in seconds: every row of the table has its own ten minutes."""
    honest = [c for c in cases if c.sides == ("honest",)]
    if case in honest:
        n = honest.index(case)
        return FIRST_DAY + n % HISTORY_DAYS * DAY + n // HISTORY_DAYS * APART
    others = [c for c in cases if c not in honest]
    return FIRST_DAY + ATTACK_DAY * DAY + others.index(case) * APART


def ports(cases, case):
    """The first of the ports from which the case's clients speak."""
    return FIRST_PORT + cases.index(case) * PORTS


def whose(port):
    """The row of the table, as it was then, to which a client's port belongs, whoever is the client; None for a server's."""
    return next(((port - first) // PORTS for first in (FIRST_PORT, FIRST_PORT - BELOW, FIRST_PORT - 2 * BELOW)
                 if port >= first), None)
