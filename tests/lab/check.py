# SPDX-License-Identifier: GPL-2.0-or-later
"""Is a corpus sound? Every capture labelled, every label complete, everything small."""
import os

import label
import pcap

FIELDS = {
    "pcap": str, "side": ("honest", "client", "server", "both"), "client": str, "server": str, "dialect": str,
    "starttls_offered": (True, False, None), "starttls_requested": (True, False, None),
    "starttls_accepted": (True, False, None), "tls_established": (True, False),
    "credentials_in_clear": (True, False), "payload_in_clear": (True, False), "attack": (str, None),
    "vector": (str, None), "technique": (str, None), "should_alert": (True, False, "only-with-history"),
    "exposure": (True, False, "only-with-history"), "handshake": (True, False, "only-with-history"), "group": str,
    "session": int, "slice_of": (str, None), "ambiguous": (True, False), "why": str,
}
FILE_BYTES, DIALECT_BYTES = 60000, 3000000
LONGEST_WAIT_US = 60 * 1000000


def fits(value, wanted):
    if isinstance(wanted, type):
        return isinstance(value, wanted)
    return any(value is w or isinstance(w, type) and isinstance(value, w) or isinstance(w, str) and value == w
               for w in wanted)


def of_row(row):
    wrong = [name for name, wanted in FIELDS.items() if name not in row or not fits(row[name], wanted)]
    if not row.get("starttls_requested") and row.get("starttls_accepted") is not None:
        wrong.append("accepted without a request")
    if row.get("should_alert") is not False and not row.get("technique"):
        wrong.append("an alert without a technique")
    return wrong


def jumped(path):
    """Was the clock of the machine set while the capture was made? No case waits so long."""
    times = [when for when, _ in pcap.read(path)] if path.endswith(".client.pcap") or path.endswith(".server.pcap") else []
    return any(abs(b - a) > LONGEST_WAIT_US for a, b in zip(times, times[1:]))


def captures(directory):
    for where, _, files in os.walk(directory):
        for file in files:
            if file.endswith((".pcap", ".pcapng")):
                yield os.path.relpath(os.path.join(where, file), directory)


def corpus(directory):
    """What is wrong, one line each."""
    rows = label.load(os.path.join(directory, "labels.jsonl"))
    wrong = ["%s session %s: %s" % (r.get("pcap"), r.get("session"), ", ".join(of_row(r))) for r in rows if of_row(r)]
    files, labelled = set(captures(directory)), {r["pcap"] for r in rows}
    wrong += ["%s has no label" % f for f in sorted(files - labelled)]
    wrong += ["%s is labelled and missing" % f for f in sorted(labelled - files)]
    wrong += ["%s: its clock jumps" % f for f in sorted(files & labelled) if jumped(os.path.join(directory, f))]
    sizes = {f: os.path.getsize(os.path.join(directory, f)) for f in files}
    wrong += ["%s has %d bytes, more than %d" % (f, n, FILE_BYTES) for f, n in sorted(sizes.items()) if n > FILE_BYTES]
    if sum(sizes.values()) > DIALECT_BYTES * len({r["dialect"] for r in rows}):
        wrong.append("the corpus has grown beyond %d bytes a dialect" % DIALECT_BYTES)
    seen = {}
    for r in rows:
        if r["pcap"].startswith(r["dialect"] + "/"):
            other = seen.setdefault((r["client"], r["server"]), r["pcap"])
            if other != r["pcap"]:
                wrong.append("%s and %s share the connection %s" % (other, r["pcap"], r["client"]))
    return wrong
