# SPDX-License-Identifier: GPL-2.0-or-later
"""Is a capture its case's and nobody else's, whole, and of its day? What a tap can miss, or somebody can cut out, is told."""
import re

import days
import segment
from segment import ACK, FIN, RST, SYN

START_SECONDS = 60                      # within which a client has connected
LONGEST_WAIT_US = 60 * 1000000
# Debian 12's is what CUPS's clients are told of (http/clients.py), and nobody's.
KERNEL = re.compile(rb"Linux (?!6\.1\.0)\d+\.\d+")


def beyond(a, b):
    """Does this sequence number lie behind that one (RFC 9293 section 3.4)?"""
    return 0 < (a - b) & 0xFFFFFFFF < 0x80000000


def end_of(s):
    """The sequence number behind a segment."""
    return (s.seq + len(s.payload) + bool(s.flags & SYN) + bool(s.flags & FIN)) & 0xFFFFFFFF


class Direction:
    """What one side has sent so far, and what of it the other has acknowledged."""

    def __init__(self):
        self.end = self.ident = self.closed = self.acked = None


def of_session(session, rough=False, forged=False, unanswered=False):
    """What of a connection was not captured, in words.

    rough       segments are lost on their way, or overtake each other
    forged      somebody beside the path says what the other tap does not see
    unanswered  nobody may answer at all
    """
    sides, reset = {session.client: Direction(), session.server: Direction()}, False
    if session.segments[0].flags & (SYN | ACK) != SYN:
        return "does not begin with SYN"
    for s in session.segments:
        mine, other = sides[s.source], sides[s.target]
        # A kernel numbers the packets of a connection; 0 is outside of that.
        if s.ident and not rough and not forged:
            if mine.ident and (s.ident - mine.ident) % 0xFFFF != 1:
                return "lacks a packet, or has one twice"
            mine.ident = s.ident
        if s.flags & RST:
            if s.flags & ACK and not forged and other.end is not None and beyond(s.ack, other.end):
                return "acknowledges what nobody sent"
            reset = True
            continue
        if mine.end is not None and beyond(s.seq, mine.end) and not rough:
            return "has a hole"
        if s.flags & ACK and not forged and (other.end is None or beyond(s.ack, other.end)):
            return "acknowledges what nobody sent"
        if mine.end is None or beyond(end_of(s), mine.end):
            mine.end = end_of(s)
        if s.flags & FIN:
            mine.closed = end_of(s)
        if s.flags & ACK and (other.acked is None or beyond(s.ack, other.acked)):
            other.acked = s.ack
    ended = reset or all(d.closed is not None and d.closed == d.acked for d in sides.values())
    return "" if ended or unanswered and not session.answered else "does not end"


def split(endpoint):
    """(last number of the address, port)"""
    address, port = endpoint.rsplit(":", 1)
    return int(address.strip("[]").replace(":", ".").split(".")[-1]), int(port)


def belongs(session, dialect, case):
    """Is this the case's? The data of FTP has ports of its own, and a server may call back."""
    (client, _), (server, port) = split(session.client), split(session.server)
    known = server == case.speaker or server == case.server[0] and client in (case.speaker, *case.strangers)
    return known and (dialect == "ftp" or port in case.ports)


def of_frames(frames):
    """What is wrong with them, whatever they say, in words."""
    times, wrong, seen = [when for when, _ in frames], [], set()
    # Was the clock of the machine set while the capture was made? No case waits so long.
    if any(not 0 <= b - a <= LONGEST_WAIT_US for a, b in zip(times, times[1:])):
        wrong.append("its clock jumps")
    if any(KERNEL.search(frame) for _, frame in frames):
        wrong.append("it names the kernel of the machine that made it")
    for number, (_, frame) in enumerate(frames, 1):
        packet = segment.untagged(frame)[1]
        if packet in seen and not segment.read(frame).flags & RST:      # RSTs may be alike
            wrong.append("frame %d is there twice" % number)
        seen.add(packet)
    return wrong


def of_capture(frames, sessions, dialect, cases, case):
    """What is wrong with the capture of a case, in words."""
    wrong = of_frames(frames)
    for session in sessions:
        named = "the connection of %s to %s " % (session.client, session.server)
        if not belongs(session, dialect, case):
            wrong.append(named + "is none of the case's")
        elif said := of_session(session, case.road, case.onside, case.silent):
            wrong.append(named + said)
    if not wrong and len({days.whose(split(session.client)[1]) for session in sessions}) > 1:
        wrong.append("clients speak from the ports of more than one case")
    if not 0 <= frames[0][0] / 1000000 - days.when(cases, case) < START_SECONDS:
        wrong.append("not of the time that the calendar has for it")
    return wrong
