# SPDX-License-Identifier: GPL-2.0-or-later
"""Called by lab: commands that make no sense, runs that were killed, what cannot be read or written."""
import contextlib
import io
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from lab_kit import LAB, corpus, refuses, run, says

import files
import owner
import recorder
import start
import wire
from wait import LabError


def typing_errors_are_named():
    """Before anything starts, whoever it is."""
    with tempfile.TemporaryDirectory() as name:
        folder = os.path.join(name, "out")
        says(2, "irc has no case nosuch", "irc", "upgrade-client,nosuch", folder)
        says(2, "irc has no case ;", "irc", "upgrade-client,", folder)
        says(2, "no dialect is called nosuch; there are smtp imap", "nosuch", "strip", folder)
        says(2, "no dialect is called bogus; there are smtp imap", "all", folder, "bogus")
        says(2, "no dialect is called bogus or bad; there are", "label", folder, "smtp", "bogus", "bad")
        says(2, "usage", "check", lines=None)
        says(2, "usage", "lable", folder, lines=None)
        assert not os.path.exists(folder)


def what_is_missing_is_named():
    with tempfile.TemporaryDirectory() as name:
        nowhere = os.path.join(name, "nowhere")
        for command in ("check", "label", "table", "compare"):
            says(1, nowhere, command, nowhere)
        says(1, name, "label", name)
        with open(os.path.join(name, "file"), "w"):
            pass
        if os.geteuid() == 0:
            says(1, os.path.join(name, "file"), "http", "upgrade-client", os.path.join(name, "file", "out"))
            says(1, "lab: /proc/", "http", "upgrade-client", "/proc")      # where nobody can make a file
    assert recorder.is_there("python3:json") and not recorder.is_there("python3:no_such_module")
    assert start.script("http", "http_client.py", "host")[0] == start.PYTHON == "/usr/bin/python3"


