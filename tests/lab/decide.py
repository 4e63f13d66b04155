# SPDX-License-Identifier: GPL-2.0-or-later
"""The decision table: what one capture can tell of its sessions, first match first."""
from case import HISTORY, NO, YES

EXPOSURE = ("cleartext-auth-despite-offer", "cleartext-payload-despite-offer")
AT_THE_BOUNDARY = ("injected-command", "injected-response", "plaintext-after-accept", "tls-layer-removed")
BY_THEMSELVES = ("preauth-greeting", "premature-untagged", "cleartext-redirect", "cap-masked", "cap-corrupted", "cmd-corrupted",
                 "required-violated", "cap-withdrawn")
OF_HABITS = ("sasl-downgrade", "policy-token-stripped", "cert-changed")
OF_TLS = ("alpaca", "cert-changed")
IN_CLEAR = {"PLAIN", "LOGIN"}
IMPLICIT_PORTS = (465, 563, 636, 990, 993, 995, 5223, 6697)
REFUSALS = {"temp": "request-refused-temp", "perm": "request-refused-perm", "invalid": "request-invalid-reply"}


def exposed(facts):
    return facts.secret_exposed or facts.payload


def broken_handshake(facts):
    return facts.accepted is not False and facts.requested and facts.hello and not facts.established


def cut_off(session, facts):
    """A reset right behind the acceptance: all that the server's side sees of a ClientHello that was answered with one."""
    return facts.accepted and "accept-no-tls" in facts.marks and bool(session.resets)


def refused(facts):
    """Behind the login a refusal is what has to come, and tells nothing of what went before."""
    return facts.requested and facts.accepted is False and not facts.optional and not (facts.late and facts.lawful)


def of_requests(facts, later):
    """Rows about a request that was not granted."""
    if refused(facts):
        technique = REFUSALS[facts.refusal]
        if facts.refusal == "invalid" and not facts.lawful:
            return technique, YES
        if (facts.offered or facts.refusal == "invalid") and (exposed(facts) or later):
            return technique, YES
        return (None, NO) if facts.lawful and facts.refusal != "invalid" else (technique, HISTORY)
    if facts.requested and facts.accepted is None and facts.answered and not facts.optional:
        return "request-swallowed", YES if exposed(facts) and facts.offered else HISTORY
    return None


def of_exposure(facts):
    """Rows about a client that did not ask."""
    if (facts.requested or facts.established) and not facts.late or facts.offered is False:
        return None
    if facts.secret_exposed:
        return "cleartext-auth-despite-offer", facts.login_tells if facts.offered else HISTORY
    if facts.payload and facts.offered and facts.payload_tells:
        return "cleartext-payload-despite-offer", HISTORY
    return None


def of_handshake(session, facts, later):
    """Rows about TLS that was agreed on and did not come about."""
    if cut_off(session, facts) and later:
        return "handshake-failed-fallback", YES
    if "accept-no-tls" in facts.marks:
        return "accept-no-tls", NO
    if broken_handshake(facts):
        if later:
            return "handshake-failed-fallback", YES
        return (None, NO) if facts.server_hello else ("handshake-stalled", HISTORY)
    return None


def habits(known):
    """What each server says before a login where nobody does harm; known: (session, facts) of honest captures."""
    found = {}
    for session, facts in known:
        habit = found.setdefault(session.server, {"mechanisms": set(), "insists": set(), "offered": False, "certificates": set()})
        habit["mechanisms"] |= facts.mechanisms or set()
        habit["insists"].add(facts.insists)
        habit["offered"] |= bool(facts.offered)
        habit["certificates"] |= {facts.certificate} - {None}
    return found


