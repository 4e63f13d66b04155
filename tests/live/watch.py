# SPDX-License-Identifier: GPL-2.0-or-later
"""Called by watch, inside a network namespace: watch.py PROGRAM [TEST]."""
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from pathlib import Path

from kit import CLIENTS, PATIENCE, TOP, Client, Sensor, check, ip, learn, no_alert, run, wait_for

sys.path.insert(0, str(TOP / "tests/cli"))
from receivers import name_of_this_machine  # noqa: E402


def a_stripped_offer_is_told_within_a_second(wire, program):
    sensor = Sensor(program)
    sensor.wait_said("watching")
    learn(sensor)
    no_alert(sensor)
    wire.tell("strip on")
    client = Client()
    client.finish()
    alert = sensor.wait_event("alert", client.port)
    late = time.time() - time.mktime(time.strptime(alert["timestamp"][:19], "%Y-%m-%dT%H:%M:%S"))
    late -= float("0" + alert["timestamp"][19:26]) - time.localtime().tm_gmtoff
    check("technique", ["cap-stripped"], alert["alert"]["metadata"]["technique"])
    check("interface", "tap0", alert["in_iface"])
    if not 0 <= late < 1:
        sys.exit(f"the alert came {late:.3f} s behind its packet")
    print(f"    {late * 1000:.0f} ms behind its packet")
    wire.tell("strip off")
    check("status", 0, sensor.stop()[0])


def honest_traffic_is_no_alert(wire, program):
    sensor = Sensor(program, "-w", "2", devices=("-i", "outside=tap0"))
    sensor.wait_said("with 2 of 2 workers")
    ports = [Client(CLIENTS[n % len(CLIENTS)]).finish() for n in range(40)]
    for port in ports:
        check("outcome", "upgraded", sensor.wait_event("session", port)["starttls"]["outcome"])
    no_alert(sensor)
    check("sessions, each told once", 40, len(sensor.events("session")))
    check("tap", "outside", sensor.events("session")[0]["tap"])
    stats = sensor.stats()
    check("sandbox", "full", stats["sandbox"])
    page = (TOP / "docs/events.md").read_text()
    for room in stats:
        if room not in page:
            sys.exit(f"stats.{room} is not described in docs/events.md")
    for room in ("capture", "queue", "sensor", "memory"):
        for name in stats[room]:
            if f"{room}.{name}`" not in page and f"`.{name}`" not in page:
                sys.exit(f"stats.{room}.{name} is not described in docs/events.md")
    check("dropped", 0, stats["capture"]["dropped"])
    check("status", 0, sensor.stop()[0])


