# SPDX-License-Identifier: GPL-2.0-or-later
"""Called by losses, inside namespaces: losses.py PROGRAM [TEST]. What is kept, and what is told of what is not."""
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile

from pathlib import Path

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


def replace_judge(sensor):
    judge = sensor.judge()
    os.kill(judge, signal.SIGKILL)
    wait_for("a new judge", lambda: sensor.judge() not in (None, judge))


def replace_writer(sensor):
    writer = sensor.writer()
    os.kill(writer, signal.SIGKILL)
    return wait_for("a new writer", lambda: set(sensor.writers()) - {writer}).pop()


def what_only_the_writer_had_is_told_of_when_it_dies(wire, program):
    """A judge has it, too, but not the one after."""
    receiver = Receiver(("127.0.0.1", 0), take=take_counted, syslog=True)
    receiver.close()
    sensor = Sensor(program, "--output",
                    f"syslog+tcp:127.0.0.1:{receiver.port}?name=down&types=session")
    sensor.wait_said("watching")
    learn(sensor)
    sensor.wait_stats("what waits", lambda s: queued(s) == 3)
    replace_judge(sensor)
    kept = learn(sensor)
    sensor.wait_stats("what waits", lambda s: queued(s) == 6)
    replace_writer(sensor)
    sensor.wait_said("3 events that waited for outputs are lost")
    check("dropped", 3, sensor.stats()["sensor"]["events_dropped"])
    receiver.open()
    wait_for("the others", lambda: len(receiver.messages) >= len(kept))
    check("the others", kept, [json.loads(message)["src_port"] for message in receiver.messages])
    check("status", 3, sensor.stop()[0])
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


def what_was_dropped_is_told_of_at_the_end(wire, program):
    """Too much for an output that is down: also when it came back, and all else was written."""
    receiver = Receiver(("127.0.0.1", 0), take=take_counted, syslog=True)
    receiver.close()
    sensor = Sensor(program, "--output",
                    f"syslog+tcp:127.0.0.1:{receiver.port}?name=down&types=session&queue=64K")
    sensor.wait_said("watching")

    def dropped(stats):
        return stats.get("sink", {}).get("down", {}).get("dropped", 0)
    for _ in range(200):
        ports = [Client(address).finish() for address in CLIENTS]
        sensor.wait_event("session", ports[-1])
        if dropped(sensor.stats()):
            break
    sensor.wait_said("events are dropped, since too many wait for it")
    receiver.open()
    lost = dropped(sensor.wait_stats("all else was written", lambda s: queued(s) == 0))
    check("status", 3, sensor.stop()[0])
    sensor.wait_said(f"{lost} events were lost since the start")
    receiver.close()


def who_dies_just_before_the_end_is_replaced(wire, program):
    for role in ("writer", "judge"):
        sensor = Sensor(program)
        sensor.wait_said("watching")
        ports = learn(sensor)
        supervisor = sensor.supervisor()
        os.kill(supervisor, signal.SIGSTOP)
        os.kill(getattr(sensor, role)(), signal.SIGKILL)
        ports += [Client(address).finish() for address in CLIENTS]
        os.kill(supervisor, signal.SIGTERM)
        os.kill(supervisor, signal.SIGCONT)
        check("status", 0, sensor.process.wait(PATIENCE))
        # the last hundredth of a second of a writer's work may be there twice
        check("sessions", set(ports), {e["src_port"] for e in sensor.events("session")})
        check("the last event", "stats", sensor.events()[-1]["event_type"])


def kill_until_it_pauses(sensor, find):
    """Each time the pause before it is replaced is twice as long."""
    for times in range(1, 7):
        os.kill(wait_for("one that can be killed", find), signal.SIGKILL)
        sensor.wait_said("was ended by signal 9 (Killed); it is replaced", times)


def a_judge_in_its_pause_is_there_for_the_end(wire, program):
    sensor = Sensor(program)
    sensor.wait_said("watching")
    clients = [Client(address) for address in CLIENTS]
    for client in clients:
        client.say(b"EHLO client.example.org")
    kill_until_it_pauses(sensor, sensor.judge)
    check("status", 0, sensor.stop()[0])
    check("open sessions", sorted(client.port for client in clients),
          sorted(event["src_port"] for event in sensor.events("session")))
    check("the last event", "stats", sensor.events()[-1]["event_type"])
    for client in clients:
        client.close()


def who_is_stopped_at_the_end_is_told_of(wire, program):
    """What it held is lost, and not in silence."""
    for role, name in (("worker", "worker 1 of tap0"), ("judge", "judge"), ("writer", "writer")):
        sensor = Sensor(program)
        sensor.wait_said("watching")
        learn(sensor)
        client = Client()
        client.say(b"EHLO client.example.org")
        sensor.wait_stats("it is followed", lambda s: s["flow"]["active"] > 0)
        pid = sensor.workers()[0] if role == "worker" else getattr(sensor, role)()
        os.kill(pid, signal.SIGSTOP)
        check(f"status with a {role} that is stopped", 3, sensor.stop()[0])
        sensor.wait_said(f"{name} was ended by signal 9 (Killed); what it held is lost")
        # at least the session that was open, and the last statistics
        counts = [int(line.split()[1]) for line in sensor.said if "not known to have arrived" in line]
        check("what the writer had", [True] if role == "writer" else [], [n >= 2 for n in counts])
        if role == "worker":
            sensor.wait_said(f"{name} has not ended in time: 1 connections")
            lost = sensor.events("stats")[-1]["stats"]["sensor"]["sessions_lost"]
            check("sessions lost", 1, lost)
        client.close()


