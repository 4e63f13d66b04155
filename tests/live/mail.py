# SPDX-License-Identifier: GPL-2.0-or-later
"""Called by mail, in namespaces: mail.py PROGRAM.

A day at a site in a minute: clients that get their TLS, an attacker who comes and goes, and a sensor with
a tap on either side of him.
"""
import datetime
import os
import shutil
import sys
import tempfile
import threading
import time

from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "lab")]
sys.dont_write_bytecode = True
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"

from kit import Sensor, check, wait_for  # noqa: E402
from case import Case  # noqa: E402
from imap import clients as imap  # noqa: E402
from lab import Lab  # noqa: E402
from net import Net  # noqa: E402
from smtp import clients as smtp  # noqa: E402
from start import Visit  # noqa: E402

PLAIN = ("--login-options", "AUTH=PLAIN")
# Dialect, port, how a client is started, and the last byte of its address: some have a history, some have none.
CLIENTS = [
    ("smtp", 25, smtp.swaks("--tls-optional"), 11),
    ("smtp", 25, smtp.curl("--ssl", "-k"), 12),
    ("smtp", 25, smtp.smtplib("opportunistic"), 13),
    ("smtp", 25, smtp.s_client(), 14),
    ("imap", 143, imap.curl("--ssl", "-k", *PLAIN), 12),
    ("imap", 143, imap.imaplib("opportunistic"), 13),
    ("imap", 143, imap.s_client("-starttls", "imap", stdin="a9 LOGOUT\n"), 14),
]
SERVER = "198.51.100.10"
TAPS = ("-i", "outside=to-client", "-i", "inside=to-server")
LATE_SECONDS = 1
# A reset is believed after a second, what has ended waits three for its counterpart, and packet time is two late.
COMPARED_SECONDS = 15


class Day:
    def __init__(self, lab, sensor):
        self.lab, self.sensor = lab, sensor
        self.visits = 0
        self.seen = {}      # lines of alerts, with the time at which they were there
        self.over = threading.Event()
        threading.Thread(target=self.look, daemon=True).start()

    def look(self):
        lines = 0
        while not self.over.wait(0.005):
            if not self.sensor.file.exists():
                continue
            text = self.sensor.file.read_text()
            now = time.time()
            whole = text[:text.rfind("\n") + 1].splitlines()
            for number in range(lines, len(whole)):
                self.seen[number] = now
            lines = len(whole)

    def visit(self, port, client, speaker):
        """One client, as long as it takes."""
        self.lab.net.speak_as(speaker)
        self.visits += 1
        folder = os.path.join(self.lab.work, f"visit-{self.visits}")
        os.makedirs(folder)
        client(Visit(self.lab.net, SERVER, port, folder, smtp.PLAIN_MAIL, self.lab.mx))

    def sessions(self, known, visits):
        """Of so many visits, as both taps saw them, behind those that are known."""
        wait_for(f"{visits} sessions at two taps", lambda: self.sensor.process.poll() is not None or
                 len(self.sensor.events("session")) >= known + visits * 2)
        sessions = self.sensor.events("session")[known:]
        check("sessions", [visits] * 2, [sum(e["tap"] == tap for e in sessions) for tap in ("outside", "inside")])
        return sessions

    def alerts(self):
        """Each with its delay from the packet that it rests on."""
        found = []
        for number, event in enumerate(self.sensor.events()):
            if event["event_type"] == "alert":
                at = datetime.datetime.fromisoformat(event["timestamp"][:26] + "+00:00").timestamp()
                seen = wait_for("the look at a line", lambda: self.seen.get(number))
                found.append((event, seen - at))
        return found


def honest(day, clients):
    alerts, known = len(day.alerts()), len(day.sensor.events("session"))
    for _, port, client, speaker in clients:
        day.visit(port, client, speaker)
    for event in day.sessions(known, len(clients)):
        check(f"outcome for {event['src_ip']} at {event['tap']}", (True, "upgraded"),
              (event["app_proto"] in ("smtp", "imap"), event["starttls"]["outcome"]))
    check("alerts", [], [e["alert"]["signature"] for e, _ in day.alerts()[alerts:]])


def attacked(day, attacks):
    """What each tap can tell by itself, and what both tell together."""
    before, known = len(day.alerts()), len(day.sensor.events("session"))
    for dialect, port, client, speaker in attacks:
        case = Case("live", client, (10, port), speaker, "", {}, trick="strip-offer")
        child = day.lab.attack(dialect, case)
        try:
            day.visit(port, client, speaker)
        finally:
            day.lab.peace(case, child)
    sessions = day.sessions(known, len(attacks))
    check("the offer", {("outside", False), ("inside", True)},
          {(event["tap"], event["starttls"].get("offered")) for event in sessions})
    wait_for("what two taps prove", lambda: sum(is_of_two_taps(event) for event, _ in day.alerts()[before:]) ==
             len(attacks))
    alerts = day.alerts()[before:]
    for event, late in alerts:
        limit = COMPARED_SECONDS if is_of_two_taps(event) else LATE_SECONDS
        print(f"    {event['app_proto']}, {event['tap']}: {event['alert']['signature']}, {late * 1000:.0f} ms behind "
              "its packet")
        if not 0 <= late < limit:
            sys.exit(f"{event['alert']['signature']} came {late:.3f} s behind its packet")
    for dialect, *_ in attacks:
        check(f"taps that saw the offer of {dialect} stripped", ["outside"],
              [event["tap"] for event, _ in alerts if event["app_proto"] == dialect and
               "cap-stripped" in event["alert"]["metadata"]["technique"]])


def is_of_two_taps(event):
    return event["starttls"].get("proof") == "taps"


def main():
    work = tempfile.mkdtemp(prefix="stripwatch-live-")
    os.chmod(work, 0o755)
    began = time.monotonic()
    with Net() as net:
        lab = Lab(net, work)
        for dialect in ("smtp", "imap"):
            lab.serve(dialect)
        print(f"the servers are ready ({time.monotonic() - began:.0f} s)", flush=True)
        # real clients like to end with a reset, and whether that is believed shows a while later
        sensor = Sensor(os.path.abspath(sys.argv[1]), "--limit", "half-open-idle=1", devices=TAPS, prefix=net.middle.args([]))
        sensor.wait_said("with 2 of 2 workers")
        day = Day(lab, sensor)
        print("honest traffic is no alert", flush=True)
        honest(day, CLIENTS)
        print("a stripped offer is told within a second, and proven by two taps", flush=True)
        attacked(day, [CLIENTS[0], CLIENTS[5]])
        print("honest traffic behind it is no alert either", flush=True)
        honest(day, CLIENTS)
        check("status", 0, sensor.stop()[0])
        day.over.set()
    shutil.rmtree(work)
    print(f"{time.monotonic() - began:.0f} s")


main()
