"""An emulated camera for tests in Python: the program as a child process, and its control interface.
The standard library and nothing else. pytest takes it as a plugin (`-p stoklab_testing`), with the
fixture `stoklab`.

    def test_my_client(stoklab):
        client = MyClient(stoklab.url, password=stoklab.password)
        client.set_flicker("60hz")
        stoklab.verify({"method": "set", "module": "image", "value": "60hz", "count": 1})

The program is $STOKLAB, or `stoklab` on the PATH.
"""
import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request


class Refused(AssertionError):
    """The control interface says no, and why."""
    def __init__(self, call, status, answer):
        text = answer.get("text") or answer["error"]["message"]
        super().__init__(f"{call}: HTTP {status}: {text}")
        self.status = status


class Stoklab:
    """A running emulator; what its READY line says are attributes: url, control_url and more."""

    def __init__(self, *options, password="correct-horse", program=None, patience=30):
        program = program or os.environ.get("STOKLAB") or shutil.which("stoklab")
        if not program:
            raise FileNotFoundError("there is no stoklab on the PATH; set STOKLAB to the program")
        self.password, self._patience = password, patience
        command = [program, "emulate", "--port", "0", "--control-port", "0", *options]
        environment = {**os.environ, "STOKLAB_PASSWORD": password}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        ready = self.process.stdout.readline().partition("READY ")[2]
        if not ready:
            self.__exit__()
            raise RuntimeError(f"it ended with exit code {self.process.returncode}: {command}")
        self.facts = json.loads(ready)

    def __getattr__(self, name):
        if name != "facts" and name in self.facts:
            return self.facts[name]
        raise AttributeError(name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Ends the program, by force if it has to be."""
        self.process.terminate()
        try:
            self.process.communicate(timeout=self._patience)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def control(self, method, path, body=None):
        """A call of the control interface, which GET /openapi.json describes; raises Refused."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.control_url + path, data, method=method,
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=self._patience) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise Refused(f"{method} {path}", error.code, json.load(error)) from None

    def advance(self, seconds):
        """Sessions, nonces and locks run on the camera's clock."""
        return self.control("POST", "/clock", {"advance_ms": round(seconds * 1000)})

    def fault(self, do, **more):
        """fault({"code": -40109}, when={"method": "set"}, times=2)"""
        return self.control("POST", "/faults", {"do": do, **more})

    def verify(self, *expect, nothing_else=None):
        """Fails the test, with what was seen instead, unless clients have done what is expected."""
        more = {} if nothing_else is None else {"nothing_else": nothing_else}
        return self.control("POST", "/verify", {"expect": list(expect), **more})


try:
    import pytest
except ImportError:  # other frameworks make a Stoklab() themselves
    pass
else:
    @pytest.fixture(scope="session")
    def stoklab_process():
        with Stoklab() as running:
            yield running

    @pytest.fixture
    def stoklab(stoklab_process):
        """As new for each test: settings, sessions, locks, clock, faults, journal."""
        stoklab_process.control("POST", "/reset")
        return stoklab_process
