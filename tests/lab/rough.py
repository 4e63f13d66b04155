#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A rough road between client and server: loses or reorders segments with data, by a fixed plan.

usage: rough.py LEFT RIGHT PLAN

  lose   every fifth one in each direction is lost, and has to be sent again
  swap   every third one in each direction is overtaken by what comes behind it

Forwards what the kernel does not: IPv4 between the interfaces LEFT (client) and RIGHT (server).
"""
import select
import socket
import struct
import sys

IPV4, ETHERNET_BYTES = 0x0800, 14
MAC = "020000000000"
# Whose frames, and the addresses of the frame that goes on: net.py numbers the four ends.
ONWARD = {0: bytes.fromhex(MAC[:-1] + "4" + MAC[:-1] + "3"), 1: bytes.fromhex(MAC[:-1] + "1" + MAC[:-1] + "2")}
HELD_SECONDS = 0.05


def carries_data(frame):
    ip = frame[ETHERNET_BYTES:]
    header = (ip[0] & 15) * 4
    if ip[9] != socket.IPPROTO_TCP:
        return False
    return struct.unpack_from("!H", ip, 2)[0] > header + (ip[header + 12] >> 4) * 4


class Road:
    def __init__(self, interfaces, plan):
        self.plan, self.seen, self.held = plan, [0, 0], [None, None]
        self.ends = []
        for name in interfaces:
            end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(IPV4))
            end.bind((name, IPV4))
            self.ends.append(end)

    def send(self, side, frame):
        self.ends[1 - side].send(ONWARD[side] + frame[12:])

    def release(self, side):
        frame, self.held[side] = self.held[side], None
        if frame:
            self.send(side, frame)

    def take(self, side):
        frame, where = self.ends[side].recvfrom(65536)
        if where[2] != socket.PACKET_HOST:
            return
        data = carries_data(frame)
        self.seen[side] += data
        if data and self.plan == "lose" and self.seen[side] % 5 == 3:
            return
        if data and self.plan == "swap" and self.seen[side] % 3 == 2 and not self.held[side]:
            self.held[side] = frame
            return
        self.send(side, frame)
        self.release(side)

    def run(self):
        while True:
            ready = select.select(self.ends, [], [], HELD_SECONDS)[0]
            for side in range(2):
                if self.ends[side] in ready:
                    self.take(side)
                elif not ready:
                    self.release(side)


if __name__ == "__main__":
    road = Road(sys.argv[1:3], sys.argv[3])
    print("listening", flush=True)
    road.run()
