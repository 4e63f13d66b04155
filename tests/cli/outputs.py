# SPDX-License-Identifier: GPL-2.0-or-later
"""Events to every kind of output: all of them arrive, in order, whatever the other end does."""
import fcntl
import glob
import json
import os
import pty
import re
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import termios

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)
from receivers import (  # noqa: E402
    Receiver, name_of_this_machine, take_counted, take_lines, wait_until)

program = os.path.abspath(os.path.join(os.environ["top_builddir"], "stripwatch"))
captures = sorted(glob.glob(os.path.join(here, "../pcaps/smtp/*.pcap")))
UNIX, DGRAM = socket.AF_UNIX, socket.SOCK_DGRAM


def run(*arguments, status=0, said=None):
    done = subprocess.run([program, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=120)
    told = done.stderr.decode()
    assert done.returncode == status, "exit %d: %s\n%s" % (done.returncode, arguments, told)
    assert said is None or said in told, "not said: %s\n%s" % (said, told)
    assert said is not None or not told, told
    return done.stdout, told


def outputs(*specs):
    return [word for spec in specs for word in ("--output", spec)]


def lines_of(path):
    with open(path, "rb") as file:
        return file.read().splitlines()


def records():
    """The packets of all captures in their order, as records of one capture of Ethernet."""
    packets = []
    for path in captures:
        with open(path, "rb") as file:
            data = file.read()
        if data[:4] != b"\xd4\xc3\xb2\xa1" or data[20:24] != b"\x01\0\0\0":
            continue
        at = 24
        while at + 16 <= len(data):
            seconds, fraction, n, _ = struct.unpack_from("<IIII", data, at)
            packets.append((seconds, fraction, data[at:at + 16 + n]))
            at += 16 + n
    packets.sort(key=lambda packet: packet[:2])
    return [packet[2] for packet in packets]


HEADER = struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)


HERE = name_of_this_machine()


def sleeps(pid):
    with open("/proc/%d/stat" % pid) as file:
        return file.read().rpartition(")")[2].split()[0] == "S"


class Live:
    """stripwatch read -, fed bit by bit."""

    def __init__(self, *specs, stderr=subprocess.PIPE):
        self.process = subprocess.Popen(
            [program, "read", "--format", "eve", *outputs(*specs), "-"],
            stdin=subprocess.PIPE, stderr=stderr)
        self.process.stdin.write(HEADER)

    def feed(self, packets):
        self.process.stdin.write(b"".join(packets))
        self.process.stdin.flush()

    def has_read_all(self):
        """Nothing is left in the pipe, and both processes wait for more."""
        left = fcntl.ioctl(self.process.stdin, termios.FIONREAD, b"\0" * 4)
        pid = self.process.pid
        with open("/proc/%d/task/%d/children" % (pid, pid)) as file:
            pids = [pid] + [int(child) for child in file.read().split()]
        return left == b"\0" * 4 and all(sleeps(pid) for pid in pids)

    def finish(self, status=0):
        told = self.process.communicate(timeout=60)[1].decode()
        assert self.process.returncode == status, told
        return told

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()


def in_order(received, expected, repeated=False):
    """All were received in their order; repeated: some more than once, after a connection broke."""
    if not repeated:
        assert received == expected, "%d of %d, or out of order" % (len(received), len(expected))
        return
    seen = list(dict.fromkeys(received))
    assert seen == expected, "%d of %d, or out of order" % (len(seen), len(expected))
    place = {line: i for i, line in enumerate(expected)}
    for before, after in zip(received, received[1:]):
        assert place[after] <= place[before] + 1, "something was left out and came later"


# --- Certificates, made for this run only ---

def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def make_certificates():
    with open("names", "w") as file:
        file.write("subjectAltName=DNS:log.example,DNS:localhost,IP:127.0.0.1\n")
    for ca in ("ca", "otherca"):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", ca + ".key", "-out", ca + ".pem", "-days", "2", "-subj", "/CN=" + ca)
    for name in ("server", "client"):
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                name + ".key", "-out", name + ".csr", "-subj", "/CN=%s.example" % name)
        openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-CAcreateserial", "-out", name + ".pem", "-days", "2", "-extfile", "names")


def tls_context(version=None, client_wanted=False):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain("server.pem", "server.key")
    if version:
        context.minimum_version = context.maximum_version = version
    if client_wanted:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations("ca.pem")
    return context


# --- Tests ---