def counters_outlive_their_processes(wire, program):
    sensor = Sensor(program)
    sensor.wait_said("watching")
    learn(sensor)
    wire.tell("strip on")
    sensor.wait_event("alert", Client(CLIENTS[1]).finish())
    for address in CLIENTS[2:4]:
        sensor.wait_event("session", Client(address).finish())
    wire.tell("strip off")

    def grown(stats):
        smtp = stats.get("dialect", {}).get("smtp", {})
        return (stats.get("capture", {}).get("received", 0) > 30 and stats["judge"]["observations"] > 5 and
                sum(stats["alerts"].values()) > 0 and smtp.get("upgraded") == 3 and
                stats.get("sink", {}).get("output", {}).get("written", 0) > 5)
    sensor.wait_stats("what has grown", grown)
    for find in (lambda: next(iter(sensor.workers()), None), sensor.judge,
                 lambda: next(iter(sensor.writers()), None)):
        # a report is a second old at most
        before = sensor.stats()
        wait_for("a report", lambda: sensor.stats()["uptime"] > before["uptime"] + 1)
        old = find()
        os.kill(old, signal.SIGKILL)
        wait_for("its successor", lambda: find() not in (None, old))
        stats = sensor.wait_stats("counters of before", grown)
        check("rules", before["rules"]["loaded"], stats["rules"]["loaded"])
    check("status", 0, sensor.stop()[0])


def ask(folder, path):
    with socket.socket(socket.AF_UNIX) as asking:
        asking.connect(str(folder / "metrics"))
        asking.sendall(b"GET " + path.encode() + b" HTTP/1.0\r\n\r\n")
        return asking.makefile("rb").read().decode()


def a_reader_that_goes_away_is_told_of(wire, program):
    """Of standard output, and of a named pipe; what it did not get is told at the end."""
    folder = Path(tempfile.mkdtemp(prefix="stripwatch-live-"))
    for name in ("standard output", str(folder / "fifo")):
        if name == "standard output":
            reading, writing = os.pipe()
            place = "-"
        else:
            os.mkfifo(name)
            reading, writing = os.open(name, os.O_RDONLY | os.O_NONBLOCK), None
            place = f"file:{name}"
        sensor = Sensor(program, "--output", f"{place}?name=leaver&types=session", "--metrics",
                        f"unix:{folder}/metrics", stdout=writing)
        if writing:
            os.close(writing)
        sensor.wait_said("watching")
        learn(sensor)
        ready = lambda: ask(folder, "/readyz")
        wait_for("ready", lambda: " 200 " in ready())
        os.close(reading)
        for address in CLIENTS[:5]:
            sensor.wait_event("session", Client(address).finish())
        sensor.wait_said(f"{name}: cannot be written: ")
        wait_for("no longer ready", lambda: "leaver cannot be written" in ready())
        check("status", 3, sensor.stop()[0])
        sensor.wait_said(f"{name}: 5 events that waited could not be written and are lost")
        check("how often it was said", 1, sum(f"{name}: cannot be" in line for line in sensor.said))
    shutil.rmtree(folder)


def a_baseline_that_is_not_there_any_more_is_told_of(wire, program):
    """Removed, replaced or overwritten: it is nobody's business to put it right, and nobody's file to write to."""
    folder = Path(tempfile.mkdtemp(prefix="stripwatch-live-"))
    for number, how in enumerate(("removed", "replaced", "overwritten")):
        file = folder / f"{how}.db"
        sensor = Sensor(program, "--baseline", str(file))
        sensor.wait_said("watching")
        learn(sensor)
        wait_for("what was learnt", lambda: "198.51.100.25" in subprocess.run(
            [program, "baseline", "show", file], capture_output=True, text=True, check=False).stdout)
        foreign = b"somebody's letter\n" * 1000
        if how == "removed":
            file.unlink()
        elif how == "replaced":
            (folder / "letter").write_bytes(foreign)
            (folder / "letter").rename(file)
        else:
            with open(file, "r+b") as there:
                there.write(foreign)
        size = file.stat().st_size if file.exists() else None
        Client(CLIENTS[5]).finish()
        sensor.wait_said("removed or replaced" if number < 2 else "overwritten")
        sensor.wait_said("what is learnt from now on is not kept")
        check("status", 3, sensor.stop()[0])
        check("how often it was said", 1, sum("by somebody else" in line for line in sensor.said))
        check("the file", size, file.stat().st_size if file.exists() else None)
        if size:
            check("what is in it", foreign, file.read_bytes()[:len(foreign)])
    shutil.rmtree(folder)


