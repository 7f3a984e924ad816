#!/usr/bin/env python3
"""`stoklab set --targets` over a fleet: every camera is set once, also if the run is killed and goes
on; a wrong password is tried on one camera; a camera that is not there is named, and the others are
set."""

import json
import os
import signal
import socket
import subprocess
import time

from camera_wire import check
from capture_harness import main
from control_calls import Control

CAMERAS = int(os.environ.get("TARGETS_CAMERAS", "60"))
SET = "image.switch.flicker=60hz"


class Fleet:
    def __init__(self, work, count=CAMERAS, *options):
        self.work, self.list = work, work.path("fleet.json")
        self.emulator = work.emulator("--fleet", str(count), "--fleet-list", self.list,
                                      "--control-port", "0", *options)
        self.control = Control(self.emulator.ready["control_url"])
        with open(self.list, encoding="utf-8") as file:
            self.cameras = json.load(file)["cameras"]

    def environment(self, password=None):
        return {**self.work.environment, "STOKLAB_PASSWORD": password or self.work.password}

    def run(self, verb, *arguments, password=None):
        done = subprocess.run([self.work.program, verb, *arguments], capture_output=True, text=True,
                              timeout=240, check=False, env=self.environment(password))
        return done.returncode, done.stdout, done.stderr

    def counts(self, query):
        """How many matching entries each camera's journal has."""
        return [self.control.ok("GET", f"/cameras/{camera['id']}/journal/counts?{query}")["matching"]
                for camera in self.cameras]

    def flickers(self):
        return [self.control.ok("GET", f"/cameras/{camera['id']}/state?path=image.switch.flicker")
                ["value"] for camera in self.cameras]

    def end(self):
        check(self.emulator.end() == 0, "the emulator does not end well")


def all_set(work):
    """each camera is set once, with one login, and says so"""
    fleet = Fleet(work)
    code, out, errors = fleet.run("set", SET, "--targets", fleet.list, "--jobs", "8")
    check(code == 0, f"it ends with {code}: {errors}")
    check(f"{CAMERAS} done" in errors, errors[-200:])
    check(len([line for line in out.splitlines() if line.endswith("  done")]) == CAMERAS, out[:300])
    check(fleet.flickers() == ["60hz"] * CAMERAS, "not all are set")
    check(fleet.counts("method=set") == [1] * CAMERAS, "some are set more than once")
    check(fleet.counts("kind=login") == [1] * CAMERAS, "some see several logins")
    code, out, errors = fleet.run("get", "image.switch.flicker", "--targets", fleet.list, "--format",
                                  "json")
    read = json.loads(out)
    check(code == 0 and read["counts"]["done"] == CAMERAS, f"{code}: {errors}")
    values = {each["values"]["image"]["switch"]["flicker"] for each in read["cameras"]}
    check(values == {"60hz"}, f"get says {values}")
    fleet.end()


def refused_once(work):
    """a wrong password is tried on one camera, once, and the rest never see it"""
    fleet = Fleet(work)
    code, out, errors = fleet.run("set", SET, "--targets", fleet.list, "--jobs", "16",
                                  password="wrong-password-1")
    check(code == 4, f"it ends with {code}: {errors}")
    check(sum(fleet.counts("kind=login")) == 1, f"{sum(fleet.counts('kind=login'))} logins")
    check(out.count("not_begun") == CAMERAS - 1, out[:400])
    check("no further device" in errors and "wrong-password-1" not in out + errors, errors)
    check(sum(fleet.counts("method=set")) == 0, "something is set")
    fleet.end()


def lines_of(file):
    if not os.path.exists(file):
        return 0
    with open(file, "rb") as text:
        return text.read().count(b"\n")


