# SPDX-License-Identifier: GPL-2.0-or-later
"""usage: jobs.py [ROUNDS [SEED]]
Random splits of captures, near and far from each other in time, some files broken: the events,
the messages and the exit status of read -j N are those of -j 1, and of no process at all."""
import glob
import json
import os
import random
import re
import resource
import struct
import subprocess
import sys
import tempfile

here = os.path.dirname(os.path.abspath(__file__))
program = os.path.abspath(os.path.join(os.environ["top_builddir"], "stripwatch"))
MAGIC = b"\xd4\xc3\xb2\xa1"
BEGIN = 1767225600
# Between two captures: together, within the hour that a connection may idle, and beyond it.
PAUSES = (-1, 0, 0.5, 600, 3500, 3599, 3601, 7200, 86400)


def load(path):
    """The head of a capture, and its packets: seconds since the first, and the rest."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:4] != MAGIC:
        return None
    packets, at, first = [], 24, None
    while at + 16 <= len(data):
        seconds, fraction, n, size = struct.unpack_from("<IIII", data, at)
        time = seconds * 1000000 + fraction
        first = time if first is None else first
        packets.append((time - first, struct.pack("<II", n, size) + data[at + 16:at + 16 + n]))
        at += 16 + n
    return (data[:24], packets) if packets else None


def save(path, head, packets):
    with open(path, "wb") as file:
        file.write(head)
        for time, rest in packets:
            file.write(struct.pack("<II", time // 1000000, time % 1000000) + rest)


def cut(chance, packets):
    """As tcpdump -C does: pieces that follow each other, through the midst of connections."""
    places = sorted(chance.sample(range(1, len(packets)),
                                  min(chance.randrange(4), len(packets) - 1)))
    return [packets[a:b] for a, b in zip([0] + places, places + [len(packets)])]


def make_files(chance, captures, folder):
    """Some of the captures, each moved to another time and cut into files."""
    names, time = [], BEGIN * 1000000
    for head, packets in chance.sample(captures, chance.randrange(2, 8)):
        pieces = cut(chance, packets)
        for piece in pieces:
            # a pause in the midst of a connection, now and then
            if piece is not pieces[0] and chance.random() < 0.2:
                time += 1000000 * chance.choice((3000, 3700))
            names.append("%02d.pcap" % len(names))
            save(os.path.join(folder, names[-1]), head, [(time + t, rest) for t, rest in piece])
        time += packets[-1][0] + int(1000000 * chance.choice(PAUSES))
    return names


def spoil(chance, names, folder):
    """Files that cannot be read, or not to their end, among the others."""
    for name in chance.sample(names, chance.randrange(len(names)) // 2):
        path = os.path.join(folder, name)
        os.truncate(path, max(24, os.path.getsize(path) - chance.randrange(1, 30)))
    if chance.random() < 0.3:
        names.append("missing.pcap")
    if chance.random() < 0.3:
        with open(os.path.join(folder, "text.pcap"), "w") as file:
            file.write("this is not a capture, but it is long enough to be looked at")
        names.append("text.pcap")
    if chance.random() < 0.3:
        save(os.path.join(folder, "nothing.pcap"), captures[0][0], [])
        names.append("nothing.pcap")
    if chance.random() < 0.5:
        chance.shuffle(names)


def run(folder, *arguments, room=resource.RLIM_INFINITY):
    """room: bytes that a temporary file may have."""
    share = () if "share-bytes" in str(arguments) else ("--limit", "share-bytes=1")

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    # small files, too, are worth a process
    done = subprocess.run([program, "read", "--format", "eve", *share, *arguments], cwd=folder,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
                          preexec_fn=limit)
    return done.returncode, done.stdout, done.stderr


def without_sandbox(told):
    return re.sub(rb'"sandbox":"[a-z]*"', b'', told[1]), told[0], told[2]


def random_splits_are_the_same(rounds, seed):
    for number in range(seed, seed + rounds):
        chance = random.Random(number)
        with tempfile.TemporaryDirectory() as folder:
            names = make_files(chance, captures, folder)
            spoil(chance, names, folder)
            more = chance.choice(([], [], ["--filter", "tcp port 25"], ["--limit", "idle=30"],
                                  ["--fail-on", "medium"]))
            alone = run(folder, *more, *names)
            assert alone[0] in (0, 1, 4) and alone[1], (number, alone)
            for jobs, least in (("2", 1), ("3", chance.randrange(1, 30000)), ("32", 1)):
                told = run(folder, "-j", jobs, "--limit", "share-bytes=%d" % least, *more, *names)
                assert told == alone, "seed %d, -j %s, %d bytes, %s:\n%s\n%s" % (
                    number, jobs, least, names, told[2].decode(), alone[2].decode())
            free = run(folder, "-j", "2", "--no-sandbox", *more, *names)
            assert without_sandbox(free) == without_sandbox(alone), "seed %d, free" % number


def told_of(output):
    """Sessions and alerts, without the places in files that they stand at."""
    events = [json.loads(line) for line in output.splitlines()]
    for event in events:
        for name in ("pcap_filename", "pcap_cnt"):
            event.pop(name, None)
        for item in event.get("evidence", ()):
            item.pop("frame", None)
            item.pop("file", None)
    return [event for event in events if event["event_type"] != "stats"]


def a_connection_crosses_files():
    """Pieces that follow each other are told as the whole is, whoever begins with which."""
    with tempfile.TemporaryDirectory() as folder:
        for number, (head, packets) in enumerate(captures[::45]):
            moved = [(BEGIN * 1000000 + t, rest) for t, rest in packets]
            save(os.path.join(folder, "whole.pcap"), head, moved)
            names = []
            for piece in cut(random.Random(number), moved):
                names.append("%02d.pcap" % len(names))
                save(os.path.join(folder, names[-1]), head, piece)
            whole, pieces = run(folder, "whole.pcap"), run(folder, "-j", "4", *names)
            assert whole[0] == pieces[0] == 0, (whole, pieces)
            assert told_of(whole[1]) == told_of(pieces[1]), number


def a_long_connection_is_one():
    """Two hours, in files of which each begins more than an hour behind the one before it."""
    head, packets = max(captures, key=lambda capture: len(capture[1]))
    step = 7200 * 1000000 // len(packets)
    moved = [(BEGIN * 1000000 + i * step, rest) for i, (_, rest) in enumerate(packets)]
    with tempfile.TemporaryDirectory() as folder:
        third = len(moved) * 6 // 10
        save(os.path.join(folder, "a.pcap"), head, moved[:third])
        save(os.path.join(folder, "b.pcap"), head, moved[third:])
        save(os.path.join(folder, "whole.pcap"), head, moved)
        whole, pieces = run(folder, "whole.pcap"), run(folder, "-j", "2", "a.pcap", "b.pcap")
        assert told_of(whole[1]) == told_of(pieces[1]) != []


def what_is_open_ends_with_its_capture():
    """No file shows the silence behind it, so nothing is concluded from that."""
    head, packets = next(c for c in captures if len(c[1]) > 12)
    with tempfile.TemporaryDirectory() as folder:
        for name, begin in (("a.pcap", BEGIN), ("b.pcap", BEGIN + 86400)):
            save(os.path.join(folder, name), head,
                 [(begin * 1000000 + t, rest) for t, rest in packets[:8]])
        for jobs in ("1", "2"):
            told = run(folder, "-j", jobs, "a.pcap", "b.pcap")
            reasons = [event["flow"]["reason"] for event in told_of(told[1])
                       if event["event_type"] == "session"]
            assert reasons == ["shutdown", "shutdown"], reasons


def who_reads_ahead_may_have_to_wait():
    """For its turn, when it has said enough before it, or there is no room for that."""
    head, packets = max(captures, key=lambda capture: len(capture[1]))
    with tempfile.TemporaryDirectory() as folder:
        names = ["%d.pcap" % day for day in range(4)]
        for day, name in enumerate(names):
            # one connection after the other, for long enough
            save(os.path.join(folder, name), head,
                 [((BEGIN + day * 86400 + i) * 1000000 + t, port(rest, i))
                  for i in range(100) for t, rest in packets])
        for room in (resource.RLIM_INFINITY, 100000):
            alone = run(folder, *names, room=room)
            assert len(alone[1].splitlines()) > 400, alone
            few = run(folder, "-j", "3", "--limit", "ahead-bytes=65536", *names, room=room)
            many = run(folder, "-j", "3", *names, room=room)
            assert few == alone and many == alone, room


def port(rest, number):
    """The same packet of another connection: the client's port is another one."""
    at = 8 + 14 + 20
    ports = list(struct.unpack_from(">HH", rest, at))
    ports = [p if p < 1024 else 20000 + number for p in ports]
    # a checksum that the network card was to fill in
    return (rest[:at] + struct.pack(">HH", *ports) + rest[at + 4:at + 16] + b"\0\0" +
            rest[at + 18:])


def what_is_no_number_is_usage():
    for jobs in ("0", "33", "x", "-1", "", "2x", "99999999999999999999"):
        status, _, told = run(here, "-j", jobs, "nothing.pcap")
        assert status == 2 and b"jobs" in told, (jobs, told)


captures = [capture for capture in map(load, sorted(
    glob.glob(os.path.join(here, "../pcaps/*/*.pcap")))) if capture]
assert len(captures) > 100, "the corpus is missing"
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 12
what_is_no_number_is_usage()
a_connection_crosses_files()
a_long_connection_is_one()
what_is_open_ends_with_its_capture()
who_reads_ahead_may_have_to_wait()
random_splits_are_the_same(ROUNDS, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
