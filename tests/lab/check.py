# SPDX-License-Identifier: GPL-2.0-or-later
"""Is a corpus sound? Every capture whole and labelled, every label what the captures say, everything small.

tshark is not asked: that is what `run label` does. Here a machine that has nothing but Python finds whatever has been
changed since.
"""
import os

import formats
import label
import labels
from wait import LabError

FILE_BYTES, CORPUS_BYTES = 60000, 10000000
BESIDE, MORE_FOLDERS = (labels.NAME, "README.md", "CASES.md"), ["taps", "formats"]


def contents(folder, dialects):
    """(captures, what does not belong into a corpus)"""
    found, strange = [], []
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        if entry.is_dir() and entry.name in dialects + MORE_FOLDERS:
            for inner in sorted(os.scandir(entry.path), key=lambda e: e.name):
                known = inner.is_file() and inner.name.endswith((".pcap", ".pcapng"))
                (found if known else strange).append(os.path.join(entry.name, inner.name))
        elif not (entry.is_file() and entry.name in BESIDE):
            strange.append(entry.name)
    return found, strange


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
        try:
            more, bad, _ = label.corpus(folder, dialect, with_tshark=False)
            rows += more
            wrong += bad
        except LabError as e:
            wrong += str(e).split("\n")
    return label.ordered(rows + formats.rows(rows), dialects), wrong


def missing(folder, dialects):
    """path -> what is missing, in words; a dialect's name where there is nothing of it"""
    found = {}
    for dialect in dialects:
        there, absent = label.captures_of(folder, dialect)
        found.update({path: "no capture of %s's case %s: %s" % (dialect, case.name, path) for case, _, path in absent} if there
                     else {dialect: "no capture of " + dialect})
    return found


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
    if not wrong and list(said) != list(told):
        wrong.append("%s session %d: not in its place" % next(a for a, b in zip(said, told) if a != b))
    return wrong + ["%s session %d: %s is %r in its label, the capture says %r" % (*key, field, said[key][field], value)
                    for key in told if key in said for field, value in told[key].items() if said[key][field] != value]


def sizes(folder, names):
    size = {name: os.path.getsize(os.path.join(folder, name)) for name in names}
    wrong = ["%s has %d bytes, more than %d" % (f, n, FILE_BYTES) for f, n in sorted(size.items()) if n > FILE_BYTES]
    total = sum(size.values())
    return wrong + (["the corpus has %d bytes, more than %d" % (total, CORPUS_BYTES)] if total > CORPUS_BYTES else [])


def shared(rows):
    """Captures that hold the same connection, though they are to be read together."""
    wrong, seen = [], {}
    for r in rows:
        if r["pcap"].startswith(r["dialect"] + "/"):
            other = seen.setdefault((r["client"], r["server"]), r["pcap"])
            if other != r["pcap"]:
                wrong.append("%s and %s share the connection %s" % (other, r["pcap"], r["client"]))
    return wrong


def corpus(folder, dialects, known):
    """What is wrong, one line each.

    dialects    those that must be there, as any must be of which there is something; known: all that there are
    """
    rows = labels.load(folder)
    dialects = [d for d in known if d in dialects or any(r["dialect"] == d for r in rows)]
    found, strange = contents(folder, known)
    files, labelled = set(found), {r["pcap"] for r in rows}
    absent = missing(folder, dialects)
    wrong = ["no dialect is called " + d for d in dict.fromkeys(r["dialect"] for r in rows) if d not in known]
    wrong += ["%s does not belong here" % name for name in strange]
    wrong += ["%s has no label" % f for f in sorted(files - labelled)]
    wrong += ["%s is labelled and missing" % f for f in sorted(labelled - files)]
    wrong += [said for path, said in absent.items() if path not in labelled]
    wrong += sizes(folder, files)
    if wrong:
        return wrong                # or much else would be wrong for the same reason
    anew, wrong = derived(folder, dialects)
    copies = sorted(f for f in files if os.path.dirname(f) == "formats")
    return wrong or of_formats(folder, copies) + of_labels(rows, anew) + shared(rows)
