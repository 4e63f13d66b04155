# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables for readers, made from the labels: what each capture shows, and how clients took it."""
import collections


def word(row):
    """One session in two or three words."""
    if row["tls_established"]:
        return "TLS"
    secret = " with the password" if row["credentials_in_clear"] else ""
    if row["payload_in_clear"]:
        return "mail in clear" + secret
    if secret:
        return "password in clear"
    if row["starttls_accepted"]:
        return "TLS failed"
    return "left"


def outcome(rows):
    """All sessions of a capture: runs of the same word are counted."""
    runs = []
    for row in rows:
        if runs and runs[-1][0] == word(row):
            runs[-1][1] += 1
        else:
            runs.append([word(row), 1])
    return ", then ".join(w if n == 1 else "%d × %s" % (n, w) for w, n in runs)


def telling(rows):
    """What a detector should say of a capture, in words."""
    told = []
    for row in rows:
        if row["should_alert"] is True:
            told.append("**%s**" % row["technique"])
        elif row["should_alert"]:
            told.append("%s, with history" % row["technique"])
        elif row["exposure"]:
            told.append("(%s%s)" % (row["technique"], "" if row["exposure"] is True else ", with history"))
    return "; ".join(dict.fromkeys(told)) or "silence"


def by_pcap(rows):
    found = collections.OrderedDict()
    for row in rows:
        found.setdefault(row["pcap"], []).append(row)
    return found


def table(rows):
    lines = ["| capture | what happens | sessions | outcome | a detector says |", "|---|---|---|---|---|"]
    for pcap, mine in by_pcap(rows).items():
        lines.append("| `%s` | %s | %d | %s | %s |" % (pcap, mine[0]["why"], len(mine), outcome(mine), telling(mine)))
    return "\n".join(lines)


def reactions(rows):
    """Trick by trick, what the clients did: read from the client's side of every attack."""
    lines = ["| trick | client | connections | what the client did |", "|---|---|---|---|"]
    for pcap, mine in by_pcap(rows).items():
        if mine[0]["attack"] and mine[0]["side"] == "client" and not mine[0]["slice_of"]:
            trick = mine[0]["vector"]
            client = pcap.split("/")[-1].split(".")[0]
            lines.append("| %s | %s | %d | %s |" % (trick, client, len(mine), outcome(mine)))
    return "\n".join(lines)
