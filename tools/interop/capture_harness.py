"""Starts `stoklab emulate` and `stoklab capture` as a user does, in a folder of their own, and ends
them again. For the scripts beside this one; what they check is none of this project's code.
"""

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from camera_wire import Failed, check

LIMIT = 30  # seconds for anything that should take a moment, under sanitizers and on a busy machine


class Process:
    """One run of the program that serves until it is told to end."""

    def __init__(self, work, arguments, preexec=None, errors=None):
        self.log = work.path(f"log{secrets.token_hex(4)}")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [work.program, *arguments], stdout=subprocess.PIPE,
                stderr=log if errors is None else errors, env=work.environment, preexec_fn=preexec)
        work.processes.append(self)
        self.ready = None
        self.out = []

    def await_ready(self):
        """The facts of the READY line."""
        timer = threading.Timer(LIMIT, self.process.kill)
        timer.start()
        try:
            for line in self.process.stdout:
                self.out.append(line)
                if line.startswith(b"READY "):
                    self.ready = json.loads(line[6:])
                    return self.ready
        finally:
            timer.cancel()
        raise Failed(f"it ended with {self.wait()} and was never ready: {self.errors()}")

    def wait(self):
        try:
            code = self.process.wait(LIMIT)
        except subprocess.TimeoutExpired as late:
            self.process.kill()
            self.process.wait()
            raise Failed(f"it had not ended after {LIMIT} s: {self.errors()}") from late
        self.out += self.process.stdout.readlines()
        return code

    def end(self, with_signal=signal.SIGTERM):
        self.process.send_signal(with_signal)
        return self.wait()

    def errors(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()


class Work:
    """A folder, an environment, and the processes in it."""

    def __init__(self, program):
        self.program = os.path.realpath(program)
        self.folder = tempfile.mkdtemp(prefix="stoklab-capture-")
        self.password = secrets.token_hex(8)
        self.processes = []
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith("STOKLAB_")}
        self.environment["XDG_STATE_HOME"] = self.path("state")
        self.out_folder = self.path("out")
        os.mkdir(self.out_folder)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        for each in self.processes:
            if each.process.poll() is None:
                each.process.kill()
                each.process.wait()
            each.process.stdout.close()
            if kind is not None:
                print(f"--- {' '.join(each.process.args[1:])}\n{each.errors()}", file=sys.stderr)
        shutil.rmtree(self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def out(self, name="trace.json"):
        return os.path.join(self.out_folder, name)

    def run(self, *arguments):
        """A run that ends by itself: exit code, standard output, standard error."""
        done = subprocess.run([self.program, *arguments], capture_output=True, timeout=4 * LIMIT,
                              env=self.environment, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def emulator(self, *more, life=300):
        environment = self.environment
        self.environment = {**environment, "STOKLAB_PASSWORD": self.password}
        try:
            emulator = Process(self, ["emulate", "--port", "0", "--auto-shutdown", str(life), *more])
        finally:
            self.environment = environment
        emulator.await_ready()
        return emulator

    def capture(self, target, *more, out="trace.json", **how):
        capture = Process(self, ["capture", "--target", target, "--listen", "127.0.0.1:0", "--out",
                                 self.out(out), "--auto-shutdown", "300", *more], **how)
        capture.await_ready()
        return capture

    def check_trace(self, name="trace.json", verbs=("fmt", "lint")):
        """The trace, which the program itself finds in order. A conversation that goes on with a
        session from before has no login, to which lint objects."""
        for verb in verbs:
            options = ["--check"] if verb == "fmt" else []
            code, out, err = self.run("trace", verb, *options, self.out(name))
            check(code == 0, f"trace {verb} ends with {code}: {out}{err}")
        with open(self.out(name), encoding="utf-8") as file:
            return json.load(file)


@contextlib.contextmanager
def watched(folder):
    """All that ever stood in a file of the folder, as far as somebody who keeps looking can see."""
    seen = set()
    stop = threading.Event()

    def look():
        while True:
            last = stop.is_set()
            for name in os.listdir(folder):
                with contextlib.suppress(OSError), open(os.path.join(folder, name), "rb") as file:
                    seen.add(name.encode() + b"\n" + file.read())
            if last:
                return
            time.sleep(0.0005)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        stop.set()
        watcher.join()


def forms(secret):
    """What a secret looks like in the places where secrets are found again."""
    text = secret.encode()
    percent = "".join(f"%{byte:02x}" for byte in text)
    return {text, text.swapcase(), text.hex().encode(), text.hex().upper().encode(),
            percent.encode(), percent.upper().encode()}


def check_absent(named_secrets, blobs, where):
    for name, secret in named_secrets:
        for blob in blobs:
            for form in forms(secret):
                check(form not in blob, f"{name} stands in {where}")


def main(cases):
    """Runs the functions, each in a folder of its own, prints a line for each, and ends."""
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} PATH_OF_STOKLAB")
    failures = 0
    for case in cases:
        try:
            with Work(sys.argv[1]) as work:
                case(work)
            print(f"ok {case.__doc__}", flush=True)
        except (Failed, OSError, ValueError, KeyError, subprocess.SubprocessError) as error:
            failures += 1
            print(f"FAILED {case.__doc__}: {type(error).__name__}: {error}", flush=True)
    sys.exit(1 if failures else 0)
