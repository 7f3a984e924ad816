#!/usr/bin/env python3
"""`stoklab emulate --fleet`: sixty-four clients log in to sixteen cameras each at once, and no state
of one camera is seen in another; cameras by port, of several models, in shards; and what a fleet
costs while nobody uses it."""

import http.client
import json
import os
import re
import subprocess
import threading
import urllib.parse

from camera_wire import Camera, Connection, Failed, check, request
from capture_harness import main

CLIENTS, CAMERAS_EACH = 64, 16
# What a process of 10,000 unused cameras may hold, in KiB; the program itself takes most of it.
MOST_MEMORY = 48 * 1024


class Fleet:
    """A fleet and its control interface."""

    def __init__(self, work, *options):
        self.list_file = work.path("fleet.json")
        self.emulator = work.emulator("--fleet-list", self.list_file, "--control-port", "0",
                                      *options)
        self.ready = self.emulator.ready
        with open(self.list_file, encoding="utf-8") as file:
            self.cameras = json.load(file)["cameras"]

    def control(self, method, path, body=None):
        link = http.client.HTTPConnection("127.0.0.1", self.ready["control_port"], timeout=30)
        text = None if body is None else json.dumps(body)
        link.request(method, path, text, {"Content-Type": "application/json"} if text else {})
        answer = link.getresponse()
        read = json.loads(answer.read())
        link.close()
        check(answer.status == 200, f"{method} {path}: {answer.status} {read}")
        return read

    def end(self):
        check(self.emulator.end() == 0, "the emulator does not end well")


def all_at_once(tasks):
    """Runs the functions in a thread each; fails as the first that failed."""
    wrong = []

    def guarded(task):
        try:
            task()
        except (Failed, OSError, ValueError, KeyError) as error:
            wrong.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=guarded, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check(not wrong, f"{len(wrong)} of {len(tasks)} failed: {wrong[:3]}")


def change_and_look_again(url, value):
    """Logs in on one kept connection, sets a text that no other camera has, and reads it back."""
    camera = Camera(url)
    with Connection(camera, timeout=60) as connection:
        def ask(path, body):
            connection.send(request(path, body))
            return connection.answer()

        challenge = ask("/", '{"method":"do","user_management":{"get_encrypt_info":null}}')
        login = camera.login_body(camera.prepare(challenge.json()["data"]))
        admitted = ask("/", login)
        check(admitted.status == 200, f"{url}: the login got {admitted.status} {admitted.body}")
        path = f"/stok={admitted.json()['stok']}/ds"
        change = {"method": "set", "OSD": {"label_info_1": {"text": value}}}
        changed = ask(path, json.dumps(change)).json()
        check(changed["error_code"] == 0, f"{url}: {changed}")
        seen = ask(path, '{"method":"get","OSD":{"name":"label_info_1"}}').json()
        text = seen["OSD"]["label_info_1"]["text"]
        check(text == value, f"{url} says {text} and was told {value}")
        return path


def many_clients(work):
    """64 clients each log in to 16 cameras at once, and no camera knows of another"""
    os.environ["STOKLAB_PASSWORD"] = work.password
    count = CLIENTS * CAMERAS_EACH
    # Texts of people are masked otherwise.
    fleet = Fleet(work, "--fleet", str(count), "--reveal-secrets")
    check(len(fleet.cameras) == fleet.ready["cameras"] == count, "cameras are missing in the list")
    check(len({camera["url"] for camera in fleet.cameras}) == count, "two are at the same place")
    paths = {}

    def client(number):
        for each in range(CAMERAS_EACH):
            index = each * CLIENTS + number
            paths[index] = change_and_look_again(fleet.cameras[index]["url"], f"camera-{index}")

    all_at_once([lambda number=number: client(number) for number in range(CLIENTS)])
    for index in range(0, count, 41):
        camera = fleet.cameras[index]
        state = fleet.control("GET", f"/cameras/{camera['id']}/state?path=OSD.label_info.label_info_1.text")
        check(f"camera-{index}" in json.dumps(state), f"camera {camera['id']} has {state}")
        sessions = fleet.control("GET", f"/cameras/{camera['id']}/sessions")["sessions"]
        check(len(sessions) == 1, f"camera {camera['id']} has {len(sessions)} sessions")
    stranger = Camera(fleet.cameras[1]["url"]).command(
        paths[0], {"method": "get", "OSD": {"name": "label_info_1"}})
    check(stranger["error_code"] != 0, "a session of one camera is good for another")
    reset = fleet.control("POST", "/reset")
    check(reset["cameras"] == count, f"reset {reset}")
    state = fleet.control("GET", f"/cameras/{fleet.cameras[7]['id']}/state?path=OSD.label_info.label_info_1")
    check("camera-7" not in json.dumps(state), "a reset does not reach all cameras")
    fleet.end()


def locked_apart(work):
    """a camera that locks its door leaves those of others open"""
    os.environ["STOKLAB_PASSWORD"] = work.password
    fleet = Fleet(work, "--fleet", "3")
    locked, other = Camera(fleet.cameras[0]["url"]), Camera(fleet.cameras[1]["url"])
    fleet.control("POST", "/cameras/1/lockout", {"kind": "timed", "seconds": 1800})
    try:
        locked.login()
        raise AssertionError("it lets somebody in")
    except Failed:
        pass
    other.login()
    fleet.control("POST", "/cameras/1/clock", {"advance_ms": 1800 * 1000})
    locked.login()
    fleet.end()


