"""The rows of the goals table: how each is measured, and what it should reach."""

import dataclasses
import json
import statistics
import subprocess
import time
from typing import Callable

import growth
from bench import Unmeasurable, interval
from servers import LOAD_CORE, SERVER_CORE, awake, on_core

WINDOWS = 3  # of a percentile
STORM_BEGINS = 0.3  # seconds until all its connections are there


def to_rsa_limit(bench):
    """Both on the server's core; one measured RSA-1024 operation is one login at best. The other
    core is busy in either case: two that a hypervisor lends may be halves of one."""
    def limit():
        with awake(LOAD_CORE), on_core(SERVER_CORE):
            done = subprocess.run([bench.binaries["bench_floor"], "--rsa", str(bench.seconds)],
                                  capture_output=True, text=True, check=True, timeout=120)
        return json.loads(done.stdout)["rate"]
    return bench.in_turns(bench.rates("login", bench.emulator), limit)


def median_p99(bench, server, rate, seconds):
    """Of several short windows, for one moment in which the machine stands still is more than a
    hundredth of what a long one sees."""
    return statistics.median(
        bench.load(server, "get", rate=f"{rate:.0f}", seconds=seconds)["latency_us"]["p99"]
        for _ in range(WINDOWS))


def half_load_p99(bench):
    """At half of what the slower one can do. No core halts meanwhile: how long a hypervisor takes
    to wake one is no property of a server."""
    nginx = bench.other("nginx")
    most = min(bench.load(server, "get")["rate"] for server in (bench.emulator, nginx))

    def p99(server):
        return lambda: median_p99(bench, server, most / 2, bench.seconds / WINDOWS)
    with awake(SERVER_CORE, LOAD_CORE):
        return bench.in_turns(p99(bench.emulator), p99(nginx))


def p99_beside_logins(bench):
    """Gets at a modest rate, alone and while 64 clients log in without pause; to another camera of
    the same process, for on one they would end each other's sessions. Those who log in stand back
    on the core that both loads share, or one would measure how that is shared."""
    fleet = bench.other("pair")
    storm = bench.command(fleet, "login", 64, seconds=STORM_BEGINS + WINDOWS * bench.seconds + 0.5)
    storm[storm.index(fleet.url)] = fleet.url.replace("127.1.0.1", "127.1.0.2")

    def gets(beside):
        others = None
        if beside:
            with on_core(LOAD_CORE):
                others = subprocess.Popen(["nice", "-n", "19", *storm], stdout=subprocess.DEVNULL,
                                          stderr=subprocess.DEVNULL,
                                          env=bench.servers.environment)
            time.sleep(STORM_BEGINS)
        p99 = median_p99(bench, fleet, 4000, bench.seconds)
        if others is not None and others.wait(60) != 0:
            raise Unmeasurable("the clients that log in failed")
        return p99
    with awake(SERVER_CORE, LOAD_CORE):
        return bench.in_turns(lambda: gets(True), lambda: gets(False))


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    what: str
    measure: Callable  # of a Bench: the figures of its rounds, of which a part gives the median
    soon: float
    moonshot: float
    higher: bool = True  # whether more is better
    ratio: bool = True  # of two that were measured side by side
    counted: bool = False  # the same each time: one part is enough

    def judge(self, figures, noise):
        median = statistics.median(figures)
        low, high = interval(figures)
        holds_one = self.ratio and low <= 1 <= high
        equal = holds_one or (self.ratio and abs(median - 1) <= noise)

        def reached(value, goal):
            return value >= goal if self.higher else value <= goal
        # A moonshot that a run reaches with half of its figures the next one may miss; so it takes
        # all of where the median can lie. What cannot be told from 1 has reached a goal of 1.
        beyond = reached(low if self.higher else high, self.moonshot)
        if beyond or (holds_one and self.moonshot == 1):
            verdict = "moonshot"
        else:
            verdict = "soon" if reached(1.0 if holds_one else median, self.soon) else "missed"
        return {"name": self.name, "what": self.what, "median": median, "low": low, "high": high,
                "figures": [round(figure, 4) for figure in figures],
                "soon": self.soon, "moonshot": self.moonshot,
                "higher": self.higher, "ratio": self.ratio, "equal": equal, "verdict": verdict}


def ready_ms(bench, count):
    row = next(row for row in bench.table(growth.cameras) if row["cameras"] == count)
    return row["ready_ms_each"]


ROWS = [
    Row("get-16", "a get, 16 connections, to nginx",
        lambda b: b.against("nginx", "get"), 0.90, 1.20),
    Row("get-128", "a get, 128 connections, to nginx",  # its figures differ more than others do
        lambda b: b.against("nginx", "get", 128, share=3), 0.90, 1.25),
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
    Row("ready-1", "start to READY, 1 camera, ms", lambda b: ready_ms(b, 1), 30, 15,
        higher=False, ratio=False),
    Row("ready-10000", "start to READY, 10,000 cameras, ms", lambda b: ready_ms(b, 10_000), 100, 25,
        higher=False, ratio=False),
    Row("camera", "memory of a further camera, KiB",
        lambda b: [growth.per_camera_kib(b.table(growth.cameras))], 2, 0.3,
        higher=False, ratio=False),
    Row("connection", "memory of an idle TLS connection, KiB",
        lambda b: [b.table(growth.connections)[-1]["kib_each"]], 20, 14.5,
        higher=False, ratio=False, counted=True),
    Row("held", "TLS connections held open",
        lambda b: [b.table(growth.connections)[-1]["open"]], 2000, 10_000, ratio=False,
        counted=True),
    Row("calls", "system calls of a get", lambda b: [b.system_calls()], 4, 3,
        higher=False, ratio=False, counted=True),
]
