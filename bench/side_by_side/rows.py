"""The rows of the goals table: how each is measured, and what it should reach."""

import dataclasses
import json
import os
import re
import statistics
import subprocess
import time
from typing import Callable

from servers import LOAD_CORE, Servers, pinned


class Unmeasurable(Exception):
    """This machine, or this build, cannot show it."""


class Bench:
    """Servers that run, and loads that are put on them in turns."""

    def __init__(self, binaries, rounds, seconds):
        self.rounds, self.seconds = rounds, seconds
        self.servers = Servers(binaries)
        self.binaries = binaries
        self.emulator = self.servers.emulator()
        self.servers.learn_answer(self.emulator)
        self._others = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.servers.close()

    def other(self, name):
        """nginx, floor, twin (another emulator) or pair (two cameras), started at need."""
        if name not in self._others:
            make = {"nginx": self.servers.nginx, "floor": self.servers.floor,
                    "twin": self.servers.emulator,
                    "pair": lambda: self.servers.emulator("--fleet", "2")}[name]
            self._others[name] = make()
        return self._others[name]

    def load(self, server, mode, connections=16, **more):
        options = [f"--{name.replace('_', '-')}={value}" for name, value in more.items()]
        words = [word for option in options for word in option.split("=", 1)]
        done = subprocess.run(
            pinned(LOAD_CORE, [self.binaries["bench_load"], *server.load_options(), "--mode", mode,
                               "--connections", str(connections), "--seconds", str(self.seconds),
                               *words]),
            capture_output=True, text=True, env=self.servers.environment, timeout=120, check=False)
        if done.returncode != 0:
            raise Unmeasurable(done.stderr.strip() or f"bench_load ends with {done.returncode}")
        result = json.loads(done.stdout)
        if result["errors"]:
            raise Unmeasurable(f"{result['errors']} requests failed: {result['error_texts']}")
        return result

    def in_turns(self, first, second):
        """The ratios first/second of neighbours; whoever begins changes."""
        ratios = []
        for number in range(self.rounds):
            if number % 2 == 0:
                a, b = first(), second()
            else:
                b, a = second(), first()
            ratios.append(a / b)
        return ratios

    def rates(self, mode, server, connections=16):
        return lambda: self.load(server, mode, connections)["rate"]

    def noise(self):
        """How far from 1 the emulator is beside itself."""
        ratios = self.in_turns(self.rates("get", self.emulator),
                               self.rates("get", self.other("twin")))
        return max(abs(statistics.median(ratios) - 1),
                   statistics.median(abs(ratio - 1) for ratio in ratios))

    def against(self, name, mode, connections=16, figure=lambda result: result["rate"]):
        other = self.other(name)
        return self.in_turns(lambda: figure(self.load(self.emulator, mode, connections)),
                             lambda: figure(self.load(other, mode, connections)))

    def client(self):
        if not os.path.exists(self.binaries["bench_client"]):
            raise Unmeasurable("bench_client was not built")
        found = []
        for _ in range(self.rounds):
            done = subprocess.run(
                pinned(LOAD_CORE, [self.binaries["bench_client"], "--url", self.emulator.url,
                                   "--count", str(max(int(self.seconds * 500), 100))]),
                capture_output=True, text=True, env=self.servers.environment, timeout=120,
                check=False)
            if done.returncode != 0:
                raise Unmeasurable(done.stderr.strip())
            found.append(json.loads(done.stdout))
        return found

    def fleet_table(self):
        """Time to READY, resident memory and descriptors by number of cameras."""
        table = []
        for count in (1, 100, 1000, 10_000):
            times, memory, descriptors = [], 0, 0
            for _ in range(min(self.rounds, 5)):
                begin = time.monotonic()
                server = self.servers.emulator("--fleet", str(count))
                times.append((time.monotonic() - begin) * 1000)
                with open(f"/proc/{server.pid}/status", encoding="ascii") as status:
                    memory = int(re.search(r"VmRSS:\s+(\d+)", status.read())[1])
                descriptors = len(os.listdir(f"/proc/{server.pid}/fd"))
                server.end()
            table.append({"cameras": count, "ready_ms": round(statistics.median(times), 1),
                          "resident_kib": memory, "descriptors": descriptors})
        return table


def to_rsa_limit(bench):
    done = subprocess.run(pinned(LOAD_CORE, [bench.binaries["bench_floor"], "--rsa",
                                             str(bench.seconds)]),
                          capture_output=True, text=True, check=True, timeout=120)
    limit = json.loads(done.stdout)["rate"]
    return [bench.load(bench.emulator, "login")["rate"] / limit for _ in range(bench.rounds)]


