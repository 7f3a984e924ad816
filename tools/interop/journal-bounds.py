#!/usr/bin/env python3
"""The journal of the control interface stays within its bounds, and whoever reads it slowly, or
waits for it and never reads, holds up neither the camera nor other readers."""

import json
import os
import socket
import statistics
import threading
import time

from camera_wire import Camera, Connection, check, request
from capture_harness import main
from control_calls import Control, resident_kib

KEPT, REQUESTS, CONNECTIONS = 1000, 10_000, 4
GET = '{"method":"get","image":{"name":"switch"}}'


def ask_often(camera, path, count):
    """Seconds of each request, on a connection of its own."""
    seconds = []
    with Connection(camera, timeout=60) as connection:
        for _ in range(count):
            before = time.monotonic()
            connection.send(request(path, GET))
            check(connection.answer().status == 200, "it is not served")
            seconds.append(time.monotonic() - before)
    return seconds


def bounded(work):
    """10,000 requests leave 1,000 entries, counts that are right, and memory that does not grow"""
    os.environ["STOKLAB_PASSWORD"] = work.password
    emulator = work.emulator("--control-port", "0", "--journal-entries", str(KEPT))
    control, camera = Control(emulator.ready["control_url"]), Camera(emulator.ready["url"])
    path = camera.login()
    ask_often(camera, path, 2 * KEPT)
    pid, before = emulator.ready["pid"], resident_kib(emulator.ready["pid"])
    threads = [threading.Thread(target=ask_often, args=(camera, path, REQUESTS // CONNECTIONS))
               for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Before anybody reads: an answer of a thousand entries is large.
    if os.environ.get("JOURNAL_MEASURED"):
        after = resident_kib(pid)
        print(f"   {REQUESTS} requests: from {before} to {after} KiB")
        check(after < before + 2048, f"memory grows from {before} to {after} KiB")
    counts = control.ok("GET", "/journal/counts")
    asked = 2 + 2 * KEPT + REQUESTS
    check(counts["recorded"] == asked, f"{counts['recorded']} of {asked} are counted")
    check(counts["kept"] == KEPT, f"{counts['kept']} are kept")
    page = control.ok("GET", "/journal?since=0&limit=1000")
    numbers = [entry["n"] for entry in page["entries"]]
    check(numbers == list(range(asked - KEPT + 1, asked + 1)), "others than the last are kept")
    check(page["dropped"] == asked - KEPT, f"{page['dropped']} are said to be gone")
    check(emulator.end() == 0, "the emulator does not end well")


def unread(control, path):
    """Asks for much and reads nothing of it."""
    link = socket.create_connection(control.address, timeout=60)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    link.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return link


def slow_readers(work):
    """readers that do not read slow down neither the camera nor other readers"""
    os.environ["STOKLAB_PASSWORD"] = work.password
    emulator = work.emulator("--control-port", "0")
    control, camera = Control(emulator.ready["control_url"]), Camera(emulator.ready["url"])
    path = camera.login()
    ask_often(camera, path, 1000)
    alone = statistics.median(ask_often(camera, path, 300))
    links = [unread(control, "/journal?since=0&limit=1000") for _ in range(8)]
    links += [unread(control, "/journal/wait?method=add&timeout_ms=20000") for _ in range(8)]
    # First while their answers are made, which takes its share of the machine; then while nobody
    # reads them.
    ask_often(camera, path, 300)
    beside = statistics.median(ask_often(camera, path, 300))
    counts = control.ok("GET", "/journal/counts")
    check(counts["kept"] >= 1900, f"the journal has {counts}")
    print(f"   a get takes {alone * 1e6:.0f} us alone, {beside * 1e6:.0f} us beside slow readers")
    # Whoever waits for a reader waits for seconds; a sanitizer's threads are slow by themselves.
    if os.environ.get("JOURNAL_MEASURED"):
        check(beside < 10 * alone + 0.005, f"a get takes {beside} s instead of {alone} s")
    for link in links:
        link.close()
    check(json.dumps(control.ok("GET", "/readyz")), "it is not ready")
    check(emulator.end() == 0, "the emulator does not end well")


if __name__ == "__main__":
    main([bounded, slow_readers])