def of_habits(facts, habit):
    """Rows about words that a server used to say, or never said."""
    names, usual = facts.mechanisms or set(), habit["mechanisms"]
    if usual and (names & IN_CLEAR - usual or names and names <= IN_CLEAR and usual - IN_CLEAR):
        return "sasl-downgrade", HISTORY
    gone = facts.insists is False and habit["insists"] - {None} == {True}
    if gone and (facts.offered is not False or not habit["offered"]):
        return "policy-token-stripped", HISTORY
    if facts.certificate and habit["certificates"] and facts.certificate not in habit["certificates"]:
        return "cert-changed", HISTORY
    return None


def of_words(session, facts, later, habit):
    """(technique, alert) of one session: what tells by itself goes before what is only unusual."""
    told = of_session(session, facts, later)
    return told if told[1] is YES or not habit else of_habits(facts, habit) or told


def of_session(session, facts, later):
    """The same, of a server that nobody knows; `later` = a later session of the capture exposes something."""
    if session.conflict:
        return "mots-conflict", YES
    if session.outlived and not facts.established:
        return "rst-injected", YES
    for mark in AT_THE_BOUNDARY:
        if mark in facts.marks:
            return mark, YES
    told = of_handshake(session, facts, later)
    if told:
        return told
    for mark in BY_THEMSELVES:
        if mark in facts.marks:
            return mark, YES
    told = of_requests(facts, later)
    if told:
        return told
    if "cap-cmd-refused" in facts.marks and not facts.listings and not facts.established:
        return "cap-cmd-refused", HISTORY
    if "sent-away" in facts.marks:
        return "cleartext-redirect", HISTORY
    told = of_exposure(facts)
    if told:
        return told
    lacking = facts.offered is False and facts.listings
    if "cap-contradiction" in facts.marks or facts.established and lacking:
        return "cap-contradiction", YES
    if lacking:
        return "cap-stripped", HISTORY
    if "alpaca" in facts.marks:
        return "alpaca", YES
    return None, NO


def unreachable(session):
    """Was the port of TLS from the first byte closed to the client, or silent?"""
    return not session.data and (session.resets or not session.answered) and int(session.server.rsplit(":", 1)[1]) in IMPLICIT_PORTS


def same_hello(pairs, i):
    """The session that began with the same ClientHello, one of them an upgrade, the other TLS from the first byte."""
    mine = pairs[i][1]
    return next((k for k, (_, facts) in enumerate(pairs)
                 if mine.random and facts.random == mine.random and facts.requested != mine.requested), None)


def linked(session, facts, later):
    """Does the session belong with a later one that goes on in clear?"""
    proven = refused(facts) and of_requests(facts, later)[1] is YES or "injected-response" in facts.marks
    return later and (broken_handshake(facts) or proven or cut_off(session, facts))


def ends(session):
    """Whose session with whom it is: another port of the client's is the same client."""
    return session.client.rsplit(":", 1)[0], session.server


def host(session):
    """Who with whom, whatever the ports."""
    return session.client.rsplit(":", 1)[0], session.server.rsplit(":", 1)[0]


def of_capture(pairs, known):
    """[(technique, alert, group)] for the sessions of one capture; a group is a number; known: habits() of servers."""
    verdicts, first_linked = [], None
    for i, (session, facts) in enumerate(pairs):
        later = any(exposed(f) and not f.established and ends(s) == ends(session) for s, f in pairs[i + 1:])
        technique, alert = of_words(session, facts, later, known.get(session.server))
        if linked(session, facts, later):
            first_linked = i if first_linked is None else first_linked
        elif first_linked is not None and exposed(facts):
            technique, alert = verdicts[first_linked][:2]
        blocked = any(unreachable(s) and host(s) == host(session) for s, _ in pairs[:i])
        if blocked and alert is not YES and exposed(facts) and not facts.established:
            technique, alert = "port-downgrade", HISTORY
        twin = same_hello(pairs, i)
        if twin is not None:
            verdicts.append(("opossum", YES, min(i, twin)))
            continue
        verdicts.append((technique, alert, i if first_linked is None else first_linked))
    return verdicts
