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


def honest(rows):
    """Captures in which nobody does harm."""
    lines = ["| capture | what happens | outcome | a detector says |", "|---|---|---|---|"]
    for pcap, mine in by_pcap(rows).items():
        if mine[0]["side"] == "honest":
            lines.append("| `%s` | %s | %s | %s |" % (pcap, mine[0]["why"], outcome(mine), telling(mine)))
    return "\n".join(lines)


def pairs(rows):
    """Captures from both sides of the middle."""
    lines = ["| captures | what happens | outcome for the client | client's side | server's side |",
             "|---|---|---|---|---|"]
    found = by_pcap(r for r in rows if not r["slice_of"])
    for pcap, mine in found.items():
        if mine[0]["side"] == "client":
            stem = pcap[:-len(".client.pcap")]
            lines.append("| `%s.*` | %s | %s | %s | %s |" % (
                stem, mine[0]["why"], outcome(mine), telling(mine), telling(found[stem + ".server.pcap"])))
    return "\n".join(lines)


def reactions(rows):
    """Trick by trick, what the clients did: read from the client's side of every attack."""
    lines = ["| trick | capture | connections | what the client did |", "|---|---|---|---|"]
    for pcap, mine in by_pcap(rows).items():
        if mine[0]["attack"] and mine[0]["side"] == "client" and not mine[0]["slice_of"]:
            name = pcap.split("/")[-1].split(".")[0]
            lines.append("| %s | %s | %d | %s |" % (mine[0]["vector"], name, len(mine), outcome(mine)))
    return "\n".join(lines)


def all_tables(rows):
    return "\n\n".join((honest(rows), pairs(rows), reactions(rows)))
