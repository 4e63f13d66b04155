# SPDX-License-Identifier: GPL-2.0-or-later
"""Is a corpus sound? Every capture whole and labelled, every label what the captures say, everything small.

tshark is not asked: that is what `run label` does. Here a machine that has nothing but Python finds whatever has been
changed since.
"""
import os
import re

import formats
import label
import labels
import pcap
from wait import LabError

FILE_BYTES, DIALECT_BYTES = 60000, 3000000
LONGEST_WAIT_US = 60 * 1000000
# Debian 12's is what CUPS's clients are told of (http/clients.py), and nobody's.
KERNEL = re.compile(rb"Linux (?!6\.1\.0)\d+\.\d+")


def captures(folder):
    for where, _, files in os.walk(folder):
        for file in files:
            if file.endswith((".pcap", ".pcapng")):
                yield os.path.relpath(os.path.join(where, file), folder)


def of_capture(path):
    """What is wrong with a capture of the laboratory's, in words."""
    frames = pcap.read(path)
    times = [when for when, _ in frames]
    # Was the clock of the machine set while the capture was made? No case waits so long.
    wrong = ["its clock jumps"] if any(not 0 <= b - a <= LONGEST_WAIT_US for a, b in zip(times, times[1:])) else []
    if not frames:
        wrong.append("no packet")
    if any(KERNEL.search(frame) for _, frame in frames):
        wrong.append("it names the kernel of the machine that made it")
    return ["%s: %s" % (path, word) for word in wrong]


def broken(folder, names):
    """Captures that cannot be read, or are not what the laboratory makes."""
    wrong = []
    for name in names:
        try:
            wrong += of_capture(os.path.join(folder, name))
        except LabError as e:
            wrong.append(str(e))
    return wrong


def of_formats(folder, names):
    """formats/ repeats one capture, so it can be made again."""
    made = formats.contents(folder) if names else {}
    wrong = []
    for name in names:
        with open(os.path.join(folder, name), "rb") as f:
            if f.read() != made.get(name):
                wrong.append("%s: not %s in another format" % (name, formats.SOURCE))
    return wrong


def derived(folder, dialects):
    """(rows, disagreements): the labels as they follow from the captures and the tables of cases."""
    rows, wrong = [], []
    for dialect in dialects:
        more, bad, _ = label.corpus(folder, dialect, with_tshark=False)
        rows += more
        wrong += bad
    return rows + formats.rows(rows), wrong


def of_labels(rows, anew):
    """Where labels are not what follows from the captures."""
    wrong, said = [], {}
    for row in rows:
        key = row["pcap"], row["session"]
        if key in said:
            wrong.append("%s session %d: labelled twice" % key)
        said[key] = row
    told = {(row["pcap"], row["session"]): row for row in anew}
    wrong += ["%s session %d: no capture of a case shows it" % key for key in said if key not in told]
    wrong += ["%s session %d: not labelled" % key for key in told if key not in said]
    return wrong + ["%s session %d: %s is %r in its label, the capture says %r" % (*key, field, said[key][field], value)
                    for key in told if key in said for field, value in told[key].items() if said[key][field] != value]


def sizes(folder, names, dialects):
    size = {name: os.path.getsize(os.path.join(folder, name)) for name in names}
    wrong = ["%s has %d bytes, more than %d" % (f, n, FILE_BYTES) for f, n in sorted(size.items()) if n > FILE_BYTES]
    if sum(size.values()) > DIALECT_BYTES * dialects:
        wrong.append("the corpus has grown beyond %d bytes a dialect" % DIALECT_BYTES)
    return wrong


def shared(rows):
    """Captures that hold the same connection, though they are to be read together."""
    wrong, seen = [], {}
    for r in rows:
        if r["pcap"].startswith(r["dialect"] + "/"):
            other = seen.setdefault((r["client"], r["server"]), r["pcap"])
            if other != r["pcap"]:
                wrong.append("%s and %s share the connection %s" % (other, r["pcap"], r["client"]))
    return wrong


def corpus(folder, known):
    """What is wrong, one line each; known: the dialects that there are."""
    rows = labels.load(folder)
    files, labelled = set(captures(folder)), {r["pcap"] for r in rows}
    dialects = list(dict.fromkeys(r["dialect"] for r in rows))
    wrong = ["no dialect is called " + d for d in dialects if d not in known]
    wrong += ["%s has no label" % f for f in sorted(files - labelled)]
    wrong += ["%s is labelled and missing" % f for f in sorted(labelled - files)]
    wrong += sizes(folder, files, len(dialects))
    copies = sorted(f for f in files if os.path.dirname(f) == "formats")
    wrong += broken(folder, sorted(files - set(copies)))
    if wrong:
        return wrong                # or much else would be wrong for the same reason
    anew, wrong = derived(folder, dialects)
    return wrong or of_formats(folder, copies) + of_labels(rows, anew) + shared(rows)
