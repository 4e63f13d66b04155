# SPDX-License-Identifier: GPL-2.0-or-later
"""Two corpora that were made from the same tables: do their labels say the same?

Times, ports and bytes differ; so does how often an MTA came back before it went on in clear, which its clock decides:
equal neighbours count once. What a race decides is left out where the table says so (Case.unsteady).
"""
import collections

SAID = ("side", "dialect", "starttls_offered", "starttls_requested", "starttls_accepted", "tls_established",
        "credentials_in_clear", "payload_in_clear", "attack", "vector", "technique", "should_alert", "exposure", "handshake")


def said(rows):
    """pcap -> what its labels say, session by session; a connection without data says nothing."""
    found = collections.OrderedDict()
    for row in rows:
        words = {name: row.get(name) for name in SAID}
        mine = found.setdefault(row["pcap"], [])
        if not row["ambiguous"] and mine[-1:] != [words]:
            mine.append(words)
    return found


def differences(ours, theirs):
    """Words for how two captures differ."""
    if len(ours) != len(theirs):
        return "%d kinds of sessions here, %d there" % (len(ours), len(theirs))
    return "; ".join("session %d: %s %s, %s there" % (n, name, a[name], b[name])
                     for n, (a, b) in enumerate(zip(ours, theirs)) for name in SAID if a[name] != b[name])


def absent(ours, theirs):
    """Dialects of theirs of which there is nothing in ours."""
    return list(dict.fromkeys(r["dialect"] for r in theirs if r["dialect"] not in {r["dialect"] for r in ours}))


def corpora(ours, theirs, unsteady):
    """(what differs, what differs by nature): lines; unsteady: pcap -> why."""
    ours, theirs = said(ours), said(theirs)
    wrong, natural = [], []
    for pcap in list(ours) + [p for p in theirs if p not in ours]:
        if pcap not in ours or pcap not in theirs:
            wrong.append("%s: only %s" % (pcap, "here" if pcap in ours else "there"))
        elif text := differences(ours[pcap], theirs[pcap]):
            if pcap in unsteady:
                natural.append("%s: %s (%s)" % (pcap, text, unsteady[pcap]))
            else:
                wrong.append("%s: %s" % (pcap, text))
    return wrong, natural
