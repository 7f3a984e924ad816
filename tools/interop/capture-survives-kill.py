#!/usr/bin/env python3
"""A capture that is killed in the middle of a conversation, at a moment of chance, twenty times:
what a client has seen answered is in the trace, at most one exchange more is, and the trace is in
order."""

import os
import random
import signal
import ssl
import threading
import time

from camera_wire import Camera, Connection, Failed, check, request
from capture_harness import main

ROUNDS = 20
SEED = 20260102
READS = ['{"method":"get","image":{"name":["switch","common"]}}',
         '{"method":"get","led":{"name":"config"}}',
         '{"method":"set","led":{"config":{"enabled":"off"}}}',
         '{"method":"get","device_info":{"name":"basic_info"}}']


def camera_at(url, work):
    os.environ["STOKLAB_PASSWORD"] = work.password
    return Camera(url)


class Talk(threading.Thread):
    """Talks on one connection until the proxy is gone, and counts what was answered."""

    def __init__(self, url, work):
        super().__init__()
        self.camera = camera_at(url, work)
        self.answered = 0
        self.path = None
        self.begun = threading.Event()
        self.unexpected = None

    def run(self):
        try:
            self.talk()
        except (OSError, ssl.SSLError, Failed):
            pass  # the end of the proxy
        except Exception as error:  # a fault of this script: not to be taken for that
            self.unexpected = error
        finally:
            self.begun.set()

    def talk(self):
        challenge = self.camera.challenge()
        self.answered += 1
        body = self.camera.login_body(self.camera.prepare(challenge))
        answer = self.camera.exchange(request("/", body))
        self.answered += 1
        self.path = f"/stok={answer.json()['stok']}/ds"
        self.begun.set()
        with Connection(self.camera) as connection:
            for number in range(100000):
                connection.send(request(self.path, READS[number % len(READS)]))
                connection.answer()
                self.answered += 1


def killed_at_any_moment(work):
    """twenty captures that are killed lose nothing that was answered"""
    chance = random.Random(SEED)
    emulator = work.emulator()
    url = emulator.ready["url"]
    counts = []
    for number in range(ROUNDS):
        name = f"trace{number}.json"
        capture = work.capture(url, out=name)
        talk = Talk(capture.ready["url"], work)
        talk.start()
        talk.begun.wait(30)
        # Some are killed at once, most while the file is being written again and again.
        time.sleep(chance.uniform(0, 0.6))
        capture.end(signal.SIGKILL)
        talk.join(30)
        check(not talk.is_alive(), "the client did not notice the end")
        check(talk.unexpected is None, f"this script is wrong: {talk.unexpected!r}")
        check(talk.path is not None, f"round {number}: the client was not let in: {capture.errors()}")
        recorded = len(work.check_trace(name)["exchanges"])
        check(talk.answered <= recorded <= talk.answered + 1,
              f"round {number}: {recorded} exchanges are recorded, {talk.answered} were answered")
        counts.append(recorded)
        camera_at(url, work).command(talk.path, {"method": "do", "system": {"logout": "null"}})
    check(max(counts) >= 10, f"the conversations were too short to show anything: {counts}")
    print(f"# exchanges kept: {counts}")


def leftovers_are_removed(work):
    """what a killed capture has left beside the trace is removed by the next one"""
    emulator = work.emulator()
    capture = work.capture(emulator.ready["url"])
    camera_at(capture.ready["url"], work).login()
    pid = capture.process.pid
    capture.end(signal.SIGKILL)
    left = work.out(f"trace.json.{pid}.part")
    with open(left, "w", encoding="utf-8") as file:
        file.write("half a trace")
    again = work.capture(emulator.ready["url"], "--overwrite")
    check(not os.path.exists(left), "it is still there")
    before = len(work.check_trace()["exchanges"])
    check(before == 2, f"the old trace has {before} exchanges before the first new one")
    camera_at(again.ready["url"], work).challenge()
    check(again.end() == 0, "it did not end well")
    check(len(work.check_trace()["exchanges"]) == 1, "the old trace was not replaced")


main([killed_at_any_moment, leftovers_are_removed])
