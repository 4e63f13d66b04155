# SPDX-License-Identifier: GPL-2.0-or-later
"""A capture as TCP sessions: ordered pieces of data with time and sender; and what tshark says of each.

Nothing is missing for good in the laboratory's captures, so reassembly is simple: data counts from the next
expected byte on, what is ahead of it waits, anything else is a repetition - or, if it differs, a conflict.
"""
import os
import subprocess
import tempfile

import pcap
import segment
from segment import ACK, FIN, RST, SYN
from wait import LabError

ALWAYS = {"handshakes": "tls.handshake.type", "protocols": "tls.handshake.extensions_alpn_str"}
CLIENT, SERVER = "client", "server"


class Session:
    """One TCP connection. `data` is a list of (seconds, sender, bytes) in the order of the wire.

    conflict: bytes came twice and differed; outlived: somebody spoke on who had reset the connection.
    """

    def __init__(self, client, server):
        self.client, self.server = client, server
        self.data, self.resets = [], []
        self.closed = self.conflict = self.outlived = False
        self.expected, self.kept, self.ahead = {}, {CLIENT: {}, SERVER: {}}, {CLIENT: {}, SERVER: {}}
        self.frames, self.segments, self.began = [], [], None
        self.tshark = {}            # what tshark's dissectors say, when it is asked: name -> list of words

    def gives_way(self, s):
        """Does this segment begin another connection between the same ends?"""
        return s.flags & (SYN | ACK) == SYN and s.seq != self.began

    def add(self, number, when, s):
        """The next segment of the connection, in frame `number` of the capture."""
        sender = CLIENT if s.source == self.client else SERVER
        self.frames.append(number)
        self.segments.append(s)
        if s.flags & RST:
            self.resets.append((when, sender))
        self.closed |= bool(s.flags & FIN)
        if s.flags & SYN:
            self.began = s.seq if sender == CLIENT else self.began
            self.expected[sender] = (s.seq + 1) & 0xFFFFFFFF
        elif s.payload:
            self.hear(when, sender, s.seq, s.payload)

    def hear(self, when, sender, seq, payload):
        """Data, wherever it belongs."""
        behind = (seq - self.expected.get(sender, seq)) & 0xFFFFFFFF
        if 0 < behind < 0x80000000:
            self.ahead[sender][seq] = payload
            return
        if seq in self.kept[sender]:
            first = self.kept[sender][seq]
            shared = min(len(first), len(payload))
            self.conflict |= first[:shared] != payload[:shared]
        self.deliver(when, sender, seq, payload)
        for seq in sorted(self.ahead[sender], key=lambda n: (n - self.expected[sender]) & 0xFFFFFFFF):
            if not 0 < (seq - self.expected[sender]) & 0xFFFFFFFF < 0x80000000:
                self.deliver(when, sender, seq, self.ahead[sender].pop(seq))

    def deliver(self, when, sender, seq, payload):
        """Keep what is new of a segment that is not ahead."""
        old = (self.expected.get(sender, seq) - seq) & 0xFFFFFFFF
        fresh = payload[old:]
        if fresh:
            self.kept[sender][(seq + old) & 0xFFFFFFFF] = fresh
            self.expected[sender] = (seq + old + len(fresh)) & 0xFFFFFFFF
            self.outlived |= any(who == sender for _, who in self.resets)
            self.data.append((when, sender, fresh))

    @property
    def answered(self):
        """Did the server take the connection?"""
        return SERVER in self.expected

    def missing(self):
        """Is there data behind a hole that was never filled?"""
        return any((seq - self.expected[sender]) & 0xFFFFFFFF < 0x80000000
                   for sender, waiting in self.ahead.items() for seq in waiting)


def sessions(frames):
    """Every connection of a capture, in order of their first packets, or a LabError."""
    found, latest = [], {}
    for number, (when, frame) in enumerate(frames):
        try:
            s = segment.read(frame)
        except LabError as e:
            raise LabError("%s in frame %d" % (e, number + 1))
        ends = frozenset((s.source, s.target))
        if ends not in latest or latest[ends].gives_way(s):
            latest[ends] = Session(s.source, s.target)
            found.append(latest[ends])
        latest[ends].add(number, when / 1000000, s)
    holes = [s.client for s in found if s.missing()]
    if holes:
        raise LabError("a hole in what %s said or heard" % holes[0])
    return found


def ask_tshark(captures, dissected, decode_as=()):
    """Let tshark tell what it sees in the sessions of captures: [(frames, sessions)].

    dissected  name -> field of tshark's to note; decode_as  arguments of its option -d
    tshark reads all of them as one, which saves a second each: no two may hold the same connection.
    """
    frames = [frame for ours, _ in captures for frame in ours]
    notes, owners = {**dissected, **ALWAYS}, []
    for _, found in captures:
        owners += [s for _, s in sorted(((n, s) for s in found for n in s.frames), key=lambda pair: pair[0])]
        for session in found:
            session.tshark = {name: [] for name in notes}
    with tempfile.TemporaryDirectory() as folder:
        pcap.write(os.path.join(folder, "whole.pcap"), frames)
        rows = dissect(folder, "whole.pcap", list(dict.fromkeys(notes.values())), decode_as)
    for row, session in zip(rows, owners):
        for name, field in notes.items():
            session.tshark[name].extend(x for x in row[field].split("|") if x)


def dissect(folder, name, fields, decode_as):
    """What tshark says of each packet of a capture: field -> text. It is at home in that folder: nobody's settings count."""
    fields = ["frame.number"] + fields          # or a packet without any of them would have no line
    args = ["tshark", "-n", "-r", os.path.join(folder, name), "-o", "tcp.desegment_tcp_streams:TRUE",
            "-T", "fields", "-E", "aggregator=|"] + [x for d in decode_as for x in ("-d", d)]
    args += [x for f in fields for x in ("-e", f)]
    home = {"HOME": folder, "XDG_CONFIG_HOME": folder, "WIRESHARK_CONFIG_DIR": folder}
    p = subprocess.run(args, capture_output=True, encoding="latin-1", env=dict(os.environ, **home))
    if p.returncode:
        raise LabError("tshark: " + (p.stderr.strip().splitlines() or ["status %d" % p.returncode])[-1])
    return [dict(zip(fields, line.split("\t"))) for line in filter(None, p.stdout.split("\n"))]