def half_load_p99(bench):
    nginx = bench.other("nginx")
    half = bench.load(bench.emulator, "get")["rate"] / 2

    def p99(server):
        return lambda: bench.load(server, "get", rate=f"{half:.0f}")["latency_us"]["p99"]
    return bench.in_turns(p99(bench.emulator), p99(nginx))


def p99_beside_logins(bench):
    """Gets at a modest rate, alone and while 64 clients log in without pause; to another camera of
    the same process, for on one they would end each other's sessions."""
    fleet = bench.other("pair")

    def command(mode, *more, url=fleet.url):
        return pinned(LOAD_CORE, [bench.binaries["bench_load"], "--url", url, "--mode", mode, *more])

    def gets(storm):
        measured = subprocess.Popen(
            command("get", "--connections", "16", "--rate", "1000", "--warm-up", "0.8",
                    "--seconds", str(bench.seconds)),
            stdout=subprocess.PIPE, text=True, env=bench.servers.environment)
        time.sleep(0.4)
        others = subprocess.Popen(
            command("login", "--connections", "64", "--seconds", str(bench.seconds + 0.6),
                    url=fleet.url.replace("127.1.0.1", "127.1.0.2")),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=bench.servers.environment) if storm else None
        out, _ = measured.communicate(timeout=120)
        if others is not None:
            others.wait(60)
        if measured.returncode != 0:
            raise Unmeasurable(f"bench_load ends with {measured.returncode}")
        result = json.loads(out)
        if result["errors"]:
            raise Unmeasurable(f"{result['errors']} requests failed: {result['error_texts']}")
        return result["latency_us"]["p99"]
    return bench.in_turns(lambda: gets(True), lambda: gets(False))


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    what: str
    measure: Callable
    soon: float
    moonshot: float
    higher: bool = True  # whether more is better

    def judge(self, ratios, noise):
        ratio = statistics.median(ratios)

        def reached(goal):
            slack = noise if abs(ratio - goal) <= noise else 0
            return ratio >= goal - slack if self.higher else ratio <= goal + slack
        verdict = ("moonshot" if reached(self.moonshot) else
                   "soon" if reached(self.soon) else "missed")
        return {"name": self.name, "what": self.what, "ratio": ratio, "lowest": min(ratios),
                "highest": max(ratios), "soon": self.soon, "moonshot": self.moonshot,
                "higher": self.higher, "equal": abs(ratio - 1) <= noise, "verdict": verdict}


ROWS = [
    Row("get-16", "a get, 16 connections, to nginx",
        lambda b: b.against("nginx", "get"), 0.90, 1.20),
    Row("get-128", "a get, 128 connections, to nginx",
        lambda b: b.against("nginx", "get", 128), 0.90, 1.25),
    Row("get-floor", "a get, 16 connections, to the floor",
        lambda b: b.against("floor", "get"), 0.70, 0.95),
    Row("cpu", "processor time of a get, to nginx",
        lambda b: b.against("nginx", "get", figure=lambda r: r["server_cpu_us_an_operation"]),
        1.10, 0.85, higher=False),
    Row("set", "a set of one field, to a get",
        lambda b: b.in_turns(b.rates("set", b.emulator), b.rates("get", b.emulator)), 0.60, 0.85),
    Row("login", "a login on a kept connection, to RSA-1024 of one core", to_rsa_limit, 0.60, 0.80),
    Row("handshake", "a full handshake and a get, to nginx",
        lambda b: b.against("nginx", "handshake"), 0.85, 0.97),
    Row("resume", "a resumed handshake and a get, to nginx",
        lambda b: b.against("nginx", "resume"), 0.85, 1.05),
    Row("session", "a whole session, to the floor",
        lambda b: b.against("floor", "session"), 0.80, 0.95),
    Row("p99-half", "p99 of a get at half load, to nginx", half_load_p99, 1.5, 1.0, higher=False),
    Row("p99-logins", "p99 of a get beside 64 clients that log in, to alone", p99_beside_logins,
        4, 2, higher=False),
    Row("client-get", "the client's get on a kept connection, to libcurl",
        lambda b: [r["get_us"]["stoklab"] / r["get_us"]["libcurl"] for r in b.client()],
        1.00, 0.80, higher=False),
    Row("client-first", "the client's connection, login and first get, to libcurl",
        lambda b: [r["first_us"]["stoklab"] / r["first_us"]["libcurl"] for r in b.client()],
        1.10, 0.95, higher=False),
]
