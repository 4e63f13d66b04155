# SPDX-License-Identifier: GPL-2.0-or-later
"""The decision table for SMTP: what one capture can tell of its sessions, first match first."""
from case import HISTORY, NO, YES

EXPOSURE = ("cleartext-auth-despite-offer", "cleartext-payload-despite-offer")


def exposed(facts):
    return facts.secret_exposed or facts.payload


def broken_handshake(facts):
    return facts.accepted and facts.hello and not facts.established


def cut_off(session, facts):
    """A reset right behind the acceptance: all that the server's side sees of a ClientHello that was answered with one."""
    return facts.accepted and "accept-no-tls" in facts.marks and bool(session.resets)


def refused(facts):
    return facts.requested and facts.accepted is False


def refusal(facts):
    """(technique, is it lawful at all)"""
    code = facts.reply[:3]
    if code[:1] == "4":
        return "request-refused-temp", True
    if code[:1] == "5":
        return "request-refused-perm", True
    return "request-invalid-reply", False


def of_requests(facts, later):
    """Rows about a request that was not granted."""
    if refused(facts):
        technique, lawful = refusal(facts)
        if not lawful:
            return technique, YES
        if facts.offered and (exposed(facts) or later):
            return technique, YES
        if facts.reply.startswith("501") and "with-argument" in facts.marks:
            return None, NO
        return technique, HISTORY
    if facts.requested and facts.accepted is None:
        return "request-swallowed", YES if exposed(facts) else HISTORY
    return None


def of_session(session, facts, later):
    """(technique, alert) of one session; `later` = a later session of the capture exposes something."""
    if session.conflict:
        return "mots-conflict", YES
    for mark in ("injected-command", "injected-response", "plaintext-after-accept"):
        if mark in facts.marks:
            return mark, YES
    if cut_off(session, facts) and later:
        return "handshake-failed-fallback", YES
    if "accept-no-tls" in facts.marks:
        return "accept-no-tls", NO
    if broken_handshake(facts):
        if later:
            return "handshake-failed-fallback", YES
        return (None, NO) if facts.server_hello else ("handshake-stalled", HISTORY)
    for mark in ("cap-masked", "cap-corrupted", "cmd-corrupted", "cap-withdrawn"):
        if mark in facts.marks:
            return mark, YES
    told = of_requests(facts, later)
    if told:
        return told
    if facts.offered and not facts.requested:
        if facts.secret_exposed:
            return "cleartext-auth-despite-offer", YES
        if facts.payload:
            return "cleartext-payload-despite-offer", HISTORY
    if not facts.listings and facts.marks & {"ehlo-refused", "helo"} and not facts.established:
        return "cap-cmd-refused", HISTORY
    if "demand-without-offer" in facts.marks or facts.established and facts.offered is False:
        return "cap-contradiction", YES
    if facts.offered is False:
        return "cap-stripped", HISTORY
    return None, NO


def linked(session, facts, later):
    """Does the session belong with a later one that goes on in clear?"""
    return later and (broken_handshake(facts) or refused(facts) or cut_off(session, facts))


def of_capture(pairs):
    """[(technique, alert, group)] for the sessions of one capture; a group is a number."""
    verdicts, first_linked = [], None
    for i, (session, facts) in enumerate(pairs):
        later = any(exposed(f) and not f.established for _, f in pairs[i + 1:])
        technique, alert = of_session(session, facts, later)
        if linked(session, facts, later):
            first_linked = i if first_linked is None else first_linked
        elif first_linked is not None and exposed(facts):
            technique, alert = verdicts[first_linked][:2]
        verdicts.append((technique, alert, i if first_linked is None else first_linked))
    return verdicts
