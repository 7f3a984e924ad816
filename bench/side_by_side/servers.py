"""What is compared, as processes on this machine: started on core 0, ended when done."""

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.realpath(os.path.join(HERE, "../.."))
SERVER_CORE, LOAD_CORE = 0, 1
READY_SECONDS = 30
GET = '{"method":"get","image":{"name":"switch"}}'


@contextlib.contextmanager
def on_core(core):
    """What is started meanwhile stays there. (taskset would be a program of its own to start, and
    be measured with the start of the other.)"""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


SPIN = """
import os, time
os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
end = time.monotonic() + 600
while time.monotonic() < end:
    pass
"""


@contextlib.contextmanager
def awake(*cores):
    """Keeps cores busy with work that gives way to all other."""
    spinners = []
    for core in cores:
        with on_core(core):
            spinners.append(subprocess.Popen([sys.executable, "-c", SPIN]))
    try:
        yield
    finally:
        for spinner in spinners:
            spinner.kill()
            spinner.wait()


def prepare():
    """Installs what is missing, builds, and says where the programs are."""
    packages = []
    if not shutil.which("nginx") and not os.path.exists("/usr/sbin/nginx"):
        packages.append("nginx-light")
    if not os.path.exists("/usr/include/x86_64-linux-gnu/curl/curl.h"):
        packages.append("libcurl4-openssl-dev")
    if packages:
        print("installing:", *packages, file=sys.stderr)
        as_root = [] if os.geteuid() == 0 else ["sudo"]
        subprocess.run([*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install",
                        "--yes", "-q", "--no-install-recommends", *packages], check=True,
                       stdout=subprocess.DEVNULL)
    subprocess.run([os.path.join(ROOT, "tools/setup")], check=True)
    for command in (["cmake", "--preset", "release"],
                    ["cmake", "--build", "--preset", "release", "--target", "stoklab", "bench",
                     "bench_counts"]):
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    folder = os.path.join(ROOT, "build/release/bin")
    return {name: os.path.join(folder, name)
            for name in ("stoklab", "bench_load", "bench_floor", "bench_client", "bench_counts")}


class Server:
    """A process, where it answers, and what its clients ask for."""

    def __init__(self, process, url, path=None):
        self.process, self.url, self.path = process, url, path
        self.pid = process.pid

    def load_options(self):
        return ["--url", self.url, "--pid", str(self.pid),
                *(["--path", self.path] if self.path else [])]

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Servers:
    """All that have been started, in a folder of their own."""

    def __init__(self, binaries):
        self.binaries = binaries
        self.folder = tempfile.mkdtemp(prefix="stoklab-bench-")
        self.environment = {**os.environ, "STOKLAB_PASSWORD": secrets.token_hex(8),
                            "XDG_STATE_HOME": self.path("state")}
        self.running = []
        self.answer = None  # what all of them say to a get
        self.certificate, self.key = self.path("cert.pem"), self.path("key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-subj", "/CN=bench", "-keyout", self.key, "-out", self.certificate],
                       check=True, capture_output=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def close(self):
        for server in self.running:
            server.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _add(self, process, url, path=None):
        self.running.append(Server(process, url, path))
        return self.running[-1]

    def emulator(self, *options, cached=False):
        """With the certificate of the others, or with the one that it made at its first start."""
        identity = [] if cached else ["--cert", self.certificate, "--key", self.key]
        with on_core(SERVER_CORE):
            process = subprocess.Popen(
                [self.binaries["stoklab"], "emulate", "--port", "0", *identity,
                 "--auto-shutdown", "3600", *options],
                stdout=subprocess.PIPE, text=True, env=self.environment)
        ready = json.loads(process.stdout.readline().partition("READY ")[2])
        return self._add(process, ready["url"])

    def learn_answer(self, server):
        """The emulator's answer to a get, byte for byte, for the others to give."""
        sys.path.insert(0, os.path.join(ROOT, "tools/interop"))
        os.environ["STOKLAB_PASSWORD"] = self.environment["STOKLAB_PASSWORD"]
        from camera_wire import Camera, request
        camera = Camera(server.url)
        self.answer = camera.exchange(request(camera.login(), GET)).body.decode("ascii")

    def floor(self):
        body, port = self.path("body.json"), self.path("floor.port")
        with open(body, "w", encoding="ascii") as file:
            file.write(self.answer)
        with on_core(SERVER_CORE):
            process = subprocess.Popen([self.binaries["bench_floor"], "--cert", self.certificate,
                                        "--key", self.key, "--body", body, "--port-file", port])
        self._await(lambda: os.path.exists(port) and os.path.getsize(port) > 0, process)
        with open(port, encoding="ascii") as file:
            return self._add(process, f"https://127.0.0.1:{file.read().split()[0]}")

    def nginx(self):
        """One worker, the same certificate, suite and answer, connections kept as long."""
        import socket
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        config = self.path("nginx.conf")
        with open(config, "w", encoding="ascii") as file:
            file.write(f"""
daemon off; master_process off; pid {self.path("nginx.pid")}; error_log stderr crit;
events {{ worker_connections 16384; }}
http {{
  access_log off; keepalive_timeout 180s; keepalive_requests 100000000; tcp_nodelay on;
  client_body_temp_path {self.path("body")}; proxy_temp_path {self.path("proxy")};
  fastcgi_temp_path {self.path("fastcgi")}; uwsgi_temp_path {self.path("uwsgi")};
  scgi_temp_path {self.path("scgi")};
  server {{
    listen 127.0.0.1:{port} ssl backlog=4096;
    ssl_certificate {self.certificate}; ssl_certificate_key {self.key};
    ssl_protocols TLSv1.2; ssl_ciphers AES256-GCM-SHA384:@SECLEVEL=0;
    ssl_session_cache shared:s:16m; ssl_session_tickets on;
    default_type application/json;
    location / {{ return 200 '{self.answer}'; }}
  }}
}}
""")
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        with on_core(SERVER_CORE):
            process = subprocess.Popen([program, "-c", config, "-p", self.folder])
        def answers():
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0
        self._await(answers, process)
        return self._add(process, f"https://127.0.0.1:{port}", "/stok=x/ds")

    @staticmethod
    def _await(condition, process):
        end = time.monotonic() + READY_SECONDS
        while not condition():
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{process.args[3]} does not serve")
            time.sleep(0.01)
