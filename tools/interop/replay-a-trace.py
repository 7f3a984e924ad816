#!/usr/bin/env python3
"""Replays a trace to a client that shares no code with stoklab: it logs in five times, repeats
itself, asks for what was never recorded, and is told what comes nearest; and the replay's exit code
says whether the recording was used up.

    replay-a-trace.py build/release/bin/stoklab
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time

from camera_wire import Camera, Connection, Failed, check, request

COMMAND = "/stok={stok}/ds"
GET_LDC = {"method": "get", "image": {"name": "switch"}}
NEVER_ASKED = {"method": "get", "image": {"name": "common"}}


def exchange(session, path, body, reply, status=200, duration=5):
    entry = {"at_ms": 0, "request": {"http": "POST", "path": path, "body": body},
             "reply": reply and {"status": status, "body": reply}, "duration_ms": duration}
    return {**entry, "session": session} if session else entry


def ldc(value):
    return {"image": {"switch": {"ldc": value}}, "error_code": 0}


def get_ldc(session, value, **more):
    return exchange(session, COMMAND, GET_LDC, ldc(value), **more)


def set_ldc(value):
    return {"method": "set", "image": {"switch": {"ldc": value}}}


def entry(session):
    """A challenge and the login that opens the session."""
    challenge = {"data": {"nonce": "{nonce}", "key": "{key}", "encrypt_type": ["1", "2"],
                          "passwdType": "md5", "code": -40407}, "error_code": -40401}
    login = {"login": {"password": "{password}", "username": "admin", "encrypt_type": "2"},
             "method": "do"}
    return [exchange("", "/", {"method": "do", "user_management": {"get_encrypt_info": None}},
                     challenge, status=401),
            exchange(session, "/", login, {"user_group": "root", "stok": "{stok}", "error_code": 0})]


TRACE = {"schema_version": 1,
         "source": {"profile": "c350_hw1.0_fw2.3.2", "method": "hand"},
         "redaction": {"policy": "none"},
         "exchanges": [*entry("s1"), get_ldc("s1", "off"),
                       exchange("s1", COMMAND, set_ldc("on"), {"error_code": 0}),
                       get_ldc("s1", "on"),
                       *entry("s2"), get_ldc("s2", "s%20two"),
                       exchange("s2", COMMAND, {"method": "get", "snapshot": {"name": "x"}},
                                {"error_code": -40106}),
                       exchange("s2", COMMAND, {"method": "do", "system": {"reboot": None}}, None)]}


class Replay:
    """A running `stoklab emulate --replay`, and what came of it."""

    def __init__(self, stoklab, trace, *options, password="any", given=False):
        self.folder = tempfile.TemporaryDirectory()
        file = os.path.join(self.folder.name, "trace.json")
        with open(file, "w", encoding="utf-8") as out:
            out.write(trace if isinstance(trace, str) else json.dumps(trace))
        variables = {**os.environ, "XDG_STATE_HOME": self.folder.name}
        variables.pop("STOKLAB_PASSWORD", None)
        if given:
            variables["STOKLAB_PASSWORD"] = password
        self.process = subprocess.Popen(
            [stoklab, "emulate", "--replay", file, "--auto-shutdown", "100", *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=variables)
        line = self.process.stdout.readline()
        self.facts = json.loads(line[len("READY "):]) if line.startswith("READY ") else None
        os.environ["STOKLAB_PASSWORD"] = password
        self.camera = Camera(self.facts["url"]) if self.facts else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate(timeout=20)
        self.folder.cleanup()

    def end(self):
        """SIGTERM; the exit code, and what was said."""
        if self.facts:
            self.process.send_signal(signal.SIGTERM)
        _, said = self.process.communicate(timeout=20)
        return self.process.returncode, said

    def is_dropped(self, path, body):
        with Connection(self.camera) as connection:
            connection.send(request(path, json.dumps(body)))
            return connection.is_closed()


def five_logins(stoklab):
    """five logins, each answered from its own recorded session"""
    with Replay(stoklab, TRACE) as replay:
        check(replay.facts["any_password"] is True, "READY does not say that any password will do")
        check(replay.facts["trace"]["exchanges"] == 10, f"READY says {replay.facts['trace']}")
        check(replay.facts["trace"]["sessions"] == 2, f"READY says {replay.facts['trace']}")
        seen = [replay.camera.command(replay.camera.login(), GET_LDC)["image"]["switch"]["ldc"]
                for _ in range(5)]
        check(seen == ["off", "s%20two", "off", "s%20two", "off"], f"they were told {seen}")
        check(replay.end()[0] == 0, "the replay did not end with exit code 0")


def repeats(stoklab):
    """more reads than recorded, before and behind a set"""
    with Replay(stoklab, TRACE) as replay:
        path = replay.camera.login()
        for value in ("off", "on"):
            for _ in range(4):
                seen = replay.camera.command(path, GET_LDC)
                check(seen == ldc(value), f"told {seen} instead of {value}")
            answer = replay.camera.command(path, set_ldc("on"))
            check(answer == {"error_code": 0}, f"the set was answered with {answer}")


def recorded_errors(stoklab):
    """an error as it was recorded, and a lost answer as a connection that ends"""
    with Replay(stoklab, TRACE) as replay:
        path = replay.camera.login()
        answer = replay.camera.command(path, {"method": "get", "snapshot": {"name": ["x"]}})
        check(answer == {"error_code": -40106}, f"told {answer}")
        check(replay.is_dropped(path, {"method": "do", "system": {"reboot": "null"}}),
              "the connection was not dropped")


def misses(stoklab):
    """what was never recorded: the nearest entry, with its sides the right way round"""
    with Replay(stoklab, TRACE) as replay:
        path = replay.camera.login()
        for _ in range(3):
            answer = replay.camera.command(path, NEVER_ASKED)
            check(answer["error_code"] == -99404, f"told {answer}")
            told = answer["stoklab"]
            check(told["nearest"] == "entry 3 (exchanges[2]): get image.switch", f"told {told}")
            check(told["differences"] == [{"path": "image.name",
                                           "request from the client": '"common"',
                                           "entry 3 in the trace": '"switch"'}], f"told {told}")
        check(replay.camera.command(path, GET_LDC) == ldc("off"), "the replay did not go on")
        code, said = replay.end()
        line = 'image.name: request from the client "common", entry 3 in the trace "switch"'
        check(said.count(line) == 1, f"this was said: {said}")
        check(code == 0, f"ended with exit code {code}")


def misses_answered(stoklab):
    """misses that the profile or the nearest entry answers"""
    with Replay(stoklab, TRACE, "--on-miss", "profile") as replay:
        path = replay.camera.login()
        check("luma" in replay.camera.command(path, NEVER_ASKED)["image"]["common"],
              "the profile did not answer")
    with Replay(stoklab, TRACE, "--on-miss", "nearest") as replay:
        path = replay.camera.login()
        check(replay.camera.command(path, NEVER_ASKED) == ldc("off"),
              "the nearest entry did not answer")


def a_given_password(stoklab):
    """a password that was given is the only one"""
    with Replay(stoklab, TRACE, password="right", given=True) as replay:
        check("any_password" not in replay.facts, "READY says that any password will do")
        replay.camera.login()
        replay.camera.password = "wrong"
        try:
            replay.camera.login()
        except Failed:
            return
        raise Failed("a wrong password was let in")


def strict(stoklab):
    """--strict: exit code 1 for what was not used or not recorded, 0 for a whole replay"""
    with Replay(stoklab, TRACE, "--strict") as replay:
        path = replay.camera.login()
        replay.camera.command(path, GET_LDC)
        code, said = replay.end()
        check(code == 1, f"ended with exit code {code}: {said}")
        check("nobody asked for entry 5 (exchanges[4]): get image.switch" in said, said)
    with Replay(stoklab, TRACE, "--strict") as replay:
        path = replay.camera.login()
        for body in (GET_LDC, set_ldc("on"), GET_LDC):
            replay.camera.command(path, body)
        path = replay.camera.login()
        replay.camera.command(path, GET_LDC)
        replay.camera.command(path, {"method": "get", "snapshot": {"name": "x"}})
        check(replay.is_dropped(path, {"method": "do", "system": {"reboot": None}}), "no drop")
        code, said = replay.end()
        check(code == 0, f"ended with exit code {code}: {said}")


def timing(stoklab):
    """--timing: a slow answer takes its time and holds nobody up"""
    slow = {**TRACE, "exchanges": [get_ldc("s1", "late", duration=1500),
                                   exchange("s1", COMMAND, NEVER_ASKED, {"error_code": 0})]}
    with Replay(stoklab, slow, "--timing", "recorded") as replay:
        path = replay.camera.login()
        with Connection(replay.camera) as late:
            begin = time.monotonic()
            late.send(request(path, json.dumps(GET_LDC)))
            replay.camera.command(path, NEVER_ASKED)
            check(time.monotonic() - begin < 1.5, "the quick answer waited for the slow one")
            check(late.answer().json() == ldc("late"), "the slow answer is another")
            check(time.monotonic() - begin >= 1.5, "the slow answer came too early")


def faults(stoklab):
    """--fault: a defect planted around the trace, which still answers"""
    with Replay(stoklab, TRACE, "--fault", "dead-token-status-200") as replay:
        dead = replay.camera.exchange(request("/stok=0/ds", json.dumps(GET_LDC)))
        check(dead.status == 200, f"a dead token was answered with HTTP {dead.status}")
        check(replay.camera.command(replay.camera.login(), GET_LDC) == ldc("off"),
              "the trace does not answer")


def bad_traces(stoklab):
    """what is no trace: exit code 2 and the reason"""
    for trace, reason in (("", "JSON"), ("{", "JSON"), ("[]", "no trace"),
                          ('{"log":{"entries":[]}}', "HAR"), ({**TRACE, "exchanges": 7}, "exchanges"),
                          ({**TRACE, "surprise": 1}, "surprise")):
        with Replay(stoklab, trace) as replay:
            code, said = replay.end()
            check(code == 2 and "trace.json" in said and reason in said,
                  f"exit code {code} for {str(trace)[:40]}: {said}")
    for options in (["--timing", "quick"], ["--on-miss", "guess"], ["--profile", "none"]):
        with Replay(stoklab, TRACE, *options) as replay:
            code, said = replay.end()
            check(code == 2 and said, f"exit code {code} for {options}: {said}")


def requests_only(stoklab):
    """a trace without answers says so at its start"""
    asked = {**TRACE, "source": {"method": "curl"},
             "exchanges": [exchange("s1", COMMAND, GET_LDC, None)]}
    with Replay(stoklab, asked) as replay:
        answer = replay.camera.command(replay.camera.login(), GET_LDC)
        check(answer["error_code"] == -99404, f"told {answer}")
        code, said = replay.end()
        check(code == 0 and "no answers" in said and "names no profile" in said, said)


def main():
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} PATH_OF_STOKLAB")
    failures = 0
    for case in (five_logins, repeats, recorded_errors, misses, misses_answered, a_given_password,
                 strict, timing, faults, bad_traces, requests_only):
        try:
            case(sys.argv[1])
            print(f"ok {case.__doc__}", flush=True)
        except (Failed, OSError, ValueError, KeyError, subprocess.TimeoutExpired) as error:
            failures += 1
            print(f"FAILED {case.__doc__}: {type(error).__name__}: {error}", flush=True)
    sys.exit(1 if failures else 0)


main()
