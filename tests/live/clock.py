# SPDX-License-Identifier: GPL-2.0-or-later
"""Called by clock, inside a network namespace: clock.py PROGRAM [TEST]."""
import atexit
import contextlib
import shutil
import subprocess
import tempfile
import time

from kit import CLIENTS, Client, Sensor, check, learn, no_alert, run, wait_for

HOUR = 3600


@contextlib.contextmanager
def clock_off_by(seconds):
    """The clock of this machine is wrong for a while; what passed meanwhile is kept."""
    right = time.time() - time.monotonic()
    time.clock_settime(time.CLOCK_REALTIME, time.time() + seconds)
    try:
        yield
    finally:
        time.clock_settime(time.CLOCK_REALTIME, right + time.monotonic())


def learnt(program, folder):
    """Does the file know of a session? A batch is written seconds after it was learnt."""
    shown = subprocess.run([program, "baseline", "export", folder + "/baseline.db"], text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    return "upgraded" in shown


def attack(wire, sensor, address):
    wire.tell("strip on")
    port = Client(address).finish()
    wire.tell("strip off")
    alert = sensor.wait_event("alert", port)
    check("technique", ["cap-stripped"], alert["alert"]["metadata"]["technique"])


def outlive(wire, program, seconds):
    """A session that is open while the clock is set, there and back, and attacks behind both."""
    folder = tempfile.mkdtemp(prefix="stripwatch-live-")
    atexit.register(shutil.rmtree, folder)
    sensor = Sensor(program, "--stats-interval", "1", "--baseline", folder + "/baseline.db")
    sensor.wait_said("watching")
    learn(sensor)
    workers, judge = sensor.workers(), sensor.judge()
    blurred = Client(CLIENTS[4])
    sensor.wait_stats("an open session", lambda s: s["session"]["followed"] == 4)
    with clock_off_by(seconds):
        sensor.wait_stats("the set clock", lambda s: s["capture"]["clock_jumps"] == 1)
        wait_for("the baseline in its file", lambda: learnt(program, folder))
        blurred.finish()
        sensor.wait_event("session", blurred.port)
        no_alert(sensor)
        attack(wire, sensor, CLIENTS[5])
    sensor.wait_stats("the clock put right", lambda s: s["capture"]["clock_jumps"] == 2)
    attack(wire, sensor, CLIENTS[6])
    check("alerts", 2, len(sensor.events("alert")))
    check("workers", workers, sensor.workers())
    check("judge", judge, sensor.judge())
    honest = Client(CLIENTS[7]).finish()
    check("outcome", "upgraded", sensor.wait_event("session", honest)["starttls"]["outcome"])
    check("status", 0, sensor.stop()[0])
    # an hour of silence ends a session, and what follows is another one
    sessions = [e["src_port"] for e in sensor.events("session") if e["src_port"] != blurred.port]
    check("sessions, each told once", sorted(set(sessions)), sorted(sessions))


def an_hour_forward_and_back(wire, program):
    outlive(wire, program, HOUR)


def an_hour_back_and_forward(wire, program):
    outlive(wire, program, -HOUR)


run([an_hour_forward_and_back, an_hour_back_and_forward])
