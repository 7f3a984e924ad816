"""What the fixture is good for, with a client of thirty lines."""

import pytest

from client import LOCKED, CameraError, Client
from stoklab_testing import Refused, Stoklab

HALF_AN_HOUR = 1800  # seconds: a session's life without use, and a lock's


@pytest.fixture(name="client")
def a_client(stoklab):
    return Client(stoklab.url, stoklab.password)


def test_logs_in_again_when_its_session_has_ended(stoklab, client):
    assert client.flicker() == "50hz"
    stoklab.advance(HALF_AN_HOUR + 1)
    assert client.flicker() == "50hz"
    assert client.logins == 2
    stoklab.verify({"kind": "login", "error_code": 0, "count": 2},
                   {"method": "get", "module": "image", "error_code": -40401, "count": 1})


def test_is_locked_out_and_comes_back(stoklab, client):
    stoklab.control("POST", "/lockout", {"kind": "timed", "seconds": HALF_AN_HOUR})
    with pytest.raises(CameraError) as refused:
        client.login()
    assert refused.value.code == LOCKED
    stoklab.advance(HALF_AN_HOUR - 1)
    assert stoklab.control("GET", "/lockout")["seconds_left"] == 1
    stoklab.advance(1)
    client.login()


def test_tries_again_when_the_camera_is_busy(stoklab, client):
    stoklab.fault({"code": -40109}, name="busy", when={"method": "set", "module": "image"}, times=2)
    client.set_flicker("60hz")
    assert client.flicker() == "60hz"
    (fault,) = stoklab.control("GET", "/faults")["faults"]
    assert (fault["name"], fault["used"], fault["left"]) == ("busy", 2, 0)


def test_says_what_the_client_did_instead(stoklab, client):
    client.set_flicker("60hz")
    stoklab.verify({"method": "set", "section": "switch", "field": "flicker", "value": "60hz"})
    with pytest.raises(Refused) as difference:
        stoklab.verify({"method": "set", "field": "flicker", "value": "auto"})
    assert difference.value.status == 409
    assert "auto" in str(difference.value) and "60hz" in str(difference.value)


def test_gives_each_test_a_camera_as_new(client):
    assert client.flicker() == "50hz"


def test_names_a_program_that_is_not_there(monkeypatch):
    monkeypatch.delenv("STOKLAB", raising=False)
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(FileNotFoundError, match="set STOKLAB"):
        Stoklab()


def test_says_when_the_program_does_not_start():
    with pytest.raises(RuntimeError, match="exit code 2"):
        Stoklab("--profile", "no-such-profile")
