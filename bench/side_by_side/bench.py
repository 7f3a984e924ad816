"""Servers that run, and loads that are put on them in turns."""

import json
import math
import os
import re
import subprocess

from servers import LOAD_CORE, ROOT, Servers, on_core

COUNTED_REQUESTS = 200  # by bench_counts


class Unmeasurable(Exception):
    """This machine, or this build, cannot show it."""


def interval(figures):
    """Where the true median lies, 19 times of 20, whatever their distribution: between two of the
    figures in order."""
    ordered = sorted(figures)
    aside = max(0, math.floor(len(ordered) / 2 - 0.98 * math.sqrt(len(ordered))))
    return ordered[aside], ordered[-1 - aside]


class Bench:
    """All that is measured with the same processes."""

    def __init__(self, binaries, rounds, seconds):
        self.rounds, self.seconds = rounds, seconds
        self.servers = Servers(binaries)
        self.binaries = binaries
        self.emulator = self.servers.emulator()
        self.servers.learn_answer(self.emulator)
        self._others, self._tables = {}, {}

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

    def command(self, server, mode, connections=16, **more):
        words = []
        for name, value in {"seconds": self.seconds, "warm-up": 0.05, **more}.items():
            words += ["--" + name, str(value)]
        return [self.binaries["bench_load"], *server.load_options(), "--mode", mode,
                "--connections", str(connections), *words]

    def client_side(self, command):
        """A program that ends by itself, beside the servers."""
        with on_core(LOAD_CORE):
            return subprocess.run(command, capture_output=True, text=True, timeout=120,
                                  env=self.servers.environment, check=False)

    def load(self, server, mode, connections=16, **more):
        done = self.client_side(self.command(server, mode, connections, **more))
        if done.returncode != 0:
            raise Unmeasurable(done.stderr.strip() or f"bench_load ends with {done.returncode}")
        result = json.loads(done.stdout)
        if result["errors"]:
            raise Unmeasurable(f"{result['errors']} requests failed: {result['error_texts']}")
        return result

    def in_turns(self, first, second, share=1):
        """The ratios first/second of neighbours; whoever begins changes. `share`: of the rounds that
        are usual."""
        ratios = []
        for number in range(max(1, round(self.rounds * share))):
            if number % 2 == 0:
                a, b = first(), second()
            else:
                b, a = second(), first()
            ratios.append(a / b)
        return ratios

    def rates(self, mode, server, connections=16):
        return lambda: self.load(server, mode, connections)["rate"]

    def beside_itself(self):
        """The emulator's rate of gets to that of another emulator."""
        return self.in_turns(self.rates("get", self.emulator),
                             self.rates("get", self.other("twin")))

    def against(self, name, mode, connections=16, figure=lambda result: result["rate"], share=1):
        other = self.other(name)
        return self.in_turns(lambda: figure(self.load(self.emulator, mode, connections)),
                             lambda: figure(self.load(other, mode, connections)), share)

    def table(self, make):
        """What make(self) gives, made once."""
        if make not in self._tables:
            self._tables[make] = make(self)
        return self._tables[make]

    def system_calls(self):
        """Of one get, counted inside of the process by the gate."""
        gates = os.path.join(ROOT, "bench/gates/expected.json")
        done = subprocess.run([self.binaries["bench_counts"], gates], capture_output=True, text=True,
                              timeout=120, check=False)
        counted = re.search(r"^get\.server\.system_calls +-?\d+ +(\d+)", done.stdout, re.MULTILINE)
        if counted is None:
            raise Unmeasurable(done.stderr.strip() or "bench_counts counts no system calls")
        return int(counted[1]) / COUNTED_REQUESTS

    def client(self):
        if not os.path.exists(self.binaries["bench_client"]):
            raise Unmeasurable("bench_client was not built")
        found = []
        for _ in range(self.rounds):
            done = self.client_side([self.binaries["bench_client"], "--url", self.emulator.url,
                                     "--count", str(max(int(self.seconds * 500), 100))])
            if done.returncode != 0:
                raise Unmeasurable(done.stderr.strip())
            found.append(json.loads(done.stdout))
        return found
