# SPDX-License-Identifier: GPL-2.0-or-later
"""Called by lab: captures and labels that somebody has changed, commands that make no sense, runs that were killed."""
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
LAB, CORPUS = HERE.parent / "lab", HERE.parent / "pcaps"
sys.path.insert(0, str(LAB))

import check  # noqa: E402
import formats  # noqa: E402
import label  # noqa: E402
import labels  # noqa: E402
import owner  # noqa: E402
import pcap  # noqa: E402
import recorder  # noqa: E402
import start  # noqa: E402
import wire  # noqa: E402
from wait import LabError  # noqa: E402

VICTIM = "http/clear-client.pcap"


def run(*args, **more):
    done = subprocess.run([sys.executable, "-B", LAB / "run", *map(str, args)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, **more)
    return done.returncode, done.stdout


def says(status, text, *args, lines=1, **more):
    """The command ends so, and says this, in so many lines."""
    got, said = run(*args, **more)
    assert got == status and text in said, (args, status, text, got, said)
    assert lines is None or len(said.splitlines()) == lines, (args, said)


@contextlib.contextmanager
def corpus(dialect="http"):
    """A folder with a copy of what the corpus has of one dialect."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = [r for r in labels.load(CORPUS) if r["dialect"] == dialect and not r["slice_of"]]
        for path in {r["pcap"] for r in rows}:
            (folder / path).parent.mkdir(exist_ok=True)
            shutil.copyfile(CORPUS / path, folder / path)
        labels.write(folder, rows)
        yield folder


def refuses(act, *args):
    try:
        act(*args)
    except LabError as e:
        return str(e)
    raise AssertionError("%s takes %s" % (act, args))


def what_is_whole_is_sound():
    with corpus() as folder:
        says(0, "sound", "check", folder)


def a_spoiled_capture_is_found():
    """By its name and the place; and it is not labelled."""
    with corpus() as folder:
        path, whole = folder / VICTIM, (folder / VICTIM).read_bytes()
        before = (folder / labels.NAME).read_bytes()
        huge = whole[:32] + b"\xff\xff\xff\x7f" + whole[36:]
        longer = whole[:36] + b"\xff" + whole[37:]          # on the wire, it says
        for data, text in ((b"", "cut short at offset 0,"), (whole[:23], "cut short at offset 23,"),
                           (whole[:24], "no packet"), (b"\0" + whole[1:], "offset 0"),
                           (whole[:30], "cut short at offset 30,"),
                           (whole[:-1], "cut short at offset %d" % (len(whole) - 1)),
                           (huge, "offset 24"), (longer, "offset 24"),
                           (whole[:len(whole) // 2], "cut short at offset %d" % (len(whole) // 2))):
            path.write_bytes(data)
            said = check.corpus(folder, ["http"])
            assert len(said) == 1 and VICTIM + ": " + text in said[0], (text, said)
        says(1, VICTIM + ": " + text, "check", folder)
        says(1, VICTIM + ": " + text, "label", folder, "http")
        assert (folder / labels.NAME).read_bytes() == before


def a_flipped_byte_is_found():
    """Wherever a checksum covers it: behind Ethernet, VLAN and what routers may change of IPv6."""
    for name, begin in (("clear-client", 12), ("upgrade-vlan", 16), ("upgrade-v6", 14 + 8)):
        frames = pcap.read(CORPUS / "http" / (name + ".pcap"))
        for when, frame in frames[:6] + frames[-6:]:
            for at in range(begin, len(frame)):
                spoiled = frame[:at] + bytes([frame[at] ^ 4]) + frame[at + 1:]
                assert "frame 1" in refuses(wire.sessions, [(when, spoiled)])
    with corpus() as folder:
        data = bytearray((folder / VICTIM).read_bytes())
        data[-20] ^= 1
        (folder / VICTIM).write_bytes(data)
        says(1, "a bad TCP checksum in frame", "check", folder)


def what_nobody_says_is_found():
    """With right checksums, and not what a server of the dialect would say."""
    case, side, path = label.captures_of(CORPUS, "http")[0][0]
    sessions = wire.sessions(pcap.read(CORPUS / path))
    when, sender, data = sessions[0].data[1]
    sessions[0].data[1] = when, sender, data.replace(b"HTTP/1.1 1", b"HTTP/1.1 x", 1)
    assert "no http that can be read" in refuses(label.pairs_of, sessions, "http", case)


def kernels_are_not_named():
    frame = b"User-Agent: CUPS/2.4.2 (Linux 6.18.44; x86_64) IPP/2.0"
    with tempfile.TemporaryDirectory() as folder:
        pcap.write(os.path.join(folder, "a.pcap"), [(0, frame)])
        assert "kernel" in check.broken(folder, ["a.pcap"])[0]


def captures_and_labels_go_together():
    with corpus() as folder:
        shutil.copyfile(folder / VICTIM, folder / "http/more.pcap")
        says(1, "http/more.pcap has no label", "check", folder)
        (folder / "http/more.pcap").rename(folder / VICTIM)
        rows = labels.load(folder)
        labels.write(folder, rows + [dict(rows[0], pcap="http/more.pcap")])
        says(1, "http/more.pcap is labelled and missing", "check", folder)
        shutil.copyfile(folder / VICTIM, folder / "http/more.pcap")
        says(1, "http/more.pcap session 0: no capture of a case shows it", "check", folder, lines=None)
        (folder / "http/more.pcap").unlink()
        labels.write(folder, [dict(rows[0], dialect="tds")] + rows[1:])
        says(1, "no dialect is called tds", "check", folder)


def a_corpus_is_small():
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "a.pcap").write_bytes(bytes(check.FILE_BYTES + 1))
        assert check.sizes(name, ["a.pcap"], 1) == ["a.pcap has 60001 bytes, more than 60000"]
    rows = [dict(pcap="smtp/%s.pcap" % name, dialect="smtp", client="192.0.2.1:1024", server="198.51.100.1:25")
            for name in "ab"]
    assert check.shared(rows) == ["smtp/a.pcap and smtp/b.pcap share the connection 192.0.2.1:1024"]


def labels_follow_from_captures():
    """No field can be changed by hand, no row left out or written twice."""
    anew, wrong, missing = label.corpus(CORPUS, "http", with_tshark=False)
    assert not wrong and not missing, (wrong, missing)
    for field in labels.FIELDS.keys() - {"pcap", "session"}:
        for n, row in enumerate(anew[::20]):
            rows = list(anew)
            rows[n * 20] = dict(row, **{field: None if row[field] is not None else "x"})
            said = check.of_labels(rows, anew)
            assert len(said) == 1 and "%s session %d: %s is " % (row["pcap"], row["session"], field) in said[0], said
    assert check.of_labels(anew[1:], anew) == ["%(pcap)s session %(session)d: not labelled" % anew[0]]
    assert check.of_labels(anew + anew[:1], anew) == ["%(pcap)s session %(session)d: labelled twice" % anew[0]]
    with corpus() as folder:
        labels.write(folder, [dict(r, payload_in_clear=False) for r in labels.load(folder)])
        says(1, VICTIM + " session 0: payload_in_clear is False in its label, the capture says True", "check", folder,
             lines=None)


def the_formats_are_one_capture():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "smtp").mkdir()
        shutil.copyfile(CORPUS / formats.SOURCE, folder / formats.SOURCE)
        formats.write(folder)
        paths = list(formats.contents(folder))
        assert not check.of_formats(folder, paths)
        for path in paths:
            data = bytearray((folder / path).read_bytes())
            assert data == (CORPUS / path).read_bytes(), path
            data[-1] ^= 1
            (folder / path).write_bytes(data)
            assert check.of_formats(folder, [path])[0].startswith(path), path


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
        says(1, os.path.join(name, "file"), "http", "upgrade-client", os.path.join(name, "file", "out"))
        says(1, "lab: /proc/", "http", "upgrade-client", "/proc")          # where nobody can make a file
    assert recorder.is_there("python3:json") and not recorder.is_there("python3:no_such_module")
    assert start.script("http", "http_client.py", "host")[0] == start.PYTHON == "/usr/bin/python3"


def a_broken_line_is_named():
    whole = json.dumps(labels.load(CORPUS)[0])
    with tempfile.TemporaryDirectory() as name:
        path = os.path.join(name, labels.NAME)
        for line, text in ((whole[:-1], "Expecting"), ("[]", "no object"), ("\udcff", "utf-8"),
                           (whole.replace('"dialect"', '"dialekt"'), "dialect"),
                           (whole.replace('"session": 0', '"session": true'), "session"),
                           (whole.replace('"should_alert": false', '"should_alert": "maybe"'), "should_alert")):
            with open(path, "w", errors="surrogateescape") as f:
                f.write(whole + "\n" + line + "\n")
            said = refuses(labels.load, name)
            assert said.startswith(path + " line 2: ") and text in said, said
        for command in ("check", "table"):
            says(1, said, command, name)


def nobody_has_to_listen():
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([sys.executable, "-B", LAB / "run", "list"], stdout=writer, stderr=subprocess.PIPE, timeout=60)
    os.close(writer)
    assert not done.stderr, done.stderr


def a_part_is_compared_with_its_counterpart():
    """Times and ports may differ, facts may not, and what is not there is said in a line."""
    with corpus() as folder:
        last = "76 sessions here, 76 there: 0 captures differ by nature, 0 in truth"
        dialects = {r["dialect"] for r in labels.load(CORPUS)}
        says(3, last, "compare", folder, lines=len(dialects))
        says(3, "NOT COMPARED smtp: not there", "compare", CORPUS, folder, lines=len(dialects))
        says(0, last, "compare", folder, folder)
        with corpus() as other:
            rows = labels.load(folder)
            labels.write(other, [dict(r, client=r["client"][:-1]) for r in rows])
            says(0, last, "compare", other, folder)
            labels.write(other, [dict(rows[0], starttls_offered=None)] + rows[1:])
            says(1, rows[0]["pcap"] + ": session 0: starttls_offered None, True there", "compare", other, folder, lines=2)
            labels.write(other, rows[1:])
            says(1, rows[0]["pcap"] + ": only there", "compare", other, folder, lines=2)


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
            os.symlink(HERE, os.path.join(name, "swlab-link"))
            assert owner.clean_folders("swlab") == [path] and os.path.isdir(path) and not os.path.exists(dead)
            child.send_signal(signal.SIGKILL)
            child.wait()
            assert owner.clean_folders("swlab") == [] and not os.path.exists(path) and HERE.is_dir()
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


what_is_whole_is_sound()
a_spoiled_capture_is_found()
a_flipped_byte_is_found()
what_nobody_says_is_found()
kernels_are_not_named()
captures_and_labels_go_together()
a_corpus_is_small()
labels_follow_from_captures()
the_formats_are_one_capture()
typing_errors_are_named()
what_is_missing_is_named()
a_broken_line_is_named()
nobody_has_to_listen()
a_part_is_compared_with_its_counterpart()
a_living_run_keeps_its_folder()
one_recording_runs()
if os.geteuid() == 0 and shutil.which("ip") and shutil.which("unshare"):
    clean_leaves_a_living_run_alone()
