# SPDX-License-Identifier: GPL-2.0-or-later
"""The other end of the wire, in a network namespace of its own: a mail server, and in front of
it a proxy that can take STARTTLS out of what the server offers.

Started by kit.py; takes words from standard input and answers each with a line:
    net DEVICE     take the device that was moved here
    address DEVICE ADDRESS
                   answer for that one, too
    strip on|off   the proxy takes the offer away, or lets it through
    flood DEVICE on|off
                   handshakes that nobody goes on with, from everywhere
    replay DEVICE FILE [VLAN...]
                   the frames of a capture, with these tags put in, outermost first
"""
import random
import socket
import struct
import subprocess
import sys
import threading

ADDRESS = "198.51.100.25"
BACKEND = ("127.0.0.1", 2525)
PATIENCE = 60

# A ServerHello of TLS 1.3 and one protected record: all that a tap could see.
_HELLO = (b"\x03\x03" + bytes(range(32)) + b"\x00\x13\x01\x00" +
          b"\x00\x06\x00\x2b\x00\x02\x03\x04")
SERVER_HELLO = (b"\x16\x03\x03" + (len(_HELLO) + 4).to_bytes(2, "big") + b"\x02" +
                len(_HELLO).to_bytes(3, "big") + _HELLO)
PROTECTED = b"\x17\x03\x03\x00\x20" + bytes(32)


def run(*command):
    subprocess.run(command, check=True)


def serve_one(connection):
    """A server that knows STARTTLS; what comes under TLS it throws away."""
    connection.settimeout(PATIENCE)
    lines = connection.makefile("rb")
    connection.sendall(b"220 mx.example.net ESMTP\r\n")
    data = False
    while line := lines.readline():
        word = line.strip().upper()
        if data:
            data = word != b"."
            answer = b"" if data else b"250 2.0.0 Taken\r\n"
        elif word.startswith(b"EHLO"):
            answer = b"250-mx.example.net\r\n250-STARTTLS\r\n250 8BITMIME\r\n"
        elif word == b"STARTTLS":
            connection.sendall(b"220 2.0.0 Ready\r\n")
            lines.peek(1)
            connection.sendall(SERVER_HELLO + PROTECTED)
            while lines.read1(4096):
                pass
            break
        elif word == b"QUIT":
            connection.sendall(b"221 2.0.0 Bye\r\n")
            break
        elif word == b"DATA":
            data, answer = True, b"354 Go on\r\n"
        else:
            answer = b"250 2.0.0 Ok\r\n"
        connection.sendall(answer)
    connection.close()


class Proxy:
    def __init__(self):
        self.strip = False

    def pass_on(self, source, target, from_server):
        try:
            while data := source.recv(65536):
                if from_server and self.strip:
                    data = data.replace(b"250-STARTTLS\r\n", b"")
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def take_one(self, client):
        server = socket.create_connection(BACKEND, PATIENCE)
        back = threading.Thread(target=self.pass_on, args=(server, client, True), daemon=True)
        back.start()
        self.pass_on(client, server, False)
        back.join()
        client.close()
        server.close()


def listen(address, take):
    listener = socket.create_server(address)

    def accept():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=take, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def replay(device, path, vlans):
    """A pcap file of Ethernet frames, in the byte order of this machine."""
    tags = b"".join(b"\x81\x00" + vlan.to_bytes(2, "big") for vlan in vlans)
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    wire.bind((device, 0))
    with open(path, "rb") as file:
        file.read(24)
        while header := file.read(16):
            frame = file.read(int.from_bytes(header[8:12], sys.byteorder))
            wire.send(frame[:12] + tags + frame[12:])
    wire.close()


class Flood:
    """SYNs, each from another address and port, a few thousand at a time."""

    def __init__(self):
        self.going = False

    def run(self, device):
        wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        wire.bind((device, 0))
        dice = random.Random(1)
        while self.going:
            source = dice.randrange(0x0A000000, 0x0B000000)
            tcp = struct.pack("!HHIIBBHHH", dice.randrange(1024, 65536), 25, source, 0, 5 << 4, 2, 65000, 0, 0)
            ends = struct.pack("!I4s", source, socket.inet_aton(ADDRESS))
            head = struct.pack("!BBHHHBBH", 0x45, 0, 40, 1, 0, 60, 6, 0) + ends
            head = head[:10] + checksum(head) + head[12:]
            tcp = tcp[:16] + checksum(ends + struct.pack("!HH", 6, len(tcp)) + tcp) + tcp[18:]
            wire.send(bytes(12) + b"\x08\x00" + head + tcp)
        wire.close()

    def switch(self, device, on):
        self.going = on
        if on:
            threading.Thread(target=self.run, args=(device,), daemon=True).start()


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return struct.pack("!H", ~(total + (total >> 16)) & 0xFFFF)


def main():
    flood = Flood()
    proxy = Proxy()
    run("ip", "link", "set", "lo", "up")
    listen(BACKEND, serve_one)
    listen(("0.0.0.0", 25), proxy.take_one)
    print("ready", flush=True)
    for line in sys.stdin:
        words = line.split()
        if words[0] == "net":
            run("ip", "addr", "add", ADDRESS + "/24", "dev", words[1])
            run("ip", "link", "set", words[1], "up")
        elif words[0] == "address":
            run("ip", "addr", "add", words[2] + "/24", "dev", words[1])
        elif words[0] == "flood":
            flood.switch(words[1], words[2] == "on")
        elif words[0] == "replay":
            replay(words[1], words[2], [int(vlan) for vlan in words[3:]])
        elif words[0] == "strip":
            proxy.strip = words[1] == "on"
        print("done", flush=True)


main()
