#!/usr/bin/env python3
"""Everything at once for ten seconds: reads, changes, logins, scripted faults, control calls and
resets, from threads that know nothing of each other. Each sees only what it may see, the process
lives, and it ends well; a sanitizer looks on.

MIXED_LOAD_SECONDS says how long, MIXED_LOAD_MEMORY=1 that memory must not grow meanwhile.
"""

import json
import os
import random
import ssl
import threading
import time

from camera_wire import Camera, Connection, Failed, check, request
from capture_harness import main
from control_calls import Control, resident_kib

SECONDS = float(os.environ.get("MIXED_LOAD_SECONDS", "10"))
FAULTS = [{"code": -40109}, {"status": 503}, {"truncate_body": 5}, {"reset": "before_reading"},
          {"reset": "after_reading"}, {"garbage": 100}, {"no_body": True}, {"cut_after": 30},
          {"alert": "internal_error"}, {"delay_ms": 20}, {"close_idle_ms": 50},
          {"bytes_per_second": 5000}, {"revoke": "after"}, {"locked_seconds": 60}]
# What a client may be told: faults, resets and lockouts happen while it works.
CODES = {0, -40401, -40109, -40404, -40407, -40410}


class Load:
    def __init__(self, work, url, control_url):
        self.url, self.control_url = url, control_url
        self.end = time.monotonic() + SECONDS
        self.wrong, self.done = [], {}
        self.lock = threading.Lock()

    def repeat(self, name, step):
        """Until the time is over, counting; a broken connection is nothing special."""
        chance = random.Random(name)
        self.done[name] = 0
        while time.monotonic() < self.end:
            try:
                for _ in step(chance):
                    self.done[name] += 1
            except (ConnectionError, ssl.SSLError, TimeoutError, Failed, ValueError, KeyError, OSError):
                pass  # of a fault
            except Exception as error:  # pylint: disable=broad-except
                with self.lock:
                    self.wrong.append(f"{name}: {type(error).__name__}: {error}")
                return

    def note(self, code, what):
        if code not in CODES:
            with self.lock:
                self.wrong.append(f"{what}: error_code {code}")

    def client(self, body):
        """Logs in when it has to, and asks a few times on one connection."""
        camera = Camera(self.url)

        def step(chance):
            path = camera.login()
            with Connection(camera, timeout=10) as connection:
                for _ in range(20):
                    connection.send(request(path, body(chance)))
                    answer = connection.answer()
                    if answer.status in (200, 401):
                        self.note(answer.json()["error_code"], "a command")
                        yield answer
        return step

    def control(self, choose):
        control = Control(self.control_url)

        def step(chance):
            method, path, body = choose(chance)
            status, answer = control.call(method, path, body)
            if status >= 500:
                with self.lock:
                    self.wrong.append(f"{method} {path}: HTTP {status} {answer}")
            yield answer
        return step


def a_get(_):
    return '{"method":"get","image":{"name":["switch","common"]}}'


def a_set(chance):
    return json.dumps({"method": "set", "image": {"switch": {
        "flicker": chance.choice(["50hz", "60hz"])}}})


def a_fault(chance):
    time.sleep(0.02)  # or nothing else would happen
    if chance.random() < 0.2:
        return "DELETE", "/faults", None
    return "POST", "/faults", {"do": chance.choice(FAULTS), "times": 2}


def a_look(chance):
    return "GET", chance.choice(["/state", "/journal?limit=50", "/journal/counts", "/sessions",
                                 "/camera", "/lockout", "/journal/wait?count=3&timeout_ms=50",
                                 "/faults", "/clock"]), None


def a_move(chance):
    time.sleep(0.01)
    return chance.choice([
        ("POST", "/clock", {"advance_ms": 60_000}), ("POST", "/sessions/expire", {}),
        ("PATCH", "/state", {"image": {"switch": {"flicker": "auto"}}}),
        ("PUT", "/snapshots/one", None), ("POST", "/reset", {"snapshot": "one"}),
        ("POST", "/lockout", {"kind": "timed", "seconds": 1}),
        ("POST", "/lockout", {"kind": "none"}), ("DELETE", "/journal", None),
        ("POST", "/verify", {"expect": [{"method": "set"}]}),
        ("POST", "/events", {"method": "set", "modules": {"image": {"switch": {
            "flicker": "50hz"}}}})])


def a_reset(_):
    time.sleep(0.3)
    return "POST", "/reset", None


def everything(work):
    """everything at once"""
    os.environ["STOKLAB_PASSWORD"] = work.password
    emulator = work.emulator("--control-port", "0", life=int(SECONDS) + 120)
    load = Load(work, emulator.ready["url"], emulator.ready["control_url"])
    steps = {"get 1": load.client(a_get), "get 2": load.client(a_get), "set 1": load.client(a_set),
             "set 2": load.client(a_set), "faults": load.control(a_fault),
             "look 1": load.control(a_look), "look 2": load.control(a_look),
             "move": load.control(a_move), "reset": load.control(a_reset)}
    threads = [threading.Thread(target=load.repeat, args=each) for each in steps.items()]
    for thread in threads:
        thread.start()
    quarter = None
    if os.environ.get("MIXED_LOAD_MEMORY"):
        time.sleep(SECONDS / 4)
        quarter = resident_kib(emulator.ready["pid"])
    for thread in threads:
        thread.join()
    check(not load.wrong, f"{len(load.wrong)} times: {load.wrong[:5]}")
    print("  ", ", ".join(f"{name}: {count}" for name, count in sorted(load.done.items())))
    check(all(load.done.get(name) for name in steps), f"somebody never succeeds: {load.done}")
    if quarter is not None:
        after = resident_kib(emulator.ready["pid"])
        print(f"   from {quarter} to {after} KiB")
        check(after < quarter * 1.15 + 4096, f"memory grows from {quarter} to {after} KiB")
    Control(load.control_url).ok("POST", "/reset")
    Camera(load.url).login()
    check(emulator.end() == 0, f"the emulator does not end well: {emulator.errors()}")


if __name__ == "__main__":
    main([everything])
