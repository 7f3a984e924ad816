#!/usr/bin/env python3
"""Every kind of scripted fault, seen from outside by curl's exit codes, openssl s_client and plain
sockets: it does to a client what it says, once, is accounted for, and the next request is served."""

import hashlib
import json
import os
import re
import subprocess
import time

from camera_wire import Camera, Connection, check, request
from capture_harness import main
from control_calls import Control

GET = '{"method":"get","image":{"name":"switch"}}'
CHALLENGE = '{"method":"do","user_management":{"get_encrypt_info":null}}'
# curl's exit codes
OK, UNSUPPORTED, PARTIAL, TIME_OUT, TLS_FAILED, EMPTY, RECEIVING = 0, 1, 18, 28, 35, 52, 56
LONGEST = 30  # seconds for what should take none


class Scene:
    """A camera, a session, and what curl sees of it."""

    def __init__(self, work, *options):
        os.environ["STOKLAB_PASSWORD"] = work.password
        self.emulator = work.emulator("--control-port", "0", *options)
        self.ready = self.emulator.ready
        self.control = Control(self.ready["control_url"])
        self.camera = Camera(self.ready["url"])
        self.path = self.camera.login()

    def add(self, do, **more):
        ids = self.control.ok("POST", "/faults", {"do": do, **more})["ids"]
        return ids[0]

    def facts(self, fault):
        faults = self.control.ok("GET", "/faults")["faults"]
        return next(each for each in faults if each["id"] == fault)

    def curl(self, body=GET, path=None, limit=LONGEST, *options):
        """Exit code, HTTP status, body, seconds to the first byte."""
        done = subprocess.run(
            ["curl", "-sS", "--insecure", "--tls-max", "1.2", "--ciphers",
             "AES256-GCM-SHA384:@SECLEVEL=0", "--max-time", str(limit), "-d", body, "-w",
             "\n%{http_code} %{time_starttransfer}", *options,
             self.ready["url"] + (path or self.path)],
            capture_output=True, check=False, timeout=2 * LONGEST)
        text, _, facts = done.stdout.rpartition(b"\n")
        status, seconds = facts.split()
        return done.returncode, int(status), text, float(seconds)

    def s_client(self, *options):
        """What openssl's client says of a handshake."""
        host = "{}:{}".format(*self.camera.address)
        done = subprocess.run(
            ["openssl", "s_client", "-connect", host, "-tls1_2", "-cipher",
             "AES256-GCM-SHA384:@SECLEVEL=0", *options],
            input=b"", capture_output=True, check=False, timeout=LONGEST)
        return (done.stdout + done.stderr).decode(errors="replace")


def exits(*codes, status=None, limit=LONGEST):
    """The request ends with one of curl's exit codes."""
    def observe(scene):
        code, seen, body, _ = scene.curl(limit=limit)
        check(code in codes, f"curl ends with {code}, HTTP {seen}, {body[:80]!r}")
        if status is not None:
            check(seen == status, f"HTTP {seen}")
    return observe


def answers(code, body=GET, path=None, **members):
    """The answer has that code, where the protocol has it, and further members."""
    def observe(scene):
        exit_code, _, text, _ = scene.curl(body, path)
        check(exit_code == OK, f"curl ends with {exit_code}")
        answer = json.loads(text)
        found = [answer["error_code"], answer.get("data", {}).get("code")]
        check(code in found, f"the answer is {answer}")
        for name, value in members.items():
            seen = answer["data"].get(name)
            check(seen == value, f"{name} is {seen}")
    return observe


def status_503(scene):
    code, status, body, _ = scene.curl()
    check((code, status, body) == (OK, 503, b"later"), f"{code} {status} {body}")


def stale_nonce(scene):
    login = scene.camera.login_body(scene.camera.prepare(scene.camera.challenge()))
    answers(-40410, login, "/")(scene)


def revoked(scene):
    answers(-40401)(scene)
    answers(-40401)(scene)  # the session is gone for good
    scene.path = scene.camera.login()


def late(scene):
    seconds = scene.curl()[3]
    check(seconds >= 0.2, f"the first byte comes after {seconds} s")


def slow(scene):
    _, _, body, _ = scene.curl(limit=0.8)
    check(len(body) < 200, f"{len(body)} bytes have come")


def truncated(scene):
    code, status, body, _ = scene.curl()
    check((code, status, len(body)) == (PARTIAL, 200, 20), f"{code} {status} {body}")


def bodiless(scene):
    code, status, body, _ = scene.curl()
    check((code, status, body) == (OK, 200, b""), f"{code} {status} {body}")


def closed_when_idle(scene):
    with Connection(scene.camera) as connection:
        connection.send(request(scene.path, GET))
        check(connection.answer().status == 200, "it is not served before")
        before = time.monotonic()
        check(connection.is_closed(), "it stays open")
        check(time.monotonic() - before < 10, "it stays open for long")


def alerted(scene):
    text = scene.s_client()
    check("alert handshake failure" in text, text[-300:])


def fingerprint(scene):
    text = scene.s_client("-showcerts")
    pem = re.search("-----BEGIN CERT.*?-----END CERTIFICATE-----", text, re.DOTALL)
    check(pem, f"no certificate is shown: {text[-300:]}")
    der = subprocess.run(["openssl", "x509", "-outform", "DER"], input=pem[0].encode(),
                         capture_output=True, check=True, timeout=LONGEST).stdout
    in_time = subprocess.run(["openssl", "x509", "-noout", "-checkend", "0"],
                             input=pem[0].encode(), capture_output=True, check=False,
                             timeout=LONGEST).returncode == 0
    return hashlib.sha256(der).hexdigest(), in_time


def swapped(scene):
    shown, _ = fingerprint(scene)
    check(shown != scene.ready["certificate_sha256"], "it is the camera's own")