def a_run_begins_anywhere():
    """Through a link, without anybody to hear it, and where it is stopped while it loads."""
    with tempfile.TemporaryDirectory() as name:
        link = os.path.join(name, "link")
        os.symlink(LAB / "run", link)
        with corpus() as folder:
            done = subprocess.run([sys.executable, "-B", link, "compare", folder], capture_output=True, text=True)
        assert done.returncode == 3, done
        done = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", sys.executable, "-B", LAB / "run", "list"],
                              stderr=subprocess.PIPE)
        assert not done.returncode and not done.stderr, done.stderr
        with open(os.path.join(name, "glob.py"), "w") as f:             # one of the modules that it loads
            f.write("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
        done = subprocess.run([sys.executable, "-B", LAB / "run", "list"], env=dict(os.environ, PYTHONPATH=name),
                              capture_output=True)
        assert done.returncode == -signal.SIGINT and not done.stderr, (done.returncode, done.stderr)


def what_is_printed_is_the_same_everywhere():
    with corpus() as folder:
        said = [run("table", folder, env=dict(os.environ, PYTHONIOENCODING=word)) for word in ("utf-8", "ascii")]
        assert said[0] == said[1] and said[0][0] == 0, said


def a_full_disk_is_named():
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-B", LAB / "run", "list"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (1, "lab: standard output: No space left on device\n"), done
    with tempfile.TemporaryDirectory() as name:
        path = os.path.join(name, "a")
        files.write(path, b"before")
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
        try:
            files.write(path, bytes(100))
        except OSError as e:
            assert e.filename == path
        else:
            raise AssertionError("there is no limit")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        with open(path, "rb") as f:
            assert f.read() == b"before" and os.listdir(name) == ["a"]


def tshark_is_at_home():
    """Whatever its user's home is like; and what it complains of is a line."""
    with tempfile.TemporaryDirectory() as name:
        before = os.environ["PATH"]
        os.environ["PATH"] = name + ":" + before
        for script, text in (('touch "$HOME/mine" && echo "1\t$HOME"', ""),
                             ("seq 135 >&2; exit 1", "tshark: 135"), ("exit 1", "tshark: status 1")):
            with open(os.path.join(name, "tshark"), "w") as f:
                f.write("#!/bin/sh\n" + script + "\n")
            os.chmod(os.path.join(name, "tshark"), 0o755)
            try:
                assert wire.dissect(name, "a.pcap", ["field"], ()) == [{"frame.number": "1", "field": name}] and not text
            except LabError as e:
                assert str(e) == text, e
        os.environ["PATH"] = before


def who_may_not_record_leaves_nothing():
    with tempfile.TemporaryDirectory() as name:
        before, os.geteuid = os.geteuid, lambda: 65534
        assert refuses(recorder.be_ready, ["http"], os.path.join(name, "out")) == "needs root"
        os.geteuid = before
        assert not os.listdir(name)


def nobody_has_to_listen():
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([sys.executable, "-B", LAB / "run", "list"], stdout=writer, stderr=subprocess.PIPE, timeout=60)
    os.close(writer)
    assert not done.stderr, done.stderr


@contextlib.contextmanager
def living(code, **more):
    """A process that holds something until it is killed; and the line that it says."""
    child = subprocess.Popen([sys.executable, "-Bc", "import sys\nsys.path.insert(0, sys.argv[1])\nimport owner\n" + code +
                              "\nsys.stdin.read()", LAB], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **more)
    try:
        yield child, child.stdout.readline().strip()
    finally:
        child.kill()
        child.communicate()


def a_living_run_keeps_its_folder():
    with tempfile.TemporaryDirectory() as name:
        place = dict(os.environ, TMPDIR=name)
        with living("f = owner.Folder('swlab'); print(f.path, flush=True)", env=place) as (child, path):
            tempfile.tempdir = name
            dead = os.path.join(name, "swlab-dead")
            os.makedirs(os.path.join(dead, "keys"))
            os.symlink(LAB, os.path.join(name, "swlab-link"))
            assert owner.clean_folders("swlab") == [path] and os.path.isdir(path) and not os.path.exists(dead)
            child.send_signal(signal.SIGKILL)
            child.wait()
            assert owner.clean_folders("swlab") == [] and not os.path.exists(path) and LAB.is_dir()
    tempfile.tempdir = None


def a_folder_is_kept_for_looking_at():
    """When something failed, not when somebody has had enough."""
    for kind, kept in ((KeyboardInterrupt, False), (SystemExit, False), (None, False), (LabError, True)):
        with tempfile.TemporaryDirectory() as name, contextlib.redirect_stderr(io.StringIO()) as said:
            tempfile.tempdir = name
            with contextlib.suppress(kind or LabError), owner.Folder("swlab") as folder:
                os.mkdir(os.path.join(folder.path, "keys"))
                if kind:
                    raise kind
            assert os.path.isdir(folder.path) == kept == said.getvalue().startswith("kept for looking at"), kind
            tempfile.tempdir = None


def one_recording_runs():
    with tempfile.TemporaryDirectory() as name:
        owner.LOCK = os.path.join(name, "lock")
        with living("owner.LOCK = %r; n = owner.Network(); print(flush=True)" % owner.LOCK) as (child, _):
            assert refuses(owner.Network) == "another recording runs (pid %d)" % child.pid
        owner.Network().release()
        owner.Network().release()


# In a /run of their own: the namespaces of a living run, and those of a dead one.
CLEANED = """
mount -t tmpfs run /run && ip netns add swlab99-client || exit 77
$1 -Bc 'import signal, sys; sys.path.insert(0, sys.argv[1]); import owner; n = owner.Network(); signal.pause()' "$2" &
run=$!
ip netns add swlab$run-client
until [ -s /run/swlab.lock ]; do sleep 0.01; done
$1 -B "$2/run" clean
ip netns list; ls "$TMPDIR"
kill -9 $run
wait $run
$1 -B "$2/run" clean
ip netns list
echo "pid $run"
"""


def clean_leaves_a_living_run_alone():
    with tempfile.TemporaryDirectory() as name:
        os.mkdir(os.path.join(name, "swlab-dead"))
        done = subprocess.run(["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc",
                               "sh", "-c", CLEANED, "sh", sys.executable, LAB], env=dict(os.environ, TMPDIR=name),
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=60)
    if done.returncode:         # no namespaces for us
        return
    pid = done.stdout.split()[-1]
    assert done.stdout.splitlines() == ["left alone: another recording runs (pid %s)" % pid,
                                        "swlab%s-client" % pid, "pid " + pid], done.stdout


typing_errors_are_named()
what_is_missing_is_named()
a_run_begins_anywhere()
what_is_printed_is_the_same_everywhere()
a_full_disk_is_named()
tshark_is_at_home()
who_may_not_record_leaves_nothing()
nobody_has_to_listen()
a_living_run_keeps_its_folder()
a_folder_is_kept_for_looking_at()
one_recording_runs()
if os.geteuid() == 0 and shutil.which("ip") and shutil.which("unshare"):
    clean_leaves_a_living_run_alone()
