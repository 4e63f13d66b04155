# SPDX-License-Identifier: GPL-2.0-or-later
"""Called by faults, inside namespaces: faults.py PROGRAM [TEST]. What befalls a sensor, and what it makes of it.

A machine has one clock, so that it is set is not tried here but in tests/unit/test_judge_process.c.
"""
import json
import os
import signal
import subprocess
import sys
import tempfile

from pathlib import Path

from kit import CLIENTS, PATIENCE, TOP, Client, Sensor, check, ip, learn, no_alert, run, wait_for

sys.path.insert(0, str(TOP / "tests/cli"))
from receivers import Receiver, take_counted  # noqa: E402


def a_killed_worker_is_replaced(wire, program):
    for workers in ("1", "2"):
        sensor = Sensor(program, "-w", workers)
        sensor.wait_said("watching")
        learn(sensor)
        # open sessions, in every worker, of clients that never cared for TLS
        clients = [Client(CLIENTS[4 + n % 5]) for n in range(8)]
        for client in clients:
            client.say(b"EHLO client.example.org")
        before = sensor.workers()
        os.kill(before[0], signal.SIGKILL)
        sensor.wait_said("it is replaced")
        wait_for("a new worker", lambda: set(sensor.workers()) - set(before))
        sensor.wait_stats("the restart in the statistics",
                          lambda s: s["sensor"]["restarts_worker"] == 1)
        for client in clients:
            client.say(b"NOOP")
            client.send_mail()
            client.say(b"QUIT")
            client.close()
        for client in clients:
            session = sensor.wait_event("session", client.port)
            if session["starttls"].get("techniques", []) != [] and \
                    not session["observed"]["handshake"]:
                sys.exit(f"concluded from what was not seen: {session}")
        no_alert(sensor)
        port = Client(CLIENTS[1]).finish()
        check("outcome", "upgraded", sensor.wait_event("session", port)["starttls"]["outcome"])
        check("status", 0, sensor.stop()[0])


def a_killed_judge_is_replaced(wire, program):
    sensor = Sensor(program)
    sensor.wait_said("watching")
    learn(sensor)
    judge = sensor.judge()
    client = Client()
    client.say(b"EHLO client.example.org")
    os.kill(judge, signal.SIGKILL)
    client.finish()
    # what a worker sends meanwhile waits
    sensor.wait_event("session", client.port)
    sensor.wait_said("judge was ended by signal 9")
    check("restarts", 1, sensor.stats()["sensor"]["restarts_judge"])
    check("status", 0, sensor.stop()[0])


def a_killed_writer_is_replaced(wire, program):
    sensor = Sensor(program)
    sensor.wait_said("watching")
    os.kill(sensor.writer(), signal.SIGKILL)
    port = Client().finish()
    sensor.wait_event("session", port)
    check("status", 0, sensor.stop()[0])


def what_hangs_is_replaced(wire, program):
    """A worker by the judge, the others by the supervisor."""
    sensors = [Sensor(program, "--replace-after", "12", "--metrics", f"127.0.0.1:941{n}") for n in range(2)]
    for sensor in sensors:
        sensor.wait_said("watching")
    worker, = sensors[0].workers()
    os.kill(worker, signal.SIGSTOP)
    os.kill(sensors[0].writer(), signal.SIGSTOP)
    os.kill(sensors[1].judge(), signal.SIGSTOP)
    os.kill(sensors[1].answerer(), signal.SIGSTOP)
    for sensor, name in ((sensors[0], "worker 1 of tap0"), (sensors[0], "writer"), (sensors[1], "judge"),
                         (sensors[1], "metrics")):
        sensor.wait_said(f"{name}: it has not been heard of for too long; it is replaced")
        sensor.wait_said(f"{name} was ended by signal 9")
    for sensor in sensors:
        wait_for("a new worker", lambda: sensor.workers() not in ([], [worker]))
    port = Client().finish()
    for sensor, hung in zip(sensors, (2, 2)):
        sensor.wait_event("session", port)
        sensor.wait_stats("those that hung", lambda s: s["sensor"]["hung"] == hung)
        check("status", 0, sensor.stop()[0])