def all_kinds_at_once():
    """One run, every kind of output: each gets what the file gets."""
    ends = {
        "unix:stream.sock": Receiver("stream.sock", UNIX, take=take_lines),
        "unix+dgram:dgram.sock": Receiver("dgram.sock", UNIX, DGRAM),
        "syslog:log.sock": Receiver("log.sock", UNIX, DGRAM, syslog=True),
        "syslog:logs.sock": Receiver("logs.sock", UNIX, take=take_lines, syslog=True),
    }
    for scheme, arguments, keys in (
            ("syslog+udp:127.0.0.1:%d", {"kind": DGRAM}, ""),
            ("syslog+tcp:" + HERE + ":%d", {"take": take_counted}, ""),
            ("syslog+tls:" + HERE + ":%d", {"take": take_counted, "tls": tls_context()},
             "?ca=ca.pem"),
            ("syslog+tls:127.0.0.1:%d", {"take": take_counted, "tls":
                                         tls_context(ssl.TLSVersion.TLSv1_2, True)},
             "?ca=ca.pem&cert=client.pem&key=client.key")):
        receiver = Receiver(("127.0.0.1", 0), syslog=True, **arguments)
        ends[scheme % receiver.port + keys] = receiver
    run("read", "--format", "eve", *outputs("all.json", *ends), *captures)
    events = lines_of("all.json")
    assert len(events) > 50 and b'"event_type":"stats"' in events[-1]
    for spec, receiver in ends.items():
        wait_until(lambda: len(receiver.messages) >= len(events), spec)
        in_order(receiver.messages, events)
        assert not receiver.faults, (spec, receiver.faults)
        receiver.close()
    written = json.loads(events[-1])["stats"]["sink"]
    assert len(written) == 9, written
    for name, counters in written.items():
        assert counters == {"written": len(events) - 1, "dropped": 0, "queued": 0}, (name, counters)


def formats_and_filters():
    """What an output does not want it does not get; each has its own format."""
    run("read", *outputs("eve.json", "file:ecs.json?format=ecs", "file:alerts.json?types=alert",
                         "file:grave.json?types=alert&severity=high&name=grave",
                         "file:text.txt?format=text"), *captures)
    events = [json.loads(line) for line in lines_of("eve.json")]
    alerts = [event for event in events if event["event_type"] == "alert"]
    grave = [event for event in alerts if event["alert"]["severity"] == 1]
    assert 0 < len(grave) < len(alerts) < len(events)
    assert [json.loads(line) for line in lines_of("alerts.json")] == alerts
    assert [json.loads(line) for line in lines_of("grave.json")] == grave
    ecs = [json.loads(line) for line in lines_of("ecs.json")]
    assert len(ecs) == len(events)
    for event, same in zip(events, ecs):
        assert same["event"]["dataset"] == "stripwatch." + event["event_type"]
        if event["event_type"] != "stats":
            assert same["source"]["ip"] == event["src_ip"]
            assert same["stripwatch"]["flow_id"] == event["flow_id"]
    text = b"\n".join(lines_of("text.txt"))
    assert b"ALERT" in text and b"Sessions" in text and b"\033" not in text
    assert events[-1]["stats"]["sink"]["grave"]["written"] == len(grave)