def by_port_and_model(work):
    """a manifest of several models, by port, with a certificate and a password of its own"""
    os.environ["STOKLAB_PASSWORD"] = work.password
    certificate, key = work.path("own.pem"), work.path("own.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", "/CN=gate", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True, timeout=60)
    with open(work.path("word"), "w", encoding="ascii") as file:
        file.write("other-password-1\n")
    manifest = work.path("manifest.json")
    with open(manifest, "w", encoding="ascii") as file:
        json.dump({"schema_version": 1, "addressing": "port", "cameras": [
            {"count": 2, "id": "yard-"},
            {"id": "gate", "name": "Gate", "certificate": "own.pem", "key": "own.key",
             "password_file": "word"},
            {"id": "old", "profile": "tl-ipc_2017"}]}, file)
    fleet = Fleet(work, "--fleet", manifest)
    ids = [camera["id"] for camera in fleet.cameras]
    check(ids == ["yard-1", "yard-2", "gate", "old"], f"the cameras are called {ids}")
    shown = subprocess.run(["openssl", "x509", "-in", certificate, "-outform", "DER"], check=True,
                           capture_output=True, timeout=60).stdout
    gate = Camera(fleet.cameras[2]["url"])
    with Connection(gate) as connection:
        check(connection.socket.getpeercert(True) == shown, "gate shows another certificate")
    gate.password = "other-password-1"
    gate.login()
    Camera(fleet.cameras[1]["url"]).login()
    plain = urllib.parse.urlsplit(fleet.cameras[3]["url"])
    check(plain.scheme == "http", f"the old one is at {plain.geturl()}")
    link = http.client.HTTPConnection(plain.hostname, plain.port, timeout=10)
    link.request("POST", "/", '{"method":"do","user_management":{"get_encrypt_info":null}}')
    check(b"error_code" in link.getresponse().read(), "the old one does not answer")
    link.close()
    fleet.end()


def shards(work):
    """the shards of a fleet have each camera once, with the same identity"""
    os.environ["STOKLAB_PASSWORD"] = work.password

    def identities(*options):
        fleet = Fleet(work, "--fleet", "7", "--reveal-secrets", *options)
        found = {camera["id"]: fleet.control("GET", f"/cameras/{camera['id']}")["identity"]
                 for camera in fleet.cameras}
        fleet.end()
        return found

    whole, parts = identities(), {}
    for part in ("1/3", "2/3", "3/3"):
        shard = identities("--shard", part)
        check(not parts.keys() & shard.keys(), f"{part} has cameras of another shard")
        parts.update(shard)
    check(parts == whole, f"whole {whole}, in parts {parts}")
    check(len({json.dumps(each) for each in whole.values()}) == 7, "two have the same identity")


def unused_cost(work):
    """10,000 cameras at one port that nobody uses are one listener and little memory"""
    os.environ["STOKLAB_PASSWORD"] = work.password
    fleet = Fleet(work, "--fleet", "10000")
    pid = fleet.ready["pid"]
    descriptors = len(os.listdir(f"/proc/{pid}/fd"))
    check(descriptors < 20, f"{descriptors} descriptors are open")
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        used = int(re.search(r"VmRSS:\s+(\d+) kB", status.read())[1])
    print(f"   10,000 cameras: {used / 1024:.1f} MiB, {descriptors} descriptors")
    if os.environ.get("FLEET_MEASURED"):
        check(used < MOST_MEMORY, f"{used} KiB are more than {MOST_MEMORY}")
    last = Camera(fleet.cameras[-1]["url"])
    last.login()
    fleet.end()


def refusals(work):
    """what cannot be is refused with a reason, before anything is served"""
    def refused(reason, *options):
        result = subprocess.run([work.program, "emulate", *options], capture_output=True,
                                text=True, timeout=60, check=False,
                                env=dict(os.environ, STOKLAB_PASSWORD=work.password))
        check(result.returncode == 2, f"{options}: exit {result.returncode} {result.stderr}")
        check(reason in result.stderr, f"{options}: {result.stderr}")
        check("READY" not in result.stdout, f"{options}: {result.stdout}")

    refused("at least one camera", "--fleet", "0")
    refused("no manifest", "--fleet", work.path("none.json"))
    refused("give K/N", "--fleet", "3", "--shard", "4/3")
    refused("at most 100000", "--fleet", "100001")
    refused("--fleet", "--shard", "1/2")
    refused("--fleet", "--fleet", "2", "--replay", "x.json")
    refused("planted faults", "--fleet", "2", "--fault", "add-not-stored")
    refused("only 65535", "--fleet", "100", "--fleet-by", "port", "--port", "65500")
    broken = work.path("broken.json")
    with open(broken, "w", encoding="ascii") as file:
        file.write('{"schema_version":1,"cameras":[{"cuont":2}]}')
    refused("cameras[0]", "--fleet", broken)
    # As many listeners as this process may open, and not one more.
    script = 'ulimit -n 300; exec "$0" emulate --port 0 --fleet 500 --fleet-by port'
    result = subprocess.run(["bash", "-c", script, work.program], capture_output=True, text=True,
                            timeout=60, check=False,
                            env=dict(os.environ, STOKLAB_PASSWORD=work.password))
    check(result.returncode == 2 and "open files" in result.stderr,
          f"out of descriptors: exit {result.returncode} {result.stderr}")


if __name__ == "__main__":
    main([many_clients, locked_apart, by_port_and_model, shards, unused_cost, refusals])
