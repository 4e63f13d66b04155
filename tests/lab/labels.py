# SPDX-License-Identifier: GPL-2.0-or-later
"""The file of labels: one JSON object a line, one line a session."""
import json
import os

import files
from wait import LabError

NAME = "labels.jsonl"
FIELDS = {
    "pcap": str, "side": ("honest", "client", "server", "both"), "client": str, "server": str, "dialect": str,
    "starttls_offered": (True, False, None), "starttls_requested": (True, False, None),
    "starttls_accepted": (True, False, None), "tls_established": (True, False),
    "credentials_in_clear": (True, False), "payload_in_clear": (True, False), "attack": (str, None),
    "vector": (str, None), "technique": (str, None), "should_alert": (True, False, "only-with-history"),
    "exposure": (True, False, "only-with-history"), "handshake": (True, False, "only-with-history"), "group": str,
    "session": int, "slice_of": (str, None), "ambiguous": (True, False), "why": str,
}


def fits(value, wanted):
    if isinstance(wanted, type):
        return type(value) is wanted
    return any(value is w or isinstance(w, type) and isinstance(value, w) or isinstance(w, str) and value == w
               for w in wanted)


def row_of(line):
    """The label in a line; ValueError says what is wrong with it."""
    row = json.loads(line)
    json.dumps(row, ensure_ascii=False).encode()        # half of a surrogate pair is no text
    if not isinstance(row, dict):
        raise ValueError("no object")
    wrong = [name for name, wanted in FIELDS.items() if name not in row or not fits(row[name], wanted)]
    wrong += ["no field is called " + name for name in row if name not in FIELDS]
    if wrong:
        raise ValueError("%s session %s: %s" % (row.get("pcap"), row.get("session"), ", ".join(wrong)))
    return row


def load(folder):
    """The labels of a corpus, every one of them complete."""
    path, rows = os.path.join(folder, NAME), []
    with open(path, "rb") as f:
        for number, line in enumerate(f, 1):
            try:
                rows.append(row_of(line))
            except (ValueError, RecursionError) as e:
                raise LabError("%s line %d: %s" % (path, number, getattr(e, "msg", e)))
    return rows


def write(folder, rows):
    files.write(os.path.join(folder, NAME), "".join(json.dumps(row) + "\n" for row in rows).encode())