def a_judge_that_stands_still_costs_nothing(wire, program):
    """The capture goes on, and what was seen is told later."""
    sensor = Sensor(program)
    sensor.wait_said("watching")
    judge = sensor.judge()
    os.kill(judge, signal.SIGSTOP)
    ports = [Client(CLIENTS[n % len(CLIENTS)]).finish() for n in range(200)]
    os.kill(judge, signal.SIGCONT)
    for port in ports:
        sensor.wait_event("session", port)
    stats = sensor.stats()
    check("dropped", 0, stats["capture"]["dropped"])
    check("shed", 0, stats["queue"]["shed_plain"] + stats["queue"]["shed_upgraded"])
    # what goes to all processes of a terminal is the supervisor's business
    for pid in sensor.children():
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
            os.kill(pid, number)
    port = Client().finish()
    sensor.wait_event("session", port)
    stats = sensor.stats()["sensor"]
    check("restarts", 0, stats["restarts_worker"] + stats["restarts_judge"] +
          stats["restarts_writer"])
    check("status", 0, sensor.stop()[0])


def nobody_stays_behind_a_killed_supervisor(wire, program):
    sensor = Sensor(program)
    sensor.wait_said("watching")
    client = Client()
    client.say(b"EHLO client.example.org")
    children = sensor.children()
    sensor.process.kill()
    sensor.wait_event("session", client.port)
    wait_for("the end of all processes",
             lambda: not any(os.path.exists(f"/proc/{pid}") for pid in children))
    client.close()