def nothing_waits_for_the_next_packet():
    """Who was away when the last event came gets it when he is back, though no packet comes."""
    packets = records()
    receiver = Receiver("late.sock", UNIX, take=take_lines)
    receiver.close()
    live = Live("late.json", "unix:late.sock")
    live.feed(packets[:len(packets) // 3])
    wait_until(lambda: len(lines_of("late.json")) > 5 and live.has_read_all(), "the first third")
    receiver.open()
    wait_until(lambda: len(receiver.messages) == len(lines_of("late.json")), "what was waiting")
    live.finish()
    receiver.close()
    os.unlink("late.json")


def gone_and_back():
    """The other end goes while events come, and comes back: nothing is lost, order is kept."""
    packets = records()
    third = len(packets) // 3
    for make in (lambda: ("unix:gone.sock", Receiver("gone.sock", UNIX, take=take_lines)),
                 lambda: network("syslog+tcp:127.0.0.1:%d"),
                 lambda: network("syslog+tls:" + HERE + ":%d?ca=ca.pem", tls=tls_context())):
        spec, receiver = make()
        live = Live("gone.json", spec)
        live.feed(packets[:third])
        wait_until(lambda: len(lines_of("gone.json")) > 5 and live.has_read_all() and
                   len(receiver.messages) == len(lines_of("gone.json")), "the first third")
        before = len(lines_of("gone.json"))
        receiver.close()
        live.feed(packets[third:2 * third])
        wait_until(lambda: len(lines_of("gone.json")) > before + 5, "the second third")
        receiver.open()
        live.feed(packets[2 * third:])
        told = live.finish()
        events = lines_of("gone.json")
        wait_until(lambda: events[-1] in receiver.messages, "the last event of " + spec)
        in_order(receiver.messages, events, repeated=True)
        assert spec.split("?")[0] in told, told
        assert receiver.connections > 1
        receiver.close()
        os.unlink("gone.json")


def a_bar_is_wiped_before_a_message():
    """On a terminal: what an output has to tell does not stand behind the bar of the reading."""
    packets, said = records(), bytearray()
    terminal, other_end = pty.openpty()
    os.set_blocking(terminal, False)
    receiver = Receiver("bar.sock", UNIX, take=take_lines)
    live = Live("bar.json", "unix:bar.sock", stderr=other_end)

    def is_told(what, feed):
        live.feed(feed)
        try:
            said.extend(os.read(terminal, 65536))
        except BlockingIOError:
            pass
        return what in said

    live.feed(packets[:len(packets) // 2])
    wait_until(lambda: is_told(b"MB read", packets[:1] * 4096), "the bar")
    receiver.close()
    live.feed(packets[len(packets) // 2:])
    wait_until(lambda: is_told(b"stripwatch: ", packets[:1]), "the message")
    before = bytes(said).partition(b"stripwatch: ")[0]
    assert re.search(rb"\r +\r$", before), before[-100:]
    live.kill()
    os.close(terminal)
    os.close(other_end)


def network(scheme, **arguments):
    receiver = Receiver(("127.0.0.1", 0), take=take_counted, syslog=True, **arguments)
    return scheme % receiver.port, receiver


def nobody_there():
    """Without a spool it is an error; with one the events wait for the next run."""
    run("read", *outputs("there.json", "unix:nobody.sock?patience=1s"), captures[0], status=3,
        said="unix:nobody.sock: nobody listens")
    assert lines_of("there.json"), "the others did not go on"
    spec = "unix:later.sock?spool=later.spool&patience=1s"
    run("read", *outputs("first.json", spec), *captures[:8], said="wait in later.spool")
    receiver = Receiver("later.sock", UNIX, take=take_lines)
    run("read", *outputs("second.json", spec), *captures[8:16])
    receiver.close()
    in_order(receiver.messages, lines_of("first.json") + lines_of("second.json"))
    assert os.path.getsize("later.spool") == 64


def killed():
    """A program that is killed has lost nothing that its spool had taken."""
    packets = records()
    spec = "unix:kill.sock?spool=kill.spool"
    live = Live("kill.json", spec)
    live.feed(packets[:len(packets) // 2])
    wait_until(lambda: os.path.exists("kill.json") and len(lines_of("kill.json")) > 5 and
               os.path.getsize("kill.spool") > 20000, "events in the spool")
    live.kill()
    receiver = Receiver("kill.sock", UNIX, take=take_lines)
    live = Live("kill2.json", spec)
    live.feed(packets[:10])
    live.finish()
    receiver.close()
    first, second = lines_of("kill.json"), lines_of("kill2.json")
    # the one that it was about to write when it was killed may be in one and not in the other
    rest = receiver.messages[:-len(second)]
    in_order(receiver.messages[-len(second):], second)
    assert rest[:len(first)] == first[:len(rest)] and abs(len(rest) - len(first)) <= 1


def damaged_spool():
    with open("bad.spool", "wb") as file:
        file.write(b"something else" * 100)
    run("read", *outputs("unix:nobody.sock?spool=bad.spool"), captures[0], status=3,
        said="bad.spool: this spool is damaged")
    with open("bad.spool", "rb") as file:
        assert file.read() == b"something else" * 100


def wrong_certificates():
    """A server that cannot prove who it is gets nothing."""
    spec, receiver = network("syslog+tls:" + HERE + ":%d", tls=tls_context())
    for keys, said in (("?patience=1&ca=otherca.pem", "certificate is not accepted"),
                       ("?patience=1", "certificate is not accepted"),
                       ("?patience=1&ca=ca.pem&peer=other.example", "certificate is not accepted")):
        run("read", *outputs(spec + keys), captures[0], status=3, said=said)
    assert not receiver.messages
    run("read", *outputs(spec + "?ca=ca.pem&peer=log.example"), captures[0])
    receiver.close()
    assert receiver.messages
    run("read", *outputs(spec + "?ca=missing.pem"), captures[0], status=3, said="missing.pem")


def full_disks():
    """A file without room ends with an error, and the others go on."""
    run("read", *outputs("/dev/full", "whole.json"), captures[0], status=3, said="/dev/full")
    assert b'"event_type":"stats"' in lines_of("whole.json")[-1]
    command = 'ulimit -f 8; exec "$@"'
    done = subprocess.run(["sh", "-c", command, "sh", program, "read", *outputs("small.json"),
                           *captures], capture_output=True, timeout=120)
    assert done.returncode == 3 and b"small.json: cannot be written" in done.stderr, done
    with open("small.json", "rb") as file:
        data = file.read()
    assert data.endswith(b"}\n")
    for line in data.splitlines():
        json.loads(line)


def rotation():
    """Files that are put aside hold, in their order, what one file would have held."""
    run("read", *outputs("straight.json", "file:turned.json?size=64K&keep=100"), *captures)
    parts = sorted(glob.glob("turned.json.*"), key=lambda name: -int(name.rsplit(".", 1)[1]))
    assert len(parts) > 2
    lines = []
    for part in parts + ["turned.json"]:
        assert os.path.getsize(part) <= 65536
        lines += lines_of(part)
    in_order(lines[:-1], lines_of("straight.json")[:-1])


def what_is_wrong_is_usage():
    for words, said in ((("file:x?size=1",), "size: say bytes"),
                        (("syslog+tcp:",), "say a host"),
                        (("unix:x?format=text",), "text is for people"),
                        (tuple("x%d" % i for i in range(17)), "at most 16")):
        run("read", *outputs(*words), captures[0], status=2, said=said)
    run("read", *outputs("a?name=x", "file:b?name=x", "file:c?name=x"), captures[0], status=3,
        said="two outputs are called x")


def test_alerts():
    """An event that is marked, down every output, whatever it filters; told for each of them."""
    tls, tls_end = network("syslog+tls:" + HERE + ":%d?ca=ca.pem", tls=tls_context())
    stream = Receiver("test.sock", UNIX, take=take_lines)
    specs = ("file:test.json?types=stats&severity=high", tls, "unix:test.sock?spool=no.spool",
             "file:test.ecs.json?format=ecs", "file:test.txt.json?format=text")
    _, told = run("test-alert", *outputs(*specs), said="test.json: written")
    assert told.count("\n") == 5 and "NOT" not in told, told
    assert "has acknowledged it" in told and "has read it" in told
    stream.close()
    tls_end.close()
    assert not os.path.exists("no.spool")
    (line,) = lines_of("test.json")
    event = json.loads(line)
    assert event["test"] is True and event["event_type"] == "alert"
    assert event["alert"]["signature_id"] == 1 and event["alert"]["severity"] == 4
    assert event["alert"]["metadata"]["test"] == ["true"]
    for received in (tls_end.messages, stream.messages):
        assert json.loads(received[0])["test"] is True
    (line,) = lines_of("test.ecs.json")
    assert json.loads(line)["stripwatch"]["test"] is True
    assert b"Test of an output" in lines_of("test.txt.json")[0]

    _, told = run("test-alert", *outputs("unix:nobody.sock?patience=1", "no/such/file", "-"),
                  "--severity", "high", status=3, said="nobody listens")
    assert told.count("NOT delivered") == 2 and "standard output: written" in told, told
    out, _ = run("test-alert", "--severity", "2", "--format", "ecs", said="written")
    assert json.loads(out)["event"]["severity"] == 2
    for words in (("--severity", "5"), ("--format", "xml"), ("--output", "syslog+tcp:"), ("x",)):
        run("test-alert", *words, status=2, said="test-alert")


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        make_certificates()
        for test in (all_kinds_at_once, formats_and_filters, nothing_waits_for_the_next_packet,
                     gone_and_back, a_bar_is_wiped_before_a_message, nobody_there, killed,
                     damaged_spool, wrong_certificates, full_disks, rotation,
                     what_is_wrong_is_usage, test_alerts):
            print(test.__name__, flush=True)
            test()
            for name in glob.glob("*.json*"):
                os.unlink(name)
        os.chdir("/")


main()