def killed(work):
    """killed in the middle and gone on with, over and over, it sets each camera exactly once"""
    fleet = Fleet(work)
    resume, kills = work.path("resume.jsonl"), 0
    arguments = ["set", SET, "--targets", fleet.list, "--jobs", "4", "--resume", resume]
    for attempt in range(40):
        begin = lines_of(resume)
        run = subprocess.Popen([work.program, *arguments], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, env=fleet.environment())
        for _ in range(20_000):
            if lines_of(resume) > begin + CAMERAS // 8 + attempt % 5 or run.poll() is not None:
                break
            time.sleep(0.001)
        if run.poll() is None:
            run.send_signal(signal.SIGKILL)
            kills += 1
        if run.wait() == 0:
            break
    code, out, errors = fleet.run(*arguments)
    check(code == 0, f"the last run ends with {code}: {errors}")
    check(out.count("done_before") == CAMERAS, errors[-300:])
    check(kills >= 3, f"it was killed {kills} times")
    sets = fleet.counts("method=set")
    check(sets == [1] * CAMERAS, f"set so often: {sets}, after {kills} kills")
    check(fleet.flickers() == ["60hz"] * CAMERAS, "not all are set")
    print(f"   {kills} kills")
    code, _, errors = fleet.run("set", "image.switch.flicker=auto", "--targets", fleet.list,
                                "--resume", resume)
    check(code == 2 and "not of this change" in errors, f"another change: {code} {errors}")
    fleet.end()


def one_is_missing(work):
    """a camera that is not there is named, and all others are set"""
    fleet = Fleet(work, 5)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"https://127.0.0.1:{free.getsockname()[1]}"
    with open(fleet.list, "w", encoding="utf-8") as file:
        json.dump({"schema_version": 1, "cameras": [
            {"id": "gone", "url": nobody}, *fleet.cameras]}, file)
    code, out, errors = fleet.run("set", SET, "--targets", fleet.list)
    check(code == 3, f"it ends with {code}: {errors}")
    gone = next(line for line in out.splitlines() if line.startswith("gone"))
    check("failed" in gone and "onnect" in gone, gone)
    check("5 done, 1 failed" in errors, errors)
    check(fleet.flickers() == ["60hz"] * 5, "the others are not set")
    fleet.end()


def interrupted(work):
    """Ctrl-C finishes what is under way, and says what is left"""
    fleet = Fleet(work, 30, "--fault", json.dumps(
        {"times": "always", "when": {"method": "set"}, "do": {"delay_ms": 300}}))
    run = subprocess.Popen([work.program, "set", SET, "--targets", fleet.list, "--jobs", "2"],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                           env=fleet.environment())
    for _ in range(500):
        time.sleep(0.01)
        if sum(fleet.counts("kind=login")) > 2:
            break
    run.send_signal(signal.SIGINT)
    out, errors = run.communicate(timeout=60)
    check(run.returncode == 1 and "somebody ended the run" in errors, f"{run.returncode} {errors}")
    done = out.count("  done")
    check(0 < done < 30 and out.count("not_begun") == 30 - done, out)
    check(fleet.flickers().count("60hz") == done, "it says something else than it has done")
    fleet.end()


def refusals(work):
    """lists and options that make no sense are refused before anything is sent"""
    fleet = Fleet(work, 2)

    def refused(reason, *arguments):
        code, _, errors = fleet.run(*arguments)
        check(code == 2 and reason in errors, f"{arguments}: {code} {errors}")

    refused("none.json", "set", SET, "--targets", work.path("none.json"))
    refused("--targets", "set", SET, "--targets", fleet.list, "--target", "https://127.0.0.1:1")
    refused("--targets", "set", SET, "--target", "https://127.0.0.1:1", "--resume", "x")
    refused("--jobs", "set", SET, "--targets", fleet.list, "--jobs", "0")
    with open(fleet.list, "w", encoding="ascii") as file:
        file.write('{"schema_version":1,"cameras":[{"url":"ftp://127.0.0.1"}]}')
    refused("ftp", "set", SET, "--targets", fleet.list)
    check(fleet.counts("kind=challenge") == [0, 0], "something was sent")
    fleet.end()


if __name__ == "__main__":
    main([all_set, refused_once, killed, one_is_missing, interrupted, refusals])
