# SPDX-License-Identifier: GPL-2.0-or-later
"""Called by losses, inside namespaces: losses.py PROGRAM [TEST]. What is kept, and what is told of what is not."""
import json
import os
import signal
import sys

from kit import CLIENTS, PATIENCE, TOP, Client, Sensor, check, learn, run, wait_for

sys.path.insert(0, str(TOP / "tests/cli"))
from receivers import Receiver, take_counted  # noqa: E402


def fill(pipe):
    """Until it takes no byte more."""
    os.set_blocking(pipe, False)
    try:
        while os.write(pipe, b"x" * 4096):
            pass
    except BlockingIOError:
        os.set_blocking(pipe, True)


def queued(stats):
    """What waits for the output that is called "down"; the writer tells a second after its start."""
    return stats.get("sink", {}).get("down", {}).get("queued")


def messages_that_nobody_reads_stop_nothing(wire, program):
    reading, writing = os.pipe()
    fill(writing)
    sensor = Sensor(program, stderr=writing)
    wait_for("its worker", sensor.workers)
    wait_for("its file", sensor.file.exists)
    for _ in range(5):
        sensor.process.send_signal(signal.SIGHUP)
        sensor.stats()
    port = Client().finish()
    sensor.wait_event("session", port)
    sensor.wait_stats("messages that were dropped",
                      lambda s: s["sensor"]["messages_dropped"] > 1)
    check("status", 0, sensor.stop()[0])
    os.close(writing)
    os.close(reading)


def what_waits_outlives_the_writer(wire, program):
    """In its order, for an output that is down; who had it does not get it twice."""
    receiver = Receiver(("127.0.0.1", 0), take=take_counted, syslog=True)
    receiver.close()
    sensor = Sensor(program, "--output",
                    f"syslog+tcp:127.0.0.1:{receiver.port}?name=down&types=session")
    sensor.wait_said("watching")
    ports = learn(sensor)
    for _ in range(2):
        ports += [Client(CLIENTS[n % len(CLIENTS)]).finish() for n in range(8)]
        sensor.wait_event("session", ports[-1])
        sensor.wait_stats("what waits", lambda s: queued(s) == len(ports))
        writer = sensor.writer()
        os.kill(writer, signal.SIGKILL)
        wait_for("a new writer", lambda: set(sensor.writers()) - {writer})
    ports.append(Client().finish())
    receiver.open()
    wait_for("all of them", lambda: len(receiver.messages) >= len(ports))
    check("order", ports, [json.loads(message)["src_port"] for message in receiver.messages])
    check("order in the file", ports, [e["src_port"] for e in sensor.events("session")])
    stats = sensor.wait_stats("all was written", lambda s: queued(s) == 0)
    check("restarts", 2, stats["sensor"]["restarts_writer"])
    check("status", 0, sensor.stop()[0])
    receiver.close()


def rules_that_broke_stay_in_force_for_the_next_judge(wire, program):
    sensor = Sensor(program, "--rules", "nowhere.yml")
    check("rules that are not there", 2, sensor.process.wait(PATIENCE))
    rules = sensor.folder / "rules"
    rules.mkdir()
    good = (TOP / "rules/cap_stripped.yml").read_text()
    (rules / "mine.yml").write_text(good)
    policy = sensor.folder / "policy.yaml"
    policy.write_text("tls:\n  - expect: optional\n    servers: [203.0.113.1]\n")
    sensor = Sensor(program, "--rules", str(rules), "--policy", str(policy))
    sensor.wait_said("watching")
    (rules / "mine.yml").write_text("title: [\n")
    policy.unlink()
    judge = sensor.judge()
    os.kill(judge, signal.SIGKILL)
    wait_for("a new judge", lambda: sensor.judge() not in (None, judge))
    port = Client().finish()
    sensor.wait_event("session", port)
    check("rules in force", 1, sensor.stats()["rules"]["loaded"])
    sensor.process.send_signal(signal.SIGHUP)
    sensor.wait_said("from before stay in force")
    check("status", 0, sensor.stop()[0])


def rules_behind_links_are_read_again(wire, program):
    """As configuration management puts them: a link to the folder of today."""
    sensor = Sensor(program, "--rules", "nowhere.yml")
    folder = sensor.folder
    for version, names in (("first", ["cap_stripped"]), ("second", ["cap_stripped", "cap_masked"])):
        (folder / version / "rules").mkdir(parents=True)
        for name in names:
            text = (TOP / f"rules/{name}.yml").read_text()
            (folder / version / "rules" / f"{name}.yml").write_text(text)
        (folder / version / "policy.yaml").write_text("tls_proxies: [192.0.2.1]\n")
    current = folder / "current"
    current.symlink_to("first")
    sensor = Sensor(program, "--rules", f"{current}/rules", "--policy", f"{current}/policy.yaml")
    sensor.wait_said("watching")
    check("rules at first", 1, sensor.stats()["rules"]["loaded"])
    (folder / "new").symlink_to("second")
    (folder / "new").rename(current)
    sensor.process.send_signal(signal.SIGHUP)
    sensor.wait_said("read again")
    check("rules then", 2, sensor.stats()["rules"]["loaded"])
    check("status", 0, sensor.stop()[0])


TESTS = [
    messages_that_nobody_reads_stop_nothing,
    what_waits_outlives_the_writer,
    rules_that_broke_stay_in_force_for_the_next_judge,
    rules_behind_links_are_read_again,
]


run(TESTS)
