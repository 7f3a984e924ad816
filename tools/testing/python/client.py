"""The client that the tests beside this file are about; yours stands here. It logs in when it has
to, and once more when its session has ended."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../interop"))
from camera_wire import Camera, request  # noqa: E402  (the protocol, in the standard library)

EXPIRED, BUSY, LOCKED = -40401, -40109, -40404


class CameraError(Exception):
    def __init__(self, code):
        super().__init__(f"the camera answers {code}")
        self.code = code


class Client:
    def __init__(self, url, password):
        os.environ["STOKLAB_PASSWORD"] = password
        self.camera, self.path, self.logins = Camera(url), None, 0

    def login(self):
        self.logins += 1
        body = self.camera.login_body(self.camera.prepare(self.camera.challenge()))
        answer = self.camera.exchange(request("/", body)).json()
        if "stok" not in answer:
            raise CameraError(answer["data"]["code"])
        self.path = f"/stok={answer['stok']}/ds"

    def ask(self, command, tries=2):
        if self.path is None:
            self.login()
        answer = self.camera.exchange(request(self.path, json.dumps(command))).json()
        code = answer["error_code"]
        if code == 0:
            return answer
        if tries == 0 or code not in (EXPIRED, BUSY):
            raise CameraError(code)
        if code == EXPIRED:
            self.path = None
        return self.ask(command, tries - 1)

    def flicker(self):
        return self.ask({"method": "get", "image": {"name": "switch"}})["image"]["switch"]["flicker"]

    def set_flicker(self, value):
        self.ask({"method": "set", "image": {"switch": {"flicker": value}}})