def expired(scene):
    shown, in_time = fingerprint(scene)
    check(shown != scene.ready["certificate_sha256"] and not in_time, "its time is not over")


# kind -> several of: what "do" says, and how it looks from outside
KINDS = {
    "code": [({"code": -40109}, answers(-40109)),
             ({"code": -71100, "data": {"left": 3}}, answers(-71100, left=3))],
    "locked_seconds": [({"locked_seconds": 90}, answers(-40404, CHALLENGE, "/", sec_left=90))],
    "stale_nonce": [({"stale_nonce": True}, stale_nonce)],
    "revoke": [({"revoke": "before"}, revoked)],
    "status": [({"status": 503, "body": "later"}, status_503)],
    "truncate_body": [({"truncate_body": 20}, truncated)],
    "wrong_length": [({"wrong_length": 10}, exits(PARTIAL, status=200))],
    "no_body": [({"no_body": True}, bodiless)],
    "garbage": [({"garbage": 64}, exits(UNSUPPORTED))],
    "bytes_per_second": [({"bytes_per_second": 200}, slow)],
    "delay_ms": [({"delay_ms": 250}, late), ({"delay_ms": {"uniform": [200, 300]}}, late),
                 ({"delay_ms": {"normal": [400, 1]}}, late),
                 ({"delay_ms": 30000}, exits(TIME_OUT, limit=0.3)),
                 ({"delay_ms": {"exponential": 1}}, exits(OK))],
    "reset": [({"reset": "before_reading"}, exits(TLS_FAILED)),
              ({"reset": "after_reading"}, exits(RECEIVING))],
    "cut_after": [({"cut_after": 300}, exits(PARTIAL, RECEIVING)),
                  ({"cut_after": 0}, exits(EMPTY, RECEIVING))],
    "stall": [({"stall": True}, exits(TIME_OUT, limit=0.3))],
    "close_idle_ms": [({"close_idle_ms": 100}, closed_when_idle)],
    "alert": [({"alert": "handshake_failure"}, alerted)],
    "handshake_stall": [({"handshake_stall": True}, exits(TIME_OUT, limit=0.3))],
    "certificate": [({"certificate": "swapped"}, swapped), ({"certificate": "expired"}, expired)],
}


def every_kind(work):
    """each kind of fault happens as it says, once, and is accounted for"""
    told = work.run("explain", "fault:all")[1]
    kinds = re.findall(r"^(\w+) \((?:device|HTTP|TCP|TLS)\): ", told, re.MULTILINE)
    check(set(kinds) == KINDS.keys(), f"seen: {sorted(KINDS)}; there are: {sorted(kinds)}")
    scene = Scene(work)
    for kind, cases in KINDS.items():
        for do, observe in cases:
            fault = scene.add(do, name=json.dumps(do))
            try:
                observe(scene)
            except Exception as error:
                raise type(error)(f"{json.dumps(do)}: {error}") from error
            facts = scene.facts(fault)
            check((facts["used"], facts["left"]) == (1, 0), f"{kind} is accounted for as {facts}")
            code, status, _, _ = scene.curl()
            check((code, status) == (OK, 200), f"after {do} curl ends with {code}, HTTP {status}")
    check(scene.control.ok("GET", "/faults")["unused"] == [], "some are unused")
    check(scene.emulator.end() == 0, "the emulator does not end well")


def aimed(work):
    """a fault finds its request by method, module, section and field, the how many-th it is"""
    scene = Scene(work)
    scene.add({"code": -40109}, skip=1, when={"method": "set", "module": "image",
                                              "section": "switch", "field": "flicker"})
    change = '{"method":"set","image":{"switch":{"%s":"%s"}}}'
    asked = [GET, change % ("flicker", "60hz"), change % ("pre_night_vision_mode", "auto_ir"),
             change % ("flicker", "50hz"), change % ("flicker", "60hz")]
    codes = [json.loads(scene.curl(body)[2])["error_code"] for body in asked]
    check(codes == [0, 0, 0, -40109, 0], f"the codes are {codes}")
    check(scene.emulator.end() == 0, "the emulator does not end well")


def by_chance(work):
    """chance with a seed strikes the same requests again"""
    def pattern(seed):
        scene = Scene(work, "--fault", json.dumps(
            {"times": "always", "probability": 0.5, "when": {"kind": "command"},
             "do": {"code": -40109}}), "--seed", str(seed))
        with Connection(scene.camera) as connection:
            codes = []
            for _ in range(40):
                connection.send(request(scene.path, GET))
                codes.append(connection.answer().json()["error_code"])
        scene.emulator.end()
        return codes

    first = pattern(5)
    check(first == pattern(5), "the same seed strikes others")
    check(first != pattern(6), "another seed strikes the same")
    check(8 < first.count(-40109) < 32, f"it strikes {first.count(-40109)} of 40")


def by_file_and_flag(work):
    """a file, a flag and --strict-faults"""
    script = work.path("faults.json")
    with open(script, "w", encoding="ascii") as file:
        json.dump({"schema_version": 1, "faults": [{
            "name": "from the file", "when": {"kind": "command"}, "do": {"status": 502}}]}, file)
    more = '{"name":"from the flag","when":{"method":"add"},"do":{"code":-1}}'
    scene = Scene(work, "--faults", script, "--fault", more, "--strict-faults")
    check(scene.curl()[1] == 502, "the file has no effect")
    check(scene.curl()[1] == 200, "the file's fault happens again")
    check(scene.emulator.end() == 1, "an unused fault is no finding")
    errors = scene.emulator.errors()
    check("from the flag" in errors and "from the file" not in errors, errors)


if __name__ == "__main__":
    main([every_kind, aimed, by_chance, by_file_and_flag])
