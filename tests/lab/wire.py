# SPDX-License-Identifier: GPL-2.0-or-later
"""A capture as TCP sessions: ordered pieces of data with time and sender, read through tshark.

Nothing is missing for good in the laboratory's captures, so reassembly is simple: data counts from the next
expected byte on, what is ahead of it waits, anything else is a repetition - or, if it differs, a conflict.
"""
import subprocess
import tempfile

import pcap
from wait import LabError

FIELDS = ("frame.number frame.time_epoch tcp.stream ip.src ipv6.src tcp.srcport ip.dst ipv6.dst tcp.dstport tcp.seq_raw "
          "tcp.flags tcp.payload tcp.checksum tcp.checksum.status tls.handshake.type tls.handshake.extensions_alpn_str").split()
OTHER_ZERO = "0xffff"           # the same number as 0, and right for the kernel
ALWAYS = {"handshakes": "tls.handshake.type", "protocols": "tls.handshake.extensions_alpn_str"}
FIN, SYN, RST, ACK = 1, 2, 4, 16
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
        self.tshark = {}            # what tshark's dissectors say: name -> list of words

    def segment(self, when, sender, seq, flags, payload):
        if flags & RST:
            self.resets.append((when, sender))
        self.closed |= bool(flags & FIN)
        if flags & SYN:
            self.expected[sender] = (seq + 1) & 0xFFFFFFFF
            return
        if not payload:
            return
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


def endpoint(address, port):
    return "[%s]:%s" % (address, port) if ":" in address else "%s:%s" % (address, port)


def sessions(paths, dissected, decode_as=()):
    """For each capture every connection, in order of their first packets, or a LabError.

    dissected  name -> field of tshark's to note; decode_as  arguments of its option -d
    tshark reads all of them as one, which saves a second each: no two may hold the same connection.
    """
    owners = [n for n, path in enumerate(paths) for _ in pcap.read(path)]
    with tempfile.NamedTemporaryFile(suffix=".pcap") as whole:
        pcap.write(whole.name, [frame for path in paths for frame in pcap.read(path)])
        rows = dissect(whole.name, dissected, decode_as)
    found = [{} for _ in paths]
    for row in rows:
        owner = owners[int(row["frame.number"]) - 1]
        try:
            take(found[owner], row, dissected)
        except LabError as e:
            found[owner] = e
    return [f if isinstance(f, LabError) else whole_or_error(list(f.values())) for f in found]


def dissect(path, dissected, decode_as):
    """What tshark says of each packet: field -> text."""
    fields = FIELDS + [f for f in dissected.values() if f not in FIELDS]
    args = ["tshark", "-n", "-r", path, "-o", "tcp.check_checksum:TRUE", "-o", "tcp.desegment_tcp_streams:TRUE",
            "-T", "fields", "-E", "aggregator=|"] + [x for d in decode_as for x in ("-d", d)]
    args += [x for f in fields for x in ("-e", f)]
    p = subprocess.run(args, capture_output=True, encoding="latin-1")
    if p.returncode:
        raise LabError("tshark %s: %s" % (path, p.stderr.strip()))
    return [dict(zip(fields, line.split("\t"))) for line in filter(None, p.stdout.split("\n"))]


def take(found, row, dissected):
    """Add one packet to the connections of its capture, unless those are given up already."""
    if isinstance(found, LabError):
        return
    source = endpoint(row["ip.src"] or row["ipv6.src"], row["tcp.srcport"])
    target = endpoint(row["ip.dst"] or row["ipv6.dst"], row["tcp.dstport"])
    session = found.setdefault(row["tcp.stream"], Session(source, target))
    if row["tcp.checksum.status"] not in ("1", "Good") and row["tcp.checksum"] != OTHER_ZERO:
        raise LabError("a bad TCP checksum from %s: offloading is on" % source)
    sender = CLIENT if source == session.client else SERVER
    session.segment(float(row["frame.time_epoch"]), sender, int(row["tcp.seq_raw"]), int(row["tcp.flags"], 16),
                    bytes.fromhex(row["tcp.payload"]))
    for key, field in {**dissected, **ALWAYS}.items():
        session.tshark.setdefault(key, []).extend(x for x in row[field].split("|") if x)


def whole_or_error(found):
    holes = [s.client for s in found if s.missing()]
    return LabError("a hole in what %s said or heard" % holes[0]) if holes else found