def fill(path):
    """Until there is no room left."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        while os.write(file, bytes(4096)):
            pass
    except OSError:
        os.close(file)


def a_full_disk_loses_nothing_that_fits_into_memory(wire, program):
    with tempfile.TemporaryDirectory(prefix="stripwatch-live-") as folder:
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "live", folder]).returncode:
            print("    (not here: nothing can be mounted)")
            return
        try:
            filler = Path(folder) / "filler"
            sensor = Sensor(program, "--output", f"file:{folder}/eve.json?name=small")
            sensor.wait_said("watching")
            ports = learn(sensor)
            fill(filler)
            wire.tell("strip on")
            while not any("No space left" in line for line in sensor.said):
                ports.append(Client(CLIENTS[len(ports) % len(CLIENTS)]).finish())
                sensor.wait_event("session", ports[-1])
            wire.tell("strip off")
            stats = sensor.wait_stats("what waits", lambda s: s.get("sink", {}).get("small", {}).get("queued"))
            check("dropped", 0, stats["sink"]["small"]["dropped"])
            filler.unlink()
            check("status", 0, sensor.stop()[0])
            lines = (Path(folder) / "eve.json").read_text()
            check("the other output has", sensor.file.read_text().splitlines()[:-1], lines.splitlines()[:-1])
            for port in ports:
                check(f"sessions of {port}", 1, len([e for e in map(json.loads, lines.splitlines())
                                                     if (e["event_type"], e.get("src_port")) == ("session", port)]))
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


def a_log_server_goes_and_comes_back(wire, program):
    """What came meanwhile waits in a spool, which also a killed writer does not take along."""
    receiver = Receiver(("127.0.0.1", 0), take=take_counted, syslog=True)
    spool = tempfile.mkdtemp(prefix="stripwatch-live-")
    sensor = Sensor(program, "--output", f"syslog+tcp:127.0.0.1:{receiver.port}?types=session&name=log&"
                    f"spool={spool}/log.spool")
    sensor.wait_said("watching")
    ports = learn(sensor)

    def arrived():
        return [json.loads(message)["src_port"] for message in receiver.messages]
    wait_for("the first sessions", lambda: set(ports) <= set(arrived()))
    receiver.close()
    for address in CLIENTS:
        ports.append(Client(address).finish())
        sensor.wait_event("session", ports[-1])
    sensor.wait_said("syslog+tcp:127.0.0.1")
    os.kill(sensor.writer(), signal.SIGKILL)
    sensor.wait_said("writer was ended by signal 9")
    receiver.open()
    wait_for("all of them", lambda: set(ports) <= set(arrived()))
    late = arrived()[3:]
    # what was under way may come twice; order is kept
    check("the order", ports[3:], [p for n, p in enumerate(late) if p in ports[3:] and p not in late[:n]])
    check("faults", [], receiver.faults)
    check("status", 0, sensor.stop()[0])
    receiver.close()
    os.unlink(f"{spool}/log.spool")
    os.rmdir(spool)


def an_interface_goes_and_comes(wire, program):
    sensor = Sensor(program)
    sensor.wait_said("watching")
    ip("link", "set", "tap0", "down")
    sensor.wait_said("tap0: is down; waiting for it")
    ip("link", "set", "tap0", "up")
    sensor.wait_said("tap0: is up")
    port = Client().finish()
    sensor.wait_event("session", port)
    # away, and another one of that name
    before = sensor.workers()
    wire.unplug()
    sensor.wait_said("tap0: is not there; waiting for it")
    wire.plug()
    sensor.wait_said("tap0: is up", 2)
    wait_for("a new worker", lambda: set(sensor.workers()) - set(before))
    port = Client().finish()
    sensor.wait_event("session", port)
    check("status", 0, sensor.stop()[0])


def an_interface_may_come_later(wire, program):
    wire.unplug()
    sensor = Sensor(program)
    sensor.wait_said("tap0: is not there; waiting for it")
    sensor.wait_said("with 0 of 1 workers")
    wire.plug()
    wait_for("a worker", sensor.workers)
    port = Client().finish()
    sensor.wait_event("session", port)
    check("status", 0, sensor.stop()[0])


def an_attack_in_a_flood_of_syns_is_told(wire, program):
    """As many handshakes as fit, and more, while the attack goes on."""
    sensor = Sensor(program, "--limit", "half-open=4096")
    sensor.wait_said("watching")
    learn(sensor)
    wire.tell("flood far0 on")
    sensor.wait_stats("a full table", lambda s: s["flow"]["evicted_half_open"] > 0)
    wire.tell("strip on")
    ports = [Client(address).finish() for address in CLIENTS[:4]]
    sensor.wait_event("alert", ports[0])
    for port in ports:
        check("outcome", "absent", sensor.wait_event("session", port)["starttls"]["outcome"])
    wire.tell("strip off")
    wire.tell("flood far0 off")
    port = Client().finish()
    check("outcome", "upgraded", sensor.wait_event("session", port)["starttls"]["outcome"])
    check("status", 0, sensor.stop()[0])


def sighup_in_the_middle_of_a_session(wire, program):
    sensor = Sensor(program, "--rules", "nowhere.yml")
    check("rules that are not there", 2, sensor.process.wait(PATIENCE))
    rules = sensor.folder / "rules"
    rules.mkdir()
    good = (TOP / "rules/cap_stripped.yml").read_text()
    (rules / "mine.yml").write_text(good)
    sensor = Sensor(program, "--rules", str(rules))
    sensor.wait_said("watching")
    client = Client()
    client.say(b"EHLO client.example.org")
    (rules / "mine.yml").write_text("title: [\n")
    moved = sensor.folder / "eve.json.1"
    sensor.file.rename(moved)
    sensor.process.send_signal(signal.SIGHUP)
    sensor.wait_said("from before stay in force")
    wait_for("a new file", sensor.file.exists)
    check("rules in force", 1, sensor.stats()["rules"]["loaded"])
    client.finish()
    check("outcome", "upgraded",
          sensor.wait_event("session", client.port)["starttls"]["outcome"])
    (rules / "mine.yml").write_text(good)
    sensor.process.send_signal(signal.SIGHUP)
    sensor.wait_said("read again")
    check("status", 0, sensor.stop()[0])


def sigterm_writes_what_is_open(wire, program):
    for number in (signal.SIGTERM, signal.SIGINT):
        sensor = Sensor(program)
        sensor.wait_said("watching")
        client = Client()
        client.say(b"EHLO client.example.org")
        status, seconds = sensor.stop(number)
        check("status", 0, status)
        if seconds > 5:
            sys.exit(f"it took {seconds:.1f} s to end")
        session, = sensor.events("session", client.port)
        check("offered", True, session["starttls"]["offered"])
        check("the last event", "stats", sensor.events()[-1]["event_type"])
        client.close()


def every_open_session_is_written_at_the_end(wire, program):
    for workers in ("1", "3"):
        sensor = Sensor(program, "-w", workers)
        sensor.wait_said("watching")
        clients = [Client(CLIENTS[n % len(CLIENTS)]) for n in range(60)]
        for client in clients:
            client.say(b"EHLO client.example.org")
        check("status", 0, sensor.stop()[0])
        check("open sessions", sorted(client.port for client in clients),
              sorted(event["src_port"] for event in sensor.events("session")))
        for client in clients:
            client.close()


TESTS = [
    a_killed_worker_is_replaced,
    a_killed_judge_is_replaced,
    a_killed_writer_is_replaced,
    what_hangs_is_replaced,
    a_judge_that_stands_still_costs_nothing,
    nobody_stays_behind_a_killed_supervisor,
    a_full_disk_loses_nothing_that_fits_into_memory,
    a_log_server_goes_and_comes_back,
    an_interface_goes_and_comes,
    an_interface_may_come_later,
    an_attack_in_a_flood_of_syns_is_told,
    sighup_in_the_middle_of_a_session,
    sigterm_writes_what_is_open,
    every_open_session_is_written_at_the_end,
]


run(TESTS)
