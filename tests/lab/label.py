# SPDX-License-Identifier: GPL-2.0-or-later
"""Ground truth: what every session of a corpus shows, and what a detector should make of it.

The attack comes from the table of cases, the facts from the capture. Three voices must agree: our
reading of the lines, tshark's dissectors, and what the table says a tap can tell.
"""
import importlib
import json
import os

import decide
import wire
from case import HISTORY, NO, YES
from wait import LabError

STRONGEST_FIRST = (YES, HISTORY, NO)


def path_of(dialect, case, side):
    """Where in the corpus a capture lies."""
    directory = "taps" if case.taps else dialect
    return os.path.join(directory, case.name + ("" if side == "honest" else "." + side) + ".pcap")


def strongest(verdicts):
    return min(((t, a) for t, a, _ in verdicts), key=lambda v: STRONGEST_FIRST.index(v[1]))


def alarm(case, technique, alert):
    """(should_alert, exposure): alerts of tampering, and of a client's own carelessness, apart.

    What needs history is innocent in an honest capture: the history says that it was always so.
    """
    innocent = case.attack is None and alert == HISTORY
    if technique in decide.EXPOSURE:
        return NO, NO if innocent else alert
    return NO if innocent else alert, NO


def rows_of(outdir, dialect, case, side):
    """(label rows, disagreements) of one capture."""
    facts_of = importlib.import_module(dialect + ".facts")
    path = path_of(dialect, case, side)
    sessions = wire.sessions(os.path.join(outdir, path), facts_of.TSHARK, facts_of.DECODE_AS)
    pairs = [(s, facts_of.read(s)) for s in sessions if s.server.endswith(":%d" % case.server[1])]
    if not pairs:
        return [], ["%s: no session at all" % path]
    wrong, rows = [], []
    tricks = importlib.import_module(dialect + ".tricks").TRICKS
    reason = "%s: %s" % (tricks[case.trick].what, case.why) if case.trick and case.attack else case.why
    verdicts = decide.of_capture(pairs)
    if strongest(verdicts) != case.sees[side]:
        wrong.append("%s: the table says %s, the capture %s" % (path, case.sees[side], strongest(verdicts)))
    for number, ((session, facts), (technique, alert, group)) in enumerate(zip(pairs, verdicts)):
        for word in facts_of.against_tshark(session, facts):
            if word.split(":")[0] not in case.tshark_blind:
                wrong.append("%s session %d: %s" % (path, number, word))
        should_alert, exposure = alarm(case, technique, alert)
        rows.append({
            "pcap": path, "side": side, "client": session.client, "server": session.server, "dialect": dialect,
            "starttls_offered": facts.offered, "starttls_requested": facts.requested,
            "starttls_accepted": facts.accepted, "tls_established": facts.established,
            "credentials_in_clear": facts.credentials, "payload_in_clear": facts.payload,
            "attack": case.attack, "vector": case.trick or ("race-454" if case.onside else None),
            "technique": technique if should_alert or exposure else None,
            "should_alert": should_alert, "exposure": exposure,
            "group": "%s.%s.%d" % (case.name, side, group), "session": number, "slice_of": None,
            "ambiguous": side in case.ambiguous or not session.data, "why": reason})
    return rows, wrong


def place(endpoint):
    return endpoint.rsplit(":", 1)[0]


def with_history(rows):
    """An expectation needs someone who taught it: disagreements where the corpus holds no history."""
    honest = [r for r in rows if r["side"] == "honest" and r["tls_established"]]
    servers = {r["server"] for r in honest}
    pairs = {(place(r["client"]), r["server"]) for r in honest}
    wrong = []
    for row in rows:
        if row["should_alert"] == HISTORY and row["server"] not in servers:
            wrong.append("%s: no honest upgrade of %s" % (row["pcap"], row["server"]))
        if row["exposure"] == HISTORY and (place(row["client"]), row["server"]) not in pairs:
            row.update(exposure=NO, technique=None)
    return wrong


def corpus(outdir, cases, whole=True):
    """(label rows, disagreements) of every capture of these cases; `whole` = all must be there."""
    rows, wrong = [], []
    for dialect, case in cases:
        for side in case.sides:
            if not os.path.exists(os.path.join(outdir, path_of(dialect, case, side))):
                wrong += ["%s: no capture" % path_of(dialect, case, side)] if whole else []
                continue
            try:
                more, bad = rows_of(outdir, dialect, case, side)
            except LabError as e:
                more, bad = [], ["%s: %s" % (case.name, e)]
            rows += more
            wrong += bad
    wrong += with_history(rows) if whole else []
    return rows, wrong


def load(path):
    with open(path) as f:
        return [json.loads(line) for line in f]


def write(path, rows):
    with open(path, "w") as f:
        for row in rows:
            f.write(json.dumps(row) + "\n")
