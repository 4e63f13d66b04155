# SPDX-License-Identifier: GPL-2.0-or-later
"""Called by evidence, inside a network namespace: evidence.py PROGRAM [TEST]."""
import base64
import json
import shutil
import stat
import subprocess
import tempfile

from pathlib import Path

from kit import CLIENTS, Client, Sensor, check, run, wait_for

SECRET = b"hunter2-is-secret"
PLAIN = base64.b64encode(b"\0joe\0" + SECRET)


def folder():
    return Path(tempfile.mkdtemp(prefix="stripwatch-evidence-"))


def learn(sensor):
    for address in CLIENTS[1:4]:
        port = Client(address).finish()
        sensor.wait_event("session", port)


def log_in(client):
    """Mail with a password, in clear."""
    client.say(b"EHLO client.example.org")
    client.say(b"AUTH PLAIN " + PLAIN)
    client.send_mail()


def facts(event):
    return {key: event["starttls"].get(key) for key in
            ("offered", "requested", "established", "outcome")}, event.get("cleartext")


def read(program, *arguments):
    out = subprocess.run([program, "read", "--format", "eve", *arguments], capture_output=True,
                         text=True, check=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def an_alert_leaves_its_packets(wire, program):
    place = folder()
    sensor = Sensor(program, "--evidence", str(place), "-w", "2")
    sensor.wait_said("watching")
    learn(sensor)
    wire.tell("strip on")
    client = Client()
    log_in(client)
    alert = sensor.wait_event("alert", client.port)
    file = place / alert["capture_file"]
    check("name", f'alerts/{alert["flow_id"]}.pcap', alert["capture_file"])
    # while the connection goes on
    wait_for("the packets", file.exists)
    client.say(b"QUIT")
    client.close()
    session = sensor.wait_event("session", client.port)
    told = wait_for("the whole of it", lambda: [
        e for e in read(program, str(file)) if e["event_type"] == "session" and
        e["starttls"]["outcome"] == session["starttls"]["outcome"]])[0]
    check("flow", session["flow_id"], told["flow_id"])
    check("facts", facts(session), facts(told))
    check("frames", session["flow"]["pkts_toserver"], told["flow"]["pkts_toserver"])
    bytes_saved = file.read_bytes()
    check("the offer's absence", True, b"250 8BITMIME" in bytes_saved)
    check("the login", True, b"AUTH PLAIN oooo" in bytes_saved)
    for secret in (SECRET, PLAIN, b"A line.", b"a@example.org"):
        check(f"{secret} in the file", False, secret in bytes_saved)
    check("mode", 0o600, stat.S_IMODE(file.stat().st_mode))
    check("files", [file.name], [f.name for f in file.parent.iterdir()])
    for tool in (["tcpdump", "-r"], ["tshark", "-r"]):
        if shutil.which(tool[0]):
            subprocess.run([*tool, str(file)], check=True, capture_output=True)
    stats = sensor.wait_stats("a second", lambda s: "saved" in s["evidence"])["evidence"]
    check("saved", (True, 0), (stats["saved"] >= 1, stats["not_saved"]))
    wire.tell("strip off")
    check("status", 0, sensor.stop()[0])
    shutil.rmtree(place)


def the_end_saves_what_is_open(wire, program):
    place = folder()
    sensor = Sensor(program, "--evidence", str(place))
    sensor.wait_said("watching")
    learn(sensor)
    wire.tell("strip on")
    client = Client()
    log_in(client)
    check("status", 0, sensor.stop()[0])
    alert = sensor.events("alert", client.port)[0]
    check("saved", True, (place / alert["capture_file"]).exists())
    client.close()
    wire.tell("strip off")
    shutil.rmtree(place)


def nothing_is_kept_unless_asked_for(wire, program):
    sensor = Sensor(program)
    sensor.wait_said("watching")
    learn(sensor)
    wire.tell("strip on")
    client = Client()
    log_in(client)
    alert = sensor.wait_event("alert", client.port)
    check("file", None, alert.get("capture_file"))
    check("counters", False, "evidence" in sensor.stats())
    client.close()
    wire.tell("strip off")
    check("status", 0, sensor.stop()[0])


def a_full_disk_holds_up_no_event(wire, program):
    place = folder()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(place)], check=True)
    sensor = Sensor(program, "--evidence", str(place))
    sensor.wait_said("watching")
    (place / "filler").write_bytes(bytes(56 << 10))
    learn(sensor)
    wire.tell("strip on")
    client = Client()
    client.say(b"EHLO client.example.org")
    for _ in range(200):
        client.say(b"NOOP")
    client.send_mail()
    sensor.wait_event("alert", client.port)
    client.close()
    sensor.wait_event("session", client.port)
    # once when the alert came, and once when the session had ended
    stats = sensor.wait_stats("failures", lambda s: s["evidence"].get("not_saved", 0) > 1)
    check("dropped", 0, stats["sensor"]["events_dropped"])
    check("told", 1, sum("cannot be written" in line for line in sensor.said))
    check("files", [], list((place / "alerts").iterdir()))
    (place / "filler").unlink()
    wire.tell("strip off")
    check("status", 0, sensor.stop()[0])
    subprocess.run(["umount", str(place)], check=True)
    shutil.rmtree(place)


def a_folder_that_is_not_there_is_told_at_once(wire, program):
    sensor = Sensor(program, "--evidence", "/nothere")
    sensor.wait_said("evidence: /nothere")
    check("status", True, sensor.process.wait(30) != 0)


TESTS = [
    an_alert_leaves_its_packets,
    the_end_saves_what_is_open,
    nothing_is_kept_unless_asked_for,
    a_full_disk_holds_up_no_event,
    a_folder_that_is_not_there_is_told_at_once,
]


run(TESTS)
