#!/usr/bin/python3
"""Checks the examples for CI servers without a container or a server: that they are YAML of the
right shape, that their parts name each other rightly, and that every command line of stoklab in
them is one that the program takes.

usage: check-ci-examples.py PATH_OF_STOKLAB
"""

import copy
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile

import yaml

HERE = os.path.dirname(os.path.realpath(__file__))
PROGRAM = os.path.realpath(sys.argv[1]) if len(sys.argv) > 1 else ""


class Wrong(Exception):
    """Something would not work."""


def check(condition, what):
    if not condition:
        raise Wrong(what)


def read(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return yaml.safe_load(file)


def option(arguments, name):
    """The value of --name=VALUE or --name VALUE; None if it is not there."""
    for index, argument in enumerate(arguments):
        if argument.startswith(name + "="):
            return argument[len(name) + 1:]
        if argument == name:
            return arguments[index + 1]
    return None


def starts(arguments, folder):
    """The program serves with these options, ports and files replaced by some that there are."""
    stand_ins = {"--port": "0", "--control-port": "0", "--auto-shutdown": "20",
                 "--port-file": os.path.join(folder, "port"),
                 "--password-file": os.path.join(folder, "secret"),
                 "--control-token-file": os.path.join(folder, "secret"),
                 "--listen": "127.0.0.1", "--control-listen": "127.0.0.1"}
    with open(os.path.join(folder, "secret"), "w", encoding="ascii") as file:
        file.write("0123456789abcdef\n")
    command = [PROGRAM]
    skip = False
    for argument in arguments:
        name, _, value = argument.partition("=")
        if skip:
            skip = False
        elif name in stand_ins:
            command += [name, stand_ins[name]]
            skip = not value
        else:
            command.append(argument)
    environment = {**os.environ, "STOKLAB_PASSWORD": "correct-horse", "XDG_STATE_HOME": folder}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=environment) as process:
        line = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    check(line.startswith("READY "), f"{shlex.join(arguments)}: {errors.strip()}")
    return json.loads(line[len("READY "):])


def check_compose(compose, folder):
    camera, tests = compose["services"]["camera"], compose["services"]["tests"]
    arguments = camera["command"]
    check(arguments[0] == "emulate", f"the camera runs {arguments[0]}")
    ready = starts(arguments, folder)
    check("control_url" in ready, "there is no control interface")
    for each in ("--password-file", "--control-token-file"):
        secret = os.path.basename(option(arguments, each) or "")
        check(secret in camera["secrets"], f"{each} names {secret}, which is no secret of it")
    for service in (camera, tests):
        check(set(service["secrets"]) <= compose["secrets"].keys(), "a secret has no file")
    port, control = option(arguments, "--port"), option(arguments, "--control-port")
    check(camera["healthcheck"]["test"][:3] == ["CMD", "stoklab", "ready"], "no health check")
    check(camera["healthcheck"]["test"][-1].endswith(f":{port}"), "it is another port's health")
    called = re.findall(r"http://(\w+):(\d+)", " ".join(tests["command"]))
    check(called == [("camera", control)], f"the tests call {called}")
    check(tests["depends_on"]["camera"]["condition"] == "service_healthy", "the tests do not wait")
    built = os.path.normpath(os.path.join(HERE, "compose", camera["build"]["context"],
                                          camera["build"]["dockerfile"]))
    with open(built, encoding="utf-8") as file:
        lines = file.read()
    check('ENTRYPOINT ["stoklab"]' in lines, "the image does not run stoklab")
    check(re.search(r"^USER \d+$", lines, re.MULTILINE), "the image runs as root")


def needed_packages():
    """The Debian packages of the Poco libraries that the program is linked with, and no others."""
    linked = subprocess.run(["ldd", PROGRAM], capture_output=True, text=True, check=True).stdout
    return {f"libpoco{name.lower()}80" for name in re.findall(r"libPoco(\w+)\.so\.80", linked)}


def check_image(folder):
    del folder
    with open(os.path.join(HERE, "compose", "Dockerfile"), encoding="utf-8") as file:
        text = file.read()
    runtime = text[text.rindex("FROM "):]
    installed = set(re.findall(r"libpoco\w+80", runtime))
    reached, more = set(), installed
    while more:
        reached |= more
        depends = subprocess.run(["dpkg-query", "-W", "-f=${Depends}\n", *more],
                                 capture_output=True, text=True, check=True).stdout
        more = set(re.findall(r"libpoco\w+80", depends)) - reached
    check(needed_packages() <= reached, f"the image lacks {needed_packages() - reached}")


def check_workflow(workflow, folder):
    check(workflow.get(True) or workflow.get("on"), "nothing starts it")
    (job,) = workflow["jobs"].values()
    check(job["container"] == "debian:12", "it does not run on Debian 12")
    steps = job["steps"]
    check(all("uses" in step or "run" in step for step in steps), "a step does nothing")
    used = [step["uses"] for step in steps if "uses" in step]
    check(all(re.fullmatch(r"[\w.-]+/[\w.-]+@v\d+", each) for each in used), f"unpinned: {used}")
    text = "\n".join(step.get("run", "") for step in steps)
    lines = re.findall(r'^"\$STOKLAB" (emulate .*?) &$', text, re.MULTILINE)
    check(lines, "no camera is started")
    for line in lines:
        arguments = shlex.split(line)
        starts(arguments, folder)
        for port in re.findall(r"127\.0\.0\.1:(\d+)", text):
            check(port in (option(arguments, "--port"), option(arguments, "--control-port")),
                  f"port {port} is nobody's")
    for script in re.findall(r"(tools/[\w/-]+)", text):
        check(os.path.exists(os.path.join(HERE, "../..", script)), f"there is no {script}")
    check(job["env"]["STOKLAB"].endswith("/build/release/bin/stoklab"), "it is built elsewhere")


def check_that_mistakes_are_seen(compose, workflow, folder):
    """Each of these would not work, and has to be noticed."""
    def broken(change, document, checker):
        document = copy.deepcopy(document)
        change(document)
        try:
            checker(document, folder)
        except (Wrong, KeyError):
            return
        raise Wrong(f"a mistake passes: {change.__name__}")

    def misspelt_option(document):
        document["services"]["camera"]["command"][1] = "--lisen=0.0.0.0"

    def other_port(document):
        document["services"]["tests"]["command"] = ["curl http://camera:8445/camera"]

    def secret_without_file(document):
        del document["secrets"]["control-token"]

    def unknown_option(document):
        (job,) = document["jobs"].values()
        job["steps"][-1]["run"] = '"$STOKLAB" emulate --no-such-option 1 &\n'

    def no_camera(document):
        (job,) = document["jobs"].values()
        job["steps"].pop()

    for change in (misspelt_option, other_port, secret_without_file):
        broken(change, compose, check_compose)
    for change in (unknown_option, no_camera):
        broken(change, workflow, check_workflow)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    compose, workflow = read("compose/compose.yaml"), read("github/client-tests.yaml")
    with tempfile.TemporaryDirectory(prefix="stoklab-ci-") as folder:
        cases = {"the compose file": lambda: check_compose(compose, folder),
                 "the image": lambda: check_image(folder),
                 "the workflow": lambda: check_workflow(workflow, folder),
                 "mistakes": lambda: check_that_mistakes_are_seen(compose, workflow, folder)}
        failed = 0
        for name, case in cases.items():
            try:
                case()
                print(f"ok {name}")
            except (Wrong, OSError, KeyError, ValueError) as error:
                failed += 1
                print(f"FAILED {name}: {error}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
