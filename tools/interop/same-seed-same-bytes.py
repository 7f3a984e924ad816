#!/usr/bin/env python3
"""`stoklab emulate --seed N`: two runs that are asked the same answer with the same bytes, heads
included; another seed makes other tokens and nonces. What differs by nature is the padding of a
login, which is the client's."""

import json
import os

from camera_wire import Camera, Connection, check, request
from capture_harness import main

SECTIONS = [{"image": {"name": ["switch", "common"]}}, {"system": {"name": "basic_info"}},
            {"system": {"name": "clock_status"}}, {"device_info": {"name": "basic_info"}},
            {"led": {"name": "config"}}, {"no_such_module": {"name": "x"}}]


def raw_answer(camera, data):
    """All bytes up to the end of the connection; nothing is interpreted."""
    with Connection(camera) as connection:
        connection.send(data)
        return connection.stream.read()


def ask(camera, path, body):
    text = body if isinstance(body, str) else json.dumps(body)
    return raw_answer(camera, request(path, text, "Connection: close"))


def conversation(work, *options):
    """What a fresh emulator answers to the same requests: bytes, and the path of the session."""
    emulator = work.emulator(*options)
    camera = Camera(emulator.ready["url"])
    challenge = {"method": "do", "user_management": {"get_encrypt_info": None}}
    answers = [ask(camera, "/", challenge)]
    path = camera.login()
    answers.append(path.encode())
    for section in SECTIONS:
        answers.append(ask(camera, path, {"method": "get", **section}))
    change = {"image": {"switch": {"flicker": "60hz"}}}
    answers.append(ask(camera, path, {"method": "set", **change}))
    answers.append(ask(camera, path, {"method": "get", **SECTIONS[0]}))
    answers.append(ask(camera, path, {"method": "do", "system": {"get_user_id": None}}))
    answers.append(ask(camera, path, "no JSON"))
    wrong = camera.login_body("d3Jvbmc=")
    answers += [ask(camera, "/", wrong) for _ in range(3)]
    answers.append(camera.login().encode())
    answers.append(ask(camera, "/stok=nobody/ds", {"method": "get", **SECTIONS[0]}))
    check(emulator.end() == 0, "the emulator does not end well")
    return answers


def same_seed(work):
    """the same seed and the same requests give the same bytes"""
    os.environ["STOKLAB_PASSWORD"] = work.password
    first = conversation(work, "--seed", "7")
    second = conversation(work, "--seed", "7")
    for number, (one, other) in enumerate(zip(first, second)):
        check(one == other, f"answer {number} differs: {one[-300:]!r} and {other[-300:]!r}")
    check(len(first) == len(second) > 10, f"{len(first)} and {len(second)} answers")
    check(any(b"2026-01-01" in answer for answer in first), "the clock is not where --seed puts it")


def other_seed(work):
    """another seed makes another token and another nonce"""
    os.environ["STOKLAB_PASSWORD"] = work.password
    first = conversation(work, "--seed", "7")
    second = conversation(work, "--seed", "8")
    for number in (0, 1):
        check(first[number] != second[number], f"answer {number} is the same: {first[number]!r}")


if __name__ == "__main__":
    main([same_seed, other_seed])
