# SPDX-License-Identifier: GPL-2.0-or-later
"""Ground truth: what every session of a corpus shows, and what a detector should make of it.

The attack comes from the table of cases, the facts from the capture. Three voices must agree: our
reading of the lines, tshark's dissectors, and what the table says a tap can tell.
"""
import importlib
import os

import decide
import pcap
import whole
import wire
from case import HISTORY, HTTPS, NO, YES
from wait import LabError

STRONGEST_FIRST = (YES, HISTORY, NO)


def path_of(dialect, case, side):
    """Where in the corpus a capture lies."""
    directory = "taps" if case.taps else dialect
    return os.path.join(directory, case.name + ("" if side == "honest" else "." + side) + ".pcap")


def strongest(verdicts):
    return min(((t, a) for t, a, _ in verdicts), key=lambda v: STRONGEST_FIRST.index(v[1]))


def alarm(case, technique, alert):
    """Alerts of tampering with the upgrade, of a client's own carelessness, and of the handshake itself, apart.

    What needs history is innocent in an honest capture: the history says that it was always so.
    """
    innocent = case.attack is None and alert == HISTORY
    kind = "exposure" if technique in decide.EXPOSURE else "handshake" if technique in decide.OF_TLS else "should_alert"
    told = dict.fromkeys(("should_alert", "exposure", "handshake"), NO)
    told[kind] = NO if innocent else alert
    return told


def pairs_of(sessions, dialect, case):
    """(session, facts) of one capture."""
    facts_of = importlib.import_module(dialect + ".facts")
    ports = {":%d" % port for port in case.ports}
    try:
        pairs = [(s, facts_of.read(s)) for s in sessions if s.server[s.server.rindex(":"):] in ports]
    except Exception as e:              # whatever a plain reading stumbles over that nobody's program has said
        raise LabError("no %s that can be read: %s: %s" % (dialect, type(e).__name__, e))
    if not pairs:
        raise LabError("no session at all")
    return pairs


def rows_of(pairs, dialect, case, side, habits):
    """(label rows, disagreements) of one capture."""
    facts_of = importlib.import_module(dialect + ".facts")
    path, wrong, rows = path_of(dialect, case, side), [], []
    tricks = importlib.import_module(dialect + ".tricks").TRICKS
    what = "%s port %d, and " % ("silence" if case.silent else "close", case.blocked) if case.blocked else ""
    reason = "%s%s: %s" % (what, tricks[case.trick].what, case.why) if case.trick and case.attack else case.why
    verdicts = decide.of_capture(pairs, habits)
    if strongest(verdicts) != case.sees[side]:
        wrong.append("%s: the table says %s, the capture %s" % (path, case.sees[side], strongest(verdicts)))
    for number, ((session, facts), (technique, alert, group)) in enumerate(zip(pairs, verdicts)):
        for word in facts_of.against_tshark(session, facts) if session.tshark else ():
            if word.split(":")[0] not in case.tshark_blind:
                wrong.append("%s session %d: %s" % (path, number, word))
        elsewhere = session.server.endswith(":%d" % HTTPS)       # no dialect's port: nothing is told of it
        told = alarm(case, technique, NO if elsewhere else alert)
        rows.append({
            "pcap": path, "side": side, "client": session.client, "server": session.server, "dialect": dialect,
            "starttls_offered": facts.offered, "starttls_requested": facts.requested,
            "starttls_accepted": facts.accepted, "tls_established": facts.established,
            "credentials_in_clear": facts.credentials, "payload_in_clear": facts.payload,
            "attack": case.attack, "vector": case.vector,
            "technique": technique if any(told.values()) else None, **told,
            "group": "%s.%s.%d" % (case.name, side, group), "session": number, "slice_of": None,
            "ambiguous": side in case.ambiguous or elsewhere or not session.data, "why": reason})
    return rows, wrong


def place(endpoint):
    return endpoint.rsplit(":", 1)[0]


def with_history(rows):
    """An expectation needs someone who taught it: disagreements where the corpus holds no history."""
    known = {r["server"] for r in rows if r["side"] == "honest"}
    honest = [r for r in rows if r["side"] == "honest" and r["tls_established"]]
    servers = {r["server"] for r in honest}
    pairs = {(place(r["client"]), r["server"]) for r in honest}
    wrong = []
    for row in rows:
        if row["technique"] == "cap-stripped" and row["server"] in known - servers:
            row.update(should_alert=NO, technique=None)         # it never had an offer
        taught = known if row["technique"] in decide.OF_HABITS else servers
        if HISTORY in (row["should_alert"], row["handshake"]) and row["server"] not in taught:
            wrong.append("%s: no honest upgrade of %s" % (row["pcap"], row["server"]))
        if row["exposure"] == HISTORY and (place(row["client"]), row["server"]) not in pairs:
            row.update(exposure=NO, technique=None)
    return wrong


def ordered(rows, dialects):
    """As they stand in the file: dialect by dialect, what repeats a capture last."""
    return sorted(rows, key=lambda r: dialects.index(r["dialect"]))


def is_there(path):
    """Also when it cannot be read, which is another fault than to be missing."""
    try:
        os.lstat(path)
    except FileNotFoundError:
        return False
    return True


def captures_of(outdir, dialect):
    """([(case, side, path)] of the captures that are there, those that are not)."""
    there, missing = [], []
    for case in importlib.import_module(dialect + ".cases").CASES:
        for side in case.sides:
            path = path_of(dialect, case, side)
            (there if is_there(os.path.join(outdir, path)) else missing).append((case, side, path))
    return there, missing


def read(outdir, dialect, captures, with_tshark):
    """[(case, side, (session, facts) of the capture)]; a LabError names every capture that is not as it was made."""
    facts_of = importlib.import_module(dialect + ".facts")
    cases = importlib.import_module(dialect + ".cases").CASES
    found, broken, together = [], [], {}
    for case, side, path in captures:
        try:
            frames = pcap.read(os.path.join(outdir, path))
        except LabError as e:           # which names it
            broken.append(str(e))
            continue
        try:
            sessions = wire.sessions(frames)
            found.append((case, side, pairs_of(sessions, dialect, case)))
            wrong = whole.of_capture(frames, sessions, dialect, cases, case)
        except LabError as e:
            broken.append("%s: %s" % (path, e))
            continue
        broken += ["%s: %s" % (path, word) for word in wrong]
        together.setdefault(side if case.taps else None, []).append((frames, sessions))
    if broken:
        raise LabError("\n".join(broken))
    for captured in together.values() if with_tshark else ():
        wire.ask_tshark(captured, facts_of.TSHARK, facts_of.DECODE_AS)
    return found


def corpus(outdir, dialect, with_tshark=True):
    """(label rows, disagreements, captures that are not there) of a dialect."""
    captures, missing = captures_of(outdir, dialect)
    found = read(outdir, dialect, captures, with_tshark)
    habits = decide.habits(pair for _, side, pairs in found if side == "honest" for pair in pairs)
    rows, wrong = [], []
    for case, side, pairs in found:
        more, bad = rows_of(pairs, dialect, case, side, habits)
        rows += more
        wrong += bad
    wrong += with_history(rows) if not missing else []
    return rows, wrong, [path for _, _, path in missing]
