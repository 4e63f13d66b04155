# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables for readers, made from the labels: what each capture shows, and how clients took it."""
import collections


def word(row):
    """One session in two or three words."""
    if row["tls_established"]:
        return "password in clear, then TLS" if row["credentials_in_clear"] else "TLS"
    secret = " with the password" if row["credentials_in_clear"] else ""
    if row["payload_in_clear"]:
        return ("mail" if row["dialect"] in ("smtp", "lmtp") else "content") + " in clear" + secret
    if secret:
        return "password in clear"
    if row["starttls_accepted"]:
        return "TLS failed"
    return "no TLS" if row["dialect"] == "rdp" else "left"      # what has a cipher of its own is neither


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
        elif row["handshake"]:
            told.append("%s%s" % (row["technique"], "" if row["handshake"] is True else ", with history"))
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
            there = found.get(stem + ".server.pcap")
            told_there = telling(there) if there else "–"
            lines.append("| `%s.*` | %s | %s | %s | %s |" % (
                stem, mine[0]["why"], outcome(mine), telling(mine), told_there))
    return "\n".join(lines)


UNUSUAL = ("v6", "strict", "quoting", "segments", "address")
FROM_THE_SIDE = {"race-refusal": "refuse from the side, before the server can grant",
                 "race-reset": "forge RST from the side"}


def client_of(pcap):
    """Who is played in a capture, by its name; nothing where that does not say."""
    words = pcap.split("/")[-1].split(".")[0].split("-")
    if words[:2] == ["exim", "sends"] or words[-1] == "exim":
        return "Exim, TLS required" if words[-1] == "required" else "Exim"
    return "reconnects" if words[-2:] == ["race", "reset"] else words[-1] if len(words) > 1 else ""


def reactions(rows):
    """Trick by trick, what the clients did: read from the client's side of every attack."""
    found = collections.OrderedDict()
    for pcap, mine in by_pcap(rows).items():
        first, client = mine[0], client_of(pcap)
        if first["attack"] and first["side"] == "client" and not first["slice_of"] and client not in UNUSUAL:
            what = FROM_THE_SIDE.get(first["vector"]) or first["why"].split(": ")[0]
            found.setdefault(what, []).append("%s: %s" % (client, outcome(mine)))
    lines = ["| what the attacker does | what came of it, client by client |", "|---|---|"]
    return "\n".join(lines + ["| %s | %s |" % (what, "; ".join(dict.fromkeys(cells))) for what, cells in found.items()])


def of_dialect(rows, dialect):
    """The rows of a dialect's own captures: no formats, which repeat one of them."""
    return [r for r in rows if r["dialect"] == dialect and not r["slice_of"]]


def all_cases(rows):
    """Every capture, dialect by dialect."""
    parts = []
    for dialect in dict.fromkeys(r["dialect"] for r in rows):
        mine = of_dialect(rows, dialect)
        parts.append("## %s\n\n### Nobody in the middle\n\n%s\n\n### Somebody in the middle\n\n%s"
                     % (dialect, honest(mine), pairs(mine)))
    return "\n\n".join(parts)


def all_reactions(rows):
    dialects = dict.fromkeys(r["dialect"] for r in rows)
    return "\n\n".join("### %s\n\n%s" % (d, reactions(of_dialect(rows, d))) for d in dialects)


def techniques(rows):
    """How many sessions of each technique there are in each dialect, both sides of the middle together."""
    rows = [r for r in rows if not r["slice_of"]]
    dialects = list(dict.fromkeys(r["dialect"] for r in rows))
    count = collections.Counter((r["attack"] or "(nobody does harm)", r["dialect"]) for r in rows)
    lines = ["| | %s |" % " | ".join(dialects), "|---|%s" % ("--:|" * len(dialects))]
    for attack in sorted({a for a, _ in count}):
        cells = [str(count[attack, d] or "") for d in dialects]
        lines.append("| %s | %s |" % (attack, " | ".join(cells)))
    return "\n".join(lines)
