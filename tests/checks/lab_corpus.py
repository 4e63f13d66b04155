# SPDX-License-Identifier: GPL-2.0-or-later
"""Called by lab: captures and labels that somebody has changed."""
import json
import os
import shutil
import tempfile
from pathlib import Path

from lab_kit import CORPUS, VICTIM, corpus, refuses, says

import check
import compare
import formats
import label
import labels
import net
import pcap
import segment
import whole
import wire
from recorder import DIALECTS, table
from wait import LabError

STRIPPED = "smtp/strip-postfix.client.pcap"

def what_is_whole_is_sound():
    with corpus() as folder:
        says(0, "sound", "check", folder, "http")


def a_spoiled_capture_is_found():
    """By its name and the place; and it is not labelled."""
    with corpus() as folder:
        path, whole = folder / VICTIM, (folder / VICTIM).read_bytes()
        before = (folder / labels.NAME).read_bytes()
        huge = whole[:32] + b"\xff\xff\xff\x7f" + whole[36:]
        longer = whole[:36] + b"\xff" + whole[37:]          # on the wire, it says
        for data, text in ((b"", "cut short at offset 0,"), (whole[:23], "cut short at offset 23,"),
                           (whole[:24], "no session at all"), (b"\0" + whole[1:], "offset 0"),
                           (whole[:30], "cut short at offset 30,"),
                           (whole[:-1], "cut short at offset %d" % (len(whole) - 1)),
                           (huge, "offset 24"), (longer, "offset 24"),
                           (whole[:len(whole) // 2], "cut short at offset %d" % (len(whole) // 2))):
            path.write_bytes(data)
            said = check.corpus(folder, ["http"], DIALECTS)
            assert len(said) == 1 and VICTIM + ": " + text in said[0], (text, said)
        says(1, VICTIM + ": " + text, "check", folder, "http")
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
        before = (folder / labels.NAME).read_bytes()
        says(1, "a bad TCP checksum in frame", "check", folder, "http")
        says(1, "a bad TCP checksum in frame", "label", folder, "http")
        assert (folder / labels.NAME).read_bytes() == before


def what_nobody_says_is_found():
    """With right checksums, and not what a server of the dialect would say."""
    case, side, path = label.captures_of(CORPUS, "http")[0][0]
    sessions = wire.sessions(pcap.read(CORPUS / path))
    when, sender, data = sessions[0].data[1]
    sessions[0].data[1] = when, sender, data.replace(b"HTTP/1.1 1", b"HTTP/1.1 x", 1)
    assert "no http that can be read" in refuses(label.pairs_of, sessions, "http", case)


def the_case_of(path):
    """(dialect, cases, case) of a capture of the corpus"""
    dialect = path.split("/")[0]
    cases = table(dialect)
    return dialect, cases, next(c for c in cases for side in c.sides if label.path_of(dialect, c, side) == path)


def of_frames(frames, path):
    """What is said of these frames in the place of a capture."""
    try:
        return "; ".join(whole.of_capture(frames, wire.sessions(frames), *the_case_of(path)))
    except LabError as e:
        return str(e)


def what_is_missing_or_twice_is_found():
    """Any packet of a kernel's, of which each has a number, but for one that nobody can miss: the server's first that has one,
    when it carries nothing. Of IPv6, which has no numbers, what another packet speaks of."""
    frames = pcap.read(CORPUS / VICTIM)
    assert not of_frames(frames, VICTIM)
    assert [n for n in range(len(frames)) if not of_frames(frames[:n] + frames[n + 1:], VICTIM)] == [4]
    for n in range(len(frames) - 1):
        assert "frame %d is there twice" % (n + 2) in of_frames(frames[:n + 1] + frames[n:], VICTIM), n
    for n in range(1, len(frames)):
        assert "does not end" in of_frames(frames[:n], VICTIM), n
        assert of_frames(frames[n:], VICTIM), n
    assert "does not begin with SYN" in of_frames(frames[2:], VICTIM)
    for path, texts in (("imap/declined-v6.pcap", (" has a hole", "acknowledges what nobody sent")),
                        ("http/upgrade-loss.pcap", ("a hole", "acknowledges what nobody sent"))):
        frames = pcap.read(CORPUS / path)
        assert not of_frames(frames, path)
        data = [n for n, (_, frame) in enumerate(frames) if segment.read(frame).payload]
        said = [of_frames(frames[:n] + frames[n + 1:], path) for n in data]
        assert "does not end" in of_frames(frames[:data[2]], path)
        assert all(any(text in word for word in said) for text in texts), said
    # what a reset acknowledges was said, too: the last but one carries the client's farewell
    frames = pcap.read(CORPUS / "irc/upgrade-v6.pcap")
    assert segment.read(frames[-1][1]).flags & segment.RST
    assert "acknowledges what nobody sent" in of_frames(frames[:-2] + frames[-1:], "irc/upgrade-v6.pcap")


def what_cannot_be_read_is_not_missing():
    with tempfile.TemporaryDirectory() as scratch:
        there = Path(scratch) / "x.pcap"
        assert not label.is_there(there)
        there.symlink_to("nowhere")
        assert label.is_there(there)
    silent = "pop3/silent-curl.client.pcap"
    assert not of_frames(pcap.read(CORPUS / silent), silent)
    with corpus() as folder:
        pcap.write(folder / VICTIM, pcap.read(folder / VICTIM)[:-1])
        before = (folder / labels.NAME).read_bytes()
        for command in ("check", "label"):
            says(1, VICTIM + ": the connection of ", command, folder, "http")
        assert (folder / labels.NAME).read_bytes() == before


def holes_are_found():
    frames = pcap.read(CORPUS / VICTIM)
    n = next(n for n, (_, frame) in enumerate(frames) if b"HTTP/1.1 200" in frame)
    assert "a hole" in refuses(wire.sessions, frames[:n] + frames[n + 1:])


def strangers_are_found():
    """Connections to another port or address, and those of a case before."""
    frames = pcap.read(CORPUS / VICTIM)
    at = frames[0][0]
    for path, text in (("http/strict-admin.pcap", "the ports of more than one case"), ("pop3/declined-curl.pcap", "none of the case's"),
                       ("http/upgrade-client.pcap", "none of the case's")):
        others = pcap.read(CORPUS / path)
        mixed = sorted(frames + [(at + when - others[0][0], frame) for when, frame in others])
        assert text in of_frames(mixed, VICTIM), (path, of_frames(mixed, VICTIM))


def what_is_left_over_is_not_kept():
    frames = pcap.read(CORPUS / VICTIM)
    ours = {port for _, frame in frames for port in segment.ports(frame)}
    with tempfile.TemporaryDirectory() as name:
        raw, path = os.path.join(name, "raw.pcap"), os.path.join(name, "tidy.pcap")
        pcap.write(raw, sorted(frames + pcap.read(CORPUS / "pop3/short-banner.pcap")))
        net.tidy([raw], path, 0, ours)
        assert pcap.read(path) == frames


def times_are_of_the_calendar():
    frames = pcap.read(CORPUS / VICTIM)
    for seconds in (-600, -60, 60, 600, 3600, 86400, 7 * 86400):
        moved = [(when + seconds * 1000000, frame) for when, frame in frames]
        assert of_frames(moved, VICTIM) == "not of the time that the calendar has for it", seconds
    first, second = frames[0][1], frames[1][1]
    for seconds, said in ((60, []), (61, ["its clock jumps"]), (-1, ["its clock jumps"])):
        assert whole.of_frames([(10 ** 9, first), (10 ** 9 + seconds * 1000000, second)]) == said, seconds


def blanks_are_nothing():
    """What begins with one has made the reading of IRC stumble."""
    session = wire.Session("192.0.2.1:1024", "198.51.100.10:6667")
    session.data = [(0, wire.CLIENT, b" PRIVMSG alice :a\r\n \r\n:\r\n@\r\n")]
    case = the_case_of("irc/declined-client.pcap")[2]
    assert label.pairs_of([session], "irc", case)[0][1].payload

def kernels_are_not_named():
    when, frame = pcap.read(CORPUS / VICTIM)[0]
    assert not whole.of_frames([(when, frame + b"CUPS/2.4.2 (Linux 6.1.0-32; x86_64)")])
    assert "kernel" in whole.of_frames([(when, frame + b"CUPS/2.4.2 (Linux 6.18.44; x86_64)")])[0]


def captures_and_labels_go_together():
    with corpus() as folder:
        shutil.copyfile(folder / VICTIM, folder / "http/more.pcap")
        says(1, "http/more.pcap has no label", "check", folder, "http")
        (folder / "http/more.pcap").rename(folder / VICTIM)
        rows = labels.load(folder)
        labels.write(folder, rows + [dict(rows[0], pcap="http/more.pcap")])
        says(1, "http/more.pcap is labelled and missing", "check", folder, "http")
        shutil.copyfile(folder / VICTIM, folder / "http/more.pcap")
        says(1, "http/more.pcap session 0: no capture of a case shows it", "check", folder, "http", lines=None)
        (folder / "http/more.pcap").unlink()
        labels.write(folder, [dict(rows[0], dialect="tds")] + rows[1:])
        says(1, "no dialect is called tds", "check", folder, "http")
        says(1, "no dialect is called tds", "label", folder, "http")


def what_is_not_there_is_missed():
    """And nothing untrue is said of what is there."""
    with corpus() as folder:
        says(1, "no capture of smtp\n", "check", folder, lines=len(DIALECTS) - 1)
        says(1, "no capture of smtp\n", "check", folder, "http", "smtp")
        rows = labels.load(folder)
        labels.write(folder, rows[1:2] + rows[:1] + rows[2:])
        says(1, "%(pcap)s session %(session)d: not in its place" % rows[1], "check", folder, "http")
        labels.write(folder, rows[1:])
        (folder / rows[0]["pcap"]).unlink()
        name = rows[0]["pcap"]
        says(1, "no capture of http's case %s: %s" % (name[5:-5], name), "check", folder, "http")
        (folder / "smtp").mkdir()
        shutil.copyfile(CORPUS / STRIPPED, folder / STRIPPED)           # without the history that would teach
        rows, wrong, _ = label.corpus(folder, "smtp", with_tshark=False)
        assert rows[0]["should_alert"] == "only-with-history" and not wrong, (rows, wrong)


def nothing_else_lies_there():
    with corpus() as folder:
        kept = (folder / "http/a.PCAP", folder / "http/a.pcap.gz", folder / "a.pcap", folder / "more/a.pcap")
        for path in kept:
            path.parent.mkdir(exist_ok=True)
            path.touch()
        (folder / "http/folder.pcap").mkdir()
        os.mkfifo(folder / "http/pipe.pcap")
        said = "".join("%s does not belong here\n" % p for p in (
            "a.pcap", "http/a.PCAP", "http/a.pcap.gz", "http/folder.pcap", "http/pipe.pcap", "more"))
        says(1, said, "check", folder, "http", lines=6)
        (folder / VICTIM).unlink()
        os.mkfifo(folder / VICTIM)
        says(1, VICTIM + ": cut short at offset 0", "label", folder, "http")


def a_corpus_is_small():
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "a.pcap").write_bytes(bytes(check.FILE_BYTES + 1))
        assert check.sizes(name, ["a.pcap"]) == ["a.pcap has 60001 bytes, more than 60000"]
    with corpus() as folder:
        files = [folder / path for path in check.contents(folder, DIALECTS)[0]]
        total = sum(f.stat().st_size for f in files)
        limits = check.FILE_BYTES, check.CORPUS_BYTES
        for check.FILE_BYTES, check.CORPUS_BYTES, text in ((*limits, None), (limits[0], total, None), (
                limits[0], total - 1, "the corpus has %d bytes, more than %d" % (total, total - 1)), (
                max(f.stat().st_size for f in files) - 1, limits[1], "bytes, more than")):
            said = check.corpus(folder, ["http"], DIALECTS)
            assert text in said[0] if text else not said, (text, said)
        check.FILE_BYTES, check.CORPUS_BYTES = limits
        assert limits == (60000, 10000000)
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
             "http", lines=None)


def three_voices_agree():
    """What the table says, what the history teaches and what tshark sees: each disagreement is told."""
    case = the_case_of(VICTIM)[2]
    sees, case.sees = case.sees, {"honest": ("cap-stripped", True)}
    assert any("the table says ('cap-stripped', True)" in line for line in label.corpus(CORPUS, "http", False)[1])
    case.sees = sees
    asked, taught = wire.ask_tshark, label.with_history
    label.with_history = lambda rows: ["not taught"]
    assert label.corpus(CORPUS, "http", False)[1] == ["not taught"]
    label.with_history = taught
    row = label.corpus(CORPUS, "http", False)[0][0]
    assert label.with_history([dict(row, should_alert="only-with-history", server="198.51.100.99:80", tls_established=False)]) \
        == [row["pcap"] + ": no honest upgrade of 198.51.100.99:80"]

    def deaf(captures, dissected, decode_as=()):
        for _, sessions in captures:
            for session in sessions:
                session.tshark = {name: [] for name in (*dissected, *wire.ALWAYS)}
    wire.ask_tshark = deaf
    said = label.corpus(CORPUS, "http", True)[1]
    assert any("http/upgrade-client.pcap session 0: requested: True here, False in tshark" == line for line in said), said
    wire.ask_tshark = asked


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
    with corpus("smtp") as folder:
        formats.write(folder)
        labels.write(folder, label.ordered(labels.load(folder) + formats.rows(labels.load(folder)), DIALECTS))
        assert not check.corpus(folder, ["smtp"], DIALECTS)
        with open(folder / "formats/cooked.pcap", "ab") as f:
            f.write(b"more")
        assert check.corpus(folder, ["smtp"], DIALECTS)[0].startswith("formats/cooked.pcap: not ")


def a_broken_line_is_named():
    good = json.dumps(labels.load(CORPUS)[0])
    with tempfile.TemporaryDirectory() as name:
        path = os.path.join(name, labels.NAME)
        for line, text in ((good[:-1], "Expecting"), ("[]", "no object"), ("[" * 200000, "recursion"),
                           (good.replace('"why": "', '"why": "\\ud800'), "surrogates"),
                           ("\udcff", "utf-8"),
                           (good.replace('"dialect"', '"dialekt"'), "dialect"),
                           (good.replace('"session": 0', '"session": true'), "session"),
                           (good.replace('"should_alert": false', '"should_alert": "maybe"'), "should_alert")):
            with open(path, "w", errors="surrogateescape") as f:
                f.write(good + "\n" + line + "\n")
            said = refuses(labels.load, name)
            assert said.startswith(path + " line 2: ") and text in said, said
        for command in ("check", "table"):
            says(1, said, command, name)


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
            labels.write(other, [dict(rows[0], starttls_offered=None, ambiguous=True)] + rows)      # says nothing
            says(0, "77 sessions here, 76 there: 0 captures differ by nature, 0 in truth", "compare", other, folder)
            labels.write(other, rows[1:])
            says(1, rows[0]["pcap"] + ": only there", "compare", other, folder, lines=2)


what_is_whole_is_sound()
a_spoiled_capture_is_found()
a_flipped_byte_is_found()
what_nobody_says_is_found()
kernels_are_not_named()
captures_and_labels_go_together()
what_is_missing_or_twice_is_found()
what_cannot_be_read_is_not_missing()
holes_are_found()
strangers_are_found()
what_is_left_over_is_not_kept()
times_are_of_the_calendar()
blanks_are_nothing()
what_is_not_there_is_missed()
nothing_else_lies_there()
three_voices_agree()
a_corpus_is_small()
labels_follow_from_captures()
the_formats_are_one_capture()
a_broken_line_is_named()
a_part_is_compared_with_its_counterpart()
