# SPDX-License-Identifier: GPL-2.0-or-later
"""Called by smoke, inside a network namespace: smoke.py PROGRAM."""
import json
import socket
import subprocess
import sys
import threading

END = b"this datagram ends the capture"
PATIENCE = 30  # seconds until a test that hangs is a test that failed

# What each side says in turn; the client begins when it has heard the banner.
OFFERED = [
    ("server", b"220 mx.example.net ESMTP\r\n"),
    ("client", b"EHLO client.example.org\r\n"),
    ("server", b"250-mx.example.net\r\n250-STARTTLS\r\n250 8BITMIME\r\n"),
    ("client", b"QUIT\r\n"),
    ("server", b"221 2.0.0 Bye\r\n"),
]
STRIPPED = [
    (side, text.replace(b"STARTTLS", b"XXXXXXXA")) for side, text in OFFERED
]


def play(dialogue):
    """One connection to port 25; returns the client's port."""
    listener = socket.create_server(("127.0.0.1", 25))
    client = socket.create_connection(("127.0.0.1", 25), PATIENCE)
    server, _ = listener.accept()
    ends = {"client": (client, server), "server": (server, client)}
    for side, text in dialogue:
        sender, receiver = ends[side]
        sender.sendall(text)
        heard = b""
        while len(heard) < len(text):
            heard += receiver.recv(4096)
    port = client.getsockname()[1]
    for end in (client, server, listener):
        end.close()
    return port


def capture(program, dialogues):
    """Events of the program, by port of the client, while the dialogues are played."""
    # With the default snapshot length the kernel's ring holds a dozen packets only.
    tcpdump = subprocess.Popen(
        ["tcpdump", "-i", "lo", "-s", "2048", "-U", "--immediate-mode", "-w", "-"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    reader = subprocess.Popen([program, "read", "--format", "eve", "-"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    watchdog = threading.Timer(PATIENCE, lambda: (tcpdump.kill(), reader.kill()))
    watchdog.daemon = True
    watchdog.start()
    while b"listening on" not in (line := tcpdump.stderr.readline()):
        if not line:
            sys.exit("tcpdump did not start")
    ports = [play(dialogue) for dialogue in dialogues]
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(END, ("127.0.0.1", 9))

    seen = b""
    while END not in seen:
        piece = tcpdump.stdout.read1()
        if not piece:
            sys.exit("the capture ended early")
        seen += piece
    tcpdump.terminate()
    output, _ = reader.communicate(seen)
    watchdog.cancel()
    if reader.returncode != 0:
        sys.exit(f"stripwatch ended with {reader.returncode}")
    events = [json.loads(line) for line in output.splitlines()]
    return [[e for e in events if e.get("src_port") == port] for port in ports]


def check(name, wanted, got):
    if wanted != got:
        sys.exit(f"{name}: {got}, not {wanted}")


offered, stripped = capture(sys.argv[1], [OFFERED, STRIPPED])
check("events of the honest dialogue", ["session"], [e["event_type"] for e in offered])
check("dialect", "smtp", offered[0]["app_proto"])
check("offered", True, offered[0]["starttls"].get("offered"))
check("outcome", "declined", offered[0]["starttls"].get("outcome"))
# On loopback nothing is judged, so both are told and neither is an alert.
check("events of the stripped dialogue", ["session"], [e["event_type"] for e in stripped])
check("offered, once stripped", False, stripped[0]["starttls"].get("offered"))
check("outcome, once stripped", "absent", stripped[0]["starttls"].get("outcome"))
