#!/usr/bin/python3
"""Checks the Kubernetes example without a cluster: each object against the schema beside it, which
knows the fields that stand here and no others (a misspelt one is an error), and what no schema can
see: names that must meet, as many shards as pods, and a fleet manifest that the program takes.

usage: check-kubernetes.py PATH_OF_STOKLAB
"""

import json
import os
import re
import subprocess
import sys
import tempfile

import jsonschema
import yaml

FOLDER = os.path.join(os.path.dirname(os.path.realpath(__file__)), "kubernetes")


class Wrong(Exception):
    """Something would not work."""


def check(condition, what):
    if not condition:
        raise Wrong(what)


def read_objects():
    with open(os.path.join(FOLDER, "fleet.yaml"), encoding="utf-8") as file:
        objects = [each for each in yaml.safe_load_all(file) if each is not None]
    with open(os.path.join(FOLDER, "manifests.schema.json"), encoding="utf-8") as file:
        validator = jsonschema.Draft7Validator(json.load(file))
    for each in objects:
        error = jsonschema.exceptions.best_match(validator.iter_errors(each))
        kind = each.get("kind") if isinstance(each, dict) else each
        check(error is None,
              f"{kind}: {'.'.join(map(str, error.absolute_path)) if error else ''}: "
              f"{error.message if error else ''}")
    return {each["kind"]: each for each in objects}


def check_names(objects):
    """the objects name each other as they are called"""
    stateful, service, config = (objects[kind]
                                 for kind in ("StatefulSet", "Service", "ConfigMap"))
    spec = stateful["spec"]
    labels = spec["template"]["metadata"]["labels"]
    check(spec["serviceName"] == service["metadata"]["name"], "the service has another name")
    check(spec["selector"]["matchLabels"] == labels, "the set selects other pods than its own")
    check(service["spec"]["selector"] == labels, "the service selects other pods")
    pod = spec["template"]["spec"]
    (container,) = pod["containers"]
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    claims = {claim["metadata"]["name"] for claim in spec["volumeClaimTemplates"]}
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    check(mounted == volumes.keys() | claims, f"volumes {volumes.keys() | claims}, mounts {mounted}")
    configs = [volume["configMap"]["name"] for volume in volumes.values() if "configMap" in volume]
    check(configs == [config["metadata"]["name"]], "the volume is of another config map")
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    for probe in ("readinessProbe", "livenessProbe"):
        check(container[probe]["tcpSocket"]["port"] in ports, f"{probe} asks an unknown port")
    for port in service["spec"]["ports"]:
        check(ports.get(port["name"]) == port["port"], f"the service's {port} is no container's")


def command_of(objects):
    (container,) = objects["StatefulSet"]["spec"]["template"]["spec"]["containers"]
    check(container["command"] == ["/bin/sh", "-c"], "it is no shell that runs the arguments")
    return container["args"][0], {mount["name"]: mount["mountPath"]
                                  for mount in container["volumeMounts"]}


def check_shards(objects):
    """there are as many shards as pods"""
    command, _ = command_of(objects)
    shards = re.search(r'--shard "\$\(\( \$\{HOSTNAME##\*-\} \+ 1 \)\)/(\d+)"', command)
    check(shards, f"no shard in {command}")
    check(int(shards[1]) == objects["StatefulSet"]["spec"]["replicas"], "as many pods as shards")


def check_command(objects, program, state):
    """the program takes the command of every pod, and serves"""
    command, mounts = command_of(objects)
    for pod in range(objects["StatefulSet"]["spec"]["replicas"]):
        with tempfile.TemporaryDirectory() as folder:
            manifest = os.path.join(folder, "fleet.json")
            with open(manifest, "w", encoding="utf-8") as file:
                file.write(small(objects["ConfigMap"]["data"]["fleet.json"]))
            for secret in ("password", "control-token"):
                with open(os.path.join(folder, secret), "w", encoding="utf-8") as file:
                    file.write("only-a-test\n")
            line = command.replace(mounts["manifest"] + "/fleet.json", manifest)
            line = line.replace(mounts["secrets"], folder)
            # Nothing but loopback, and any free port, while it is tried out.
            line = line.replace("0.0.0.0", "127.0.0.1").replace("--control-port 8444",
                                                                "--control-port 0")
            line = line.replace("exec stoklab", 'exec "$STOKLAB"') + " --auto-shutdown 0"
            done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, timeout=120,
                                  check=False, text=True,
                                  env={**os.environ, "HOSTNAME": f"fleet-{pod}",
                                       "XDG_STATE_HOME": state,
                                       "STOKLAB": program})
            check(done.returncode == 0, f"pod {pod} ends with {done.returncode}: {done.stderr}")
            ready = json.loads(done.stdout.split("READY ", 1)[1].splitlines()[0])
            check(ready["cameras"] > 0, f"pod {pod} has no camera")


def small(text):
    """The manifest with a few cameras of each kind, on any free ports."""
    manifest = json.loads(text)
    for cameras in manifest["cameras"]:
        cameras.update(count=8, port=0)
    return json.dumps(manifest)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        objects = read_objects()
        check_names(objects)
        check_shards(objects)
        with tempfile.TemporaryDirectory() as state:
            check_command(objects, os.path.realpath(sys.argv[1]), state)
    except (Wrong, KeyError, ValueError, yaml.YAMLError) as error:
        sys.exit(f"kubernetes/fleet.yaml: {type(error).__name__}: {error}")
    print("ok: kubernetes/fleet.yaml")


if __name__ == "__main__":
    main()
