"""What more cameras and more connections cost: tables by their number, and how many cameras one
machine carries."""

import os
import re
import statistics
import time

from servers import LOAD_CORE, on_core

CAMERAS = (1, 100, 1000, 10_000)
CONNECTIONS = (100, 1000, 10_000)
STARTS_SHARE = 2 / 3  # of the usual rounds
SECONDS_A_SESSION = 600
BUSY_AT_MOST = 0.5  # so that answers stay quick when several come at once


def fact(pid, name):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return int(re.search(name + r":\s+(\d+)", status.read())[1])


def cameras(bench):
    """Time to READY with a cached certificate, resident memory and descriptors. The numbers of
    cameras take turns, so that each sees the same of what the machine does."""
    bench.servers.emulator(cached=True).end()  # makes the certificate
    times, memory, descriptors = {count: [] for count in CAMERAS}, {}, {}
    with on_core(LOAD_CORE):  # whoever waits for READY is not in the way of who says it
        for _ in range(round(bench.rounds * STARTS_SHARE)):
            for count in CAMERAS:
                begin = time.monotonic()
                server = bench.servers.emulator("--fleet", str(count), cached=True)
                times[count].append((time.monotonic() - begin) * 1000)
                memory[count] = fact(server.pid, "VmRSS")
                descriptors[count] = len(os.listdir(f"/proc/{server.pid}/fd"))
                server.end()
    return [{"cameras": count, "ready_ms": round(statistics.median(times[count]), 1),
             "ready_ms_each": [round(each, 1) for each in times[count]],
             "resident_kib": memory[count], "descriptors": descriptors[count]}
            for count in CAMERAS]


def connections(bench):
    """Resident memory of the emulator while that many idle TLS connections are open."""
    table = []
    for count in CONNECTIONS:
        server = bench.servers.emulator()
        held = bench.load(server, "hold", count)
        server.end()
        grown = held["server_resident_kb_after"] - held["server_resident_kb_before"]
        table.append({"connections": count, "open": held["open"],
                      "resident_kib": held["server_resident_kb_after"],
                      "kib_each": round(grown / count, 2)})
    return table


def per_camera_kib(table):
    first, last = table[0], table[-1]
    return (last["resident_kib"] - first["resident_kib"]) / (last["cameras"] - first["cameras"])


def capacity(bench):
    """How many cameras a core and a GiB carry, if each has a client that keeps its connection, reads
    once a second, and every ten minutes connects and logs in anew."""
    each_kib = per_camera_kib(bench.table(cameras)) + bench.table(connections)[-1]["kib_each"]
    gets = bench.load(bench.emulator, "get")["rate"]
    sessions = bench.load(bench.emulator, "session")["rate"]
    busy = 1 / gets + 1 / (sessions * SECONDS_A_SESSION)  # of a core, by one camera
    at_half = int(BUSY_AT_MOST / busy)
    return {"kib_a_camera": round(each_kib, 2),
            "cameras_a_gib": int(1024 * 1024 / each_kib),
            "gets_a_second": round(gets), "sessions_a_second": round(sessions),
            "cameras_a_core": at_half,
            "seconds_until_all_have_logged_in": round(at_half / sessions, 1)}
