#!/usr/bin/env python3
"""Two hundred connections at once, all kept, all served, in little memory."""

import re
import sys

from camera_wire import Connection, check, request, run

COUNT = 200
MEMORY_LIMIT_KIB = 64 * 1024
GET = '{"method":"get","image":{"name":["switch","common"]}}'


def many_connections(camera):
    """200 TLS connections kept open, each served three times"""
    path = camera.login()
    connections = []
    try:
        for _ in range(COUNT):
            connections.append(Connection(camera))
        for _ in range(3):
            for connection in connections:
                connection.send(request(path, GET))
            for connection in connections:
                check(connection.answer().json()["error_code"] == 0, "refused")
        if len(sys.argv) > 2:  # the emulator's process
            with open(f"/proc/{sys.argv[2]}/status", encoding="ascii") as status:
                used = int(re.search(r"VmRSS:\s+(\d+) kB", status.read())[1])
            print(f"   the emulator uses {used / 1024:.1f} MiB with {COUNT} connections open")
            check(used < MEMORY_LIMIT_KIB, f"{used} KiB are more than {MEMORY_LIMIT_KIB}")
    finally:
        for connection in connections:
            connection.socket.close()


run([many_connections])