def rights_of(pid):
    """What the kernel says of a process, by its names."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


def nobody_gets_new_rights(wire, program):
    """Not the supervisor either, and not as root: CAP_NET_RAW is number 13."""
    sensor = Sensor(program, "--metrics", "127.0.0.1:9417")
    sensor.wait_said("watching")
    for pid in [sensor.process.pid, *sensor.children()]:
        rights = rights_of(pid)
        # no programs, and those who are locked in have a list of their own
        check("no new rights, system calls", ("1", "1" if pid == sensor.process.pid else "2"),
              (rights["NoNewPrivs"], rights["Seccomp_filters"]))
        check("capabilities that can be had", 1 << 13, int(rights["CapBnd"], 16))
        check("... that others would inherit", 0, int(rights["CapAmb"], 16))
        # the supervisor's own would be a way to have it wait
        check("descriptors that signals come by", 1,
              [os.readlink(f) for f in Path(f"/proc/{pid}/fd").iterdir()].count("anon_inode:[signalfd]"))
        check("output is the writer's alone", pid not in (sensor.process.pid, sensor.writer()),
              os.readlink(f"/proc/{pid}/fd/1") == "/dev/null")
    check("status", 0, sensor.stop()[0])


def two_sensors_share_nothing(wire, program):
    """Those who share an interface within one do; not all of a machine, whatever their numbers."""
    sensors = [Sensor(program, "-w", "2", own_ids=True) for _ in range(2)]
    for sensor in sensors:
        sensor.wait_said("with 2 of 2 workers")
    for count in (20, 40):
        ports = [Client(CLIENTS[n % len(CLIENTS)]).finish() for n in range(20)]
        for sensor in sensors:
            for port in ports:
                sensor.wait_event("session", port)
        for sensor in sensors:
            check("sessions, each told once", count, len(sensor.events("session")))
        if count == 40:
            break
        # nobody is left of the group
        before = sensors[0].workers()
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        sensors[0].wait_said("it is replaced", 2)
        wait_for("new workers", lambda: len(set(sensors[0].workers()) - set(before)) == 2)
    for sensor in sensors:
        check("status", 0, sensor.stop()[0])


def events_leave_by_several_ways(wire, program):
    """A name is looked up in a thread, a receiver comes late: the locked writer can do both."""
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    receiver.settimeout(PATIENCE)
    port = receiver.getsockname()[1]
    folder = tempfile.mkdtemp(prefix="stripwatch-live-")
    path = os.path.join(folder, "late.sock")
    here = name_of_this_machine()
    sensor = Sensor(program, "--output", f"syslog+udp:{here}:{port}?types=session",
                    "--output", f"unix:{path}?types=session&format=ecs")
    sensor.wait_said("watching")
    client = Client().finish()
    sensor.wait_event("session", client)
    check("syslog", True, f'"src_port":{client}' in receiver.recv(65536).decode())
    late = socket.socket(socket.AF_UNIX)
    late.bind(path)
    late.listen()
    late.settimeout(PATIENCE)
    connection, _ = late.accept()
    event = json.loads(connection.makefile().readline())
    check("ECS", client, event["source"]["port"])
    check("status", 0, sensor.stop()[0])
    shutil.rmtree(folder)


def the_writer_reaches_no_other_folder(wire, program):
    """What it could open before its lock it cannot afterwards, not even through a link."""
    elsewhere = tempfile.mkdtemp(prefix="stripwatch-live-")
    sensor = Sensor(program)
    sensor.wait_said("watching")
    sensor.file.rename(sensor.folder / "eve.json.1")
    sensor.file.symlink_to(os.path.join(elsewhere, "eve.json"))
    sensor.process.send_signal(signal.SIGHUP)
    sensor.wait_said("Permission denied")
    client = Client().finish()
    sensor.file.unlink()
    sensor.process.send_signal(signal.SIGHUP)
    sensor.wait_event("session", client)
    check("elsewhere", [], os.listdir(elsewhere))
    check("status", 0, sensor.stop()[0])
    os.rmdir(elsewhere)


def vlan_tags_are_kept(wire, program):
    """The kernel takes the outer tag off before its filter looks, and the inner one hides ports."""
    capture = TOP / "tests/pcaps/smtp/declined-swaks.pcap"
    sensor = Sensor(program)
    sensor.wait_said("watching")
    for tags in ([], [7], [7, 8]):
        wire.tell(f"replay far0 {capture} {' '.join(str(tag) for tag in tags)}")
        wait_for(f"a session with the tags {tags}",
                 lambda: [e for e in sensor.events("session") if e.get("vlan", []) == tags])
    check("status", 0, sensor.stop()[0])


def has_other_users():
    with open("/proc/self/uid_map", encoding="ascii") as ids:
        if int(ids.read().split()[2]) >= 65535:
            return True
    print("    (not here: there is one user only)")
    return False


def another_user_is_enough(wire, program):
    if not has_other_users():
        return
    sensor = Sensor(program, "--user", "nobody", user="nobody")
    sensor.wait_said("watching")
    for pid in [sensor.process.pid, *sensor.children()]:
        status = rights_of(pid)
        check("user", {str(pwd.getpwnam("nobody").pw_uid)}, set(status["Uid"].split()))
        # CAP_NET_RAW is number 13, and the supervisor's alone
        check("capabilities", 1 << 13 if pid == sensor.process.pid else 0,
              int(status["CapPrm"], 16))
    port = Client().finish()
    sensor.wait_event("session", port)
    before = sensor.workers()
    os.kill(before[0], signal.SIGKILL)
    wait_for("a new worker", lambda: set(sensor.workers()) - set(before))
    port = Client().finish()
    sensor.wait_event("session", port)
    check("status", 0, sensor.stop()[0])


def what_was_learnt_outlives_the_sensor(wire, program):
    baseline = None
    for run in range(2):
        sensor = Sensor(program, *(["--baseline", baseline] if baseline else []))
        if baseline is None:
            sensor.wait_said("watching")
            sensor.stop()
            baseline = str(sensor.folder / "baseline.db")
            sensor = Sensor(program, "--baseline", baseline)
        sensor.wait_said("watching")
        if run == 0:
            learn(sensor)
        else:
            wire.tell("strip on")
            client = Client()
            client.finish()
            sensor.wait_event("alert", client.port)
            wire.tell("strip off")
        check("status", 0, sensor.stop()[0])


def a_configuration_file_is_followed(wire, program):
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "site.yaml")
        with open(file, "w", encoding="ascii") as out:
            out.write("interfaces: {name: tap0, tap: office}\nworkers: 2\nexcerpts: off\n"
                      "home-networks: 203.0.113.0/24\n")
        # an option wins: tap0's network is home
        sensor = Sensor(program, "--home-net", CLIENTS[0] + "/32", devices=("--config", file))
        sensor.wait_said("with 2 of 2 workers")
        port = Client().finish()
        event = sensor.wait_event("session", port)
        check("tap", "office", event["tap"])
        check("direction", "outbound", event["direction"])
        if "reply" in event["starttls"]:
            sys.exit(f"something is quoted: {event}")
        check("status", 0, sensor.stop()[0])


def ask(address, path):
    """Status and body of an answer over HTTP; a status of 0 where nobody answers."""
    with socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET) as client:
        client.settimeout(PATIENCE)
        try:
            client.connect(address)
            client.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
            head, body = client.makefile("rb").read().decode().split("\r\n\r\n", 1)
        except (OSError, ValueError):
            return 0, ""
    return int(head.split()[1]), body


def figures(address):
    """Every sample by its name and labels; every name must be described."""
    page = (TOP / "docs/events.md").read_text()
    status, body = ask(address, "/metrics")
    check("status of /metrics", 200, status)
    for line in body.splitlines():
        words = line.split()
        if line.startswith("# HELP") and words[3].startswith("stats."):
            name = words[3][6:].replace("sink.*", "sink.NAME")
            room, _, last = name.rpartition(".")
            if f"`{name}`" not in page and f"`.{last}`" not in page and f"{room}.*`" not in page \
                    and room.split(".")[0] not in ("alerts", "dialect"):
                sys.exit(f"stats.{name} is not described in docs/events.md")
    return {name: int(value) for name, value in
            (line.rsplit(" ", 1) for line in body.splitlines() if not line.startswith("#"))}


def a_quiet_tap_is_told(wire, program):
    sensor = Sensor(program, "--quiet-after", "2", devices=("-i", "office=tap0"))
    sensor.wait_said("watching")
    alert, = wait_for("the alert", lambda: sensor.events("alert"))
    check("signature", 2001, alert["alert"]["signature_id"])
    check("tap", ("tap0", "office"), (alert["in_iface"], alert["tap"]))
    check("figures", ("quiet", "begun", 0), tuple(alert["sight"][name] for name in (
        "fault", "state", "segments")))
    check("as long as it was to be", True, alert["sight"]["seconds"] >= 2)
    Client().finish()
    over = wait_for("its end", lambda: sensor.events("alert")[1:])[0]
    check("signature", 2002, over["alert"]["signature_id"])
    check("policy", True, sensor.stats()["alerts"]["policy"] >= 2)
    check("status", 0, sensor.stop()[0])


def prometheus_and_probes_are_answered(wire, program):
    folder = tempfile.mkdtemp(prefix="stripwatch-live-")
    for address, words in ((("127.0.0.1", 9417), "127.0.0.1:9417"),
                           (folder + "/metrics", f"unix:{folder}/metrics")):
        sensor = Sensor(program, "--metrics", words)
        sensor.wait_said("watching")
        wait_for("readiness", lambda: ask(address, "/readyz") == (200, "ready\n"))
        learn(sensor)
        wait_for("three sessions", lambda: figures(address).get(
            'stripwatch_sessions_total{dialect="smtp",outcome="upgraded"}') == 3)
        received = figures(address)["stripwatch_capture_received_total"]
        wire.tell("strip on")
        sensor.wait_event("alert", Client().finish())
        wire.tell("strip off")
        wait_for("the alert", lambda: figures(address)[
            'stripwatch_alerts_total{category="downgrade"}'] >= 1)
        wait_for("frames", lambda: figures(address)[
            "stripwatch_capture_received_total"] > received)
        wait_for("time", lambda: figures(address).get("stripwatch_uptime_seconds", 0) > 0)
        check("capabilities", 0, int(rights_of(sensor.answerer())["CapPrm"], 16))
        # another process takes over the socket
        os.kill(sensor.answerer(), signal.SIGKILL)
        sensor.wait_said("metrics was ended by signal 9")
        wait_for("the restart", lambda: ask(address, "/healthz")[0] == 200 and
                 figures(address).get("stripwatch_sensor_restarts_metrics_total") == 1)
        # blind is not ready
        ip("link", "set", "tap0", "down")
        wait_for("the reason", lambda: ask(address, "/readyz") ==
                 (503, "worker 1 of tap0 waits for its interface\n"))
        ip("link", "set", "tap0", "up")
        wait_for("readiness", lambda: ask(address, "/readyz")[0] == 200)
        # and so is a judge that stands still
        judge = sensor.judge()
        os.kill(judge, signal.SIGSTOP)
        wait_for("the silence of the judge", lambda: ask(address, "/readyz") ==
                 (503, "the judge has not been heard of for too long\n"))
        check("alive", (200, "ok\n"), ask(address, "/healthz"))
        os.kill(judge, signal.SIGCONT)
        wait_for("readiness", lambda: ask(address, "/readyz")[0] == 200)
        check("status", 0, sensor.stop()[0])
        check("nobody answers", 0, ask(address, "/healthz")[0])
    shutil.rmtree(folder)
    with socket.create_server(("127.0.0.1", 9417)):
        sensor = Sensor(program, "--metrics", "127.0.0.1:9417")
        check("a port that is taken", 3, sensor.process.wait(PATIENCE))
        sensor.wait_said("cannot listen on 127.0.0.1:9417")


def slow_clients_shut_nobody_out(wire, program):
    """As many as there are places say a byte now and then; and one alone does not do so for ever."""
    address = ("127.0.0.1", 9417)
    sensor = Sensor(program, "--metrics", "127.0.0.1:9417")
    sensor.wait_said("watching")
    for count in (16, 40, 1):
        clients = [socket.create_connection(address) for _ in range(count)]

        def still_there():
            """How many of them, after another byte of each; one that is ended is refused it."""
            left = 0
            for client in clients:
                try:
                    client.send(b"G")
                    client.setblocking(False)
                    left += client.recv(1) != b""
                except BlockingIOError:
                    left += 1
                except OSError:
                    pass
            return left
        wait_for("all of them to be heard", still_there)
        if count == 1:
            wait_for("the end of the one", lambda: time.sleep(0.2) or still_there() == 0)
        else:
            began = time.monotonic()
            check("status", 200, ask(address, "/healthz")[0])
            if time.monotonic() - began > 4:
                sys.exit("an answer had to wait for others to end")
        for client in clients:
            client.close()
    check("status", 0, sensor.stop()[0])


def memory_is_that_of_all_processes(wire, program):
    """Also where /proc hides others from the supervisor, as in the unit."""
    if not has_other_users():
        return
    hidden = not subprocess.run(["mount", "-t", "proc", "-o", "hidepid=invisible", "proc", "/proc"],
                                check=False).returncode
    sensor = Sensor(program, "--user", "nobody", "--metrics", "127.0.0.1:9417", user="nobody")
    sensor.wait_said("watching")

    def is_the_sum(stats):
        found = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1])
                    for pid in [sensor.process.pid, *sensor.children()])
        return 0.8 < stats["memory"]["rss"] / (found * os.sysconf("SC_PAGESIZE")) < 1.25
    sensor.wait_stats("memory of all processes", is_the_sum)
    check("status", 0, sensor.stop()[0])
    if hidden:
        subprocess.run(["umount", "/proc"], check=True)


def too_few_descriptors_are_told(wire, program):
    """And not taken for an interface that is not there."""
    for count in range(8, 64):
        sensor = Sensor(program, prefix=("prlimit", f"--nofile={count}:{count}"))
        wait_for("its start or its end", lambda: sensor.process.poll() is not None or
                 any("watching" in line for line in sensor.said))
        check("what is said of the interface", [], [line for line in sensor.said if "tap0: is" in line])
        if sensor.process.poll() is None:
            break
        sensor.wait_said("Too many open files")
    check("status", 0, sensor.stop()[0])


def the_service_manager_is_told(wire, program):
    with tempfile.TemporaryDirectory() as folder, \
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(os.path.join(folder, "notify"))
        manager.settimeout(PATIENCE)
        os.environ["NOTIFY_SOCKET"] = manager.getsockname()
        os.environ["WATCHDOG_USEC"] = "6000000"
        sensor = Sensor(program)
        del os.environ["NOTIFY_SOCKET"], os.environ["WATCHDOG_USEC"]
        words = set()
        while words != {b"READY=1", b"WATCHDOG=1"}:
            words.add(manager.recv(100))
        # a judge that stands still is no life
        judge = sensor.judge()
        os.kill(judge, signal.SIGSTOP)
        try:
            began = time.monotonic()
            manager.settimeout(2.5)
            while time.monotonic() - began < PATIENCE:
                check("word", b"WATCHDOG=1", manager.recv(100))
            sys.exit("the watchdog is kept quiet for a judge that stands still")
        except socket.timeout:
            pass
        os.kill(judge, signal.SIGCONT)
        manager.settimeout(PATIENCE)
        check("word", b"WATCHDOG=1", manager.recv(100))
        check("status", 0, sensor.stop()[0])
        while manager.recv(100) != b"STOPPING=1":
            pass


TESTS = [
    a_stripped_offer_is_told_within_a_second,
    honest_traffic_is_no_alert,
    nobody_gets_new_rights,
    two_sensors_share_nothing,
    events_leave_by_several_ways,
    the_writer_reaches_no_other_folder,
    vlan_tags_are_kept,
    another_user_is_enough,
    what_was_learnt_outlives_the_sensor,
    a_configuration_file_is_followed,
    a_quiet_tap_is_told,
    prometheus_and_probes_are_answered,
    slow_clients_shut_nobody_out,
    memory_is_that_of_all_processes,
    too_few_descriptors_are_told,
    the_service_manager_is_told,
]


run(TESTS)
