#!/usr/bin/env python3
"""A dump that is killed again and again, at moments of chance: it goes on where it was, the profile
is the same as that of a dump that nobody disturbed, and nothing secret ever stood on the disk. And
what a dump at its usual pace does to a device: one login, nothing written, four requests a second."""

import json
import os
import random
import signal
import subprocess
import time

from camera_wire import check
from capture_harness import check_absent, main, watched

SEED = 20260103
MOST_KILLS = 20


def dump(work, url, name, *more):
    return [work.program, "dump", "--target", url, "--out", work.out(name), *more]


def content(path):
    with open(path, "rb") as file:
        return file.read()


def lines(path):
    try:
        return content(path).count(b"\n")
    except FileNotFoundError:
        return 0


def with_password(work):
    return {**work.environment, "STOKLAB_PASSWORD": work.password}


def finish(work, command):
    done = subprocess.run(command, env=with_password(work), capture_output=True, timeout=120,
                          check=False)
    check(done.returncode == 0, f"dump ends with {done.returncode}: {done.stderr.decode()}")
    return done


def killed_at_any_moment(work):
    """a dump that is killed over and over comes to the same profile"""
    chance = random.Random(SEED)
    emulator = work.emulator()
    url = emulator.ready["url"]
    os.mkdir(work.out("undisturbed"))
    name = "undisturbed/device.json"
    finish(work, dump(work, url, name, "--rate", "0"))
    whole = content(work.out(name))
    partial = work.out("device.json.partial")
    kills = 0
    with watched(work.out_folder) as seen:
        while kills < MOST_KILLS:
            process = subprocess.Popen(dump(work, url, "device.json", "--rate", "200"),
                                       env=with_password(work), stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            before = lines(partial)
            wanted = before + chance.randint(1, 40)
            while process.poll() is None and lines(partial) < wanted:
                time.sleep(0.002)
            if process.poll() is not None:
                check(process.returncode == 0, f"a dump ends with {process.returncode}")
                break
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
            check(lines(partial) >= before, "what had been found was lost")
            check(not os.path.exists(work.out("device.json")), "half a dump has the name of one")
        else:
            finish(work, dump(work, url, "device.json", "--rate", "0"))
    check(kills >= 4, f"it was killed {kills} times only")
    check(content(work.out("device.json")) == whole, "the profile is another one")
    check(not os.path.exists(partial), "the journal is still there")
    check_absent([("the password", work.password)], seen, "a file of a dump")


def at_its_pace(work):
    """a dump logs in once, writes nothing, and asks no more often than it may"""
    rate = int(os.environ.get("DUMP_RATE", "0"))
    pace = ["--rate", str(rate)] if rate else []  # without: its usual one, four a second
    journal = work.path("journal")
    emulator = work.emulator("--journal", journal)
    begun = time.monotonic()
    done = finish(work, dump(work, emulator.ready["url"], "device.json", "--format", "json", *pace))
    took = time.monotonic() - begun
    report = json.loads(done.stdout)
    with open(journal, encoding="utf-8") as file:
        entries = [json.loads(line) for line in file]
    asks = [ask for entry in entries if entry.get("method") == "do" for ask in entry["asks"]]
    check(sum("login" in ask for ask in asks) == 1, f"logins: {asks}")
    writes = [entry for entry in entries if entry.get("method") in ("set", "add", "delete")]
    check(not writes, f"it wrote: {writes[:3]}")
    check(len(entries) > 100, f"only {len(entries)} requests came")
    # The first one of all waits for nobody.
    check((len(entries) - 1) / took <= (rate or 4), f"{len(entries)} requests in {took:.1f} s")
    check(took < 180, f"it took {took:.1f} s")
    check(report["logins"] == 1 and report["requests"] >= len(entries) - 2, str(report))
    print(f"   {len(entries)} requests in {took:.1f} s")


if __name__ == "__main__":
    main([killed_at_any_moment, at_its_pace])