def a_judge_that_replaces_another_goes_on_without_its_baseline(wire, program):
    folder = Path(tempfile.mkdtemp(prefix="stripwatch-live-"))
    file = folder / "known.db"
    sensor = Sensor(program, "--baseline", str(file))
    sensor.wait_said("watching")
    learn(sensor)
    for left in folder.iterdir():
        left.unlink()
    file.write_bytes(b"somebody's letter\n" * 1000)
    replace_judge(sensor)
    sensor.wait_said("goes on without it")
    learn(sensor)
    wire.tell("strip on")
    sensor.wait_event("alert", Client(CLIENTS[1]).finish())
    wire.tell("strip off")
    check("status", 3, sensor.stop()[0])
    check("what is in the file", b"somebody's letter\n" * 1000, file.read_bytes())
    shutil.rmtree(folder)


def readiness(place):
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(place)
        s.sendall(b"GET /readyz HTTP/1.0\r\n\r\n")
        return s.makefile("rb").read().decode().split("\r\n\r\n", 1)[1]


def an_output_that_cannot_start_again_stops_no_other(wire, program):
    """The files that it needs went while the sensor was running, and come back."""
    if not shutil.which("openssl"):
        print("    (not here: there is no openssl)")
        return
    place = Path(tempfile.mkdtemp(prefix="stripwatch-live-"))
    evidence = place / "evidence"
    evidence.mkdir()
    authority = place / "tls" / "ca.pem"
    authority.parent.mkdir()
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=log.example",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", f"{place}/key.pem",
                    "-out", str(authority)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority, f"{place}/key.pem")
    safe = Receiver(("127.0.0.1", 0), take=take_counted, syslog=True, tls=context)
    spool, metrics = place / "spools" / "log.spool", str(place / "m")
    spool.parent.mkdir()
    receiver = Receiver(("127.0.0.1", 0), take=take_counted, syslog=True)
    port = receiver.port
    receiver.close()
    sensor = Sensor(program, "--metrics", f"unix:{metrics}", "--evidence", str(evidence),
                    "--output", f"syslog+tls:127.0.0.1:{safe.port}?name=tls&ca={authority}&types=session",
                    "--output", f"syslog+tcp:127.0.0.1:{port}?name=log&types=session&spool={spool}")
    sensor.wait_said("watching")
    ports = learn(sensor)
    sensor.wait_stats("all waits", lambda s: s.get("sink", {}).get("log", {}).get("queued") == 3)
    shutil.move(spool.parent, place / "away")
    authority.rename(place / "ca.pem")
    shutil.rmtree(evidence)
    for _ in range(2):
        ports.append(Client().finish())
        sensor.wait_event("session", ports[-1])
        writer = sensor.writer()
        os.kill(writer, signal.SIGKILL)
        wait_for("a new writer", lambda: set(sensor.writers()) - {writer})
    ports.append(Client().finish())
    sensor.wait_event("session", ports[-1])
    wait_for("readiness", lambda: readiness(metrics) == "tls cannot be written\n")
    for text in ("ca.pem: No such file", "log.spool: the spool cannot be opened", "evidence: "):
        check(f'"{text}" is said', 2, sum(text in line for line in sensor.said))
    check("ends", False, any("writer ended" in line for line in sensor.said))
    stats = sensor.wait_stats("what waits", lambda s: s["sink"]["tls"]["queued"] > 0)
    # the first writer may have been killed before it put the last of its own there
    check("waiting for the spool", True, stats["sink"]["log"]["queued"] in (2, 3))
    # what is mended is found
    receiver.open()
    shutil.move(place / "away", spool.parent)
    wait_for("all of them", lambda: len({m for m in receiver.messages}) >= len(ports))
    # what was under way when a writer was killed may come twice
    check("order", ports, list(dict.fromkeys(json.loads(m)["src_port"] for m in receiver.messages)))
    (place / "ca.pem").rename(authority)
    wait_for("all of them, by TLS", lambda: len({m for m in safe.messages}) >= len(ports))
    check("by TLS", set(ports), {json.loads(m)["src_port"] for m in safe.messages})
    wait_for("readiness", lambda: readiness(metrics) == "ready\n")
    check("in the file", ports, list(dict.fromkeys(e["src_port"] for e in sensor.events("session"))))
    check("status", 0, sensor.stop()[0])
    safe.close()
    receiver.close()
    shutil.rmtree(place)


TESTS = [
    messages_that_nobody_reads_stop_nothing,
    what_waits_outlives_the_writer,
    what_only_the_writer_had_is_told_of_when_it_dies,
    rules_that_broke_stay_in_force_for_the_next_judge,
    rules_behind_links_are_read_again,
    what_was_dropped_is_told_of_at_the_end,
    who_dies_just_before_the_end_is_replaced,
    a_judge_in_its_pause_is_there_for_the_end,
    who_is_stopped_at_the_end_is_told_of,
    counters_outlive_their_processes,
    a_reader_that_goes_away_is_told_of,
    a_baseline_that_is_not_there_any_more_is_told_of,
    a_judge_that_replaces_another_goes_on_without_its_baseline,
    an_output_that_cannot_start_again_stops_no_other,
]


run(TESTS)
