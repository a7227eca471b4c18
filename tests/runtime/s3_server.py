"""An S3 server in this process that can be told to fail: moto behind a layer that answers 503 or loses answers.

Take `s3_server` as a fixture (tests/runtime/conftest.py offers it). Child processes started by the test reach
the same server, since its address and credentials are environment variables.
"""

import itertools
import logging
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

Match = Callable[[str, str], bool]
"""(method, "bucket/key?query") -> whether a rule is about this request."""

_ERROR = (
    b'<?xml version="1.0"?><Error><Code>%s</Code><Message>told to fail</Message>'
    b"<RequestId>0</RequestId></Error>"
)
_STATUS = {
    "SlowDown": "503 Slow Down",
    "InternalError": "500 Internal Server Error",
    "PreconditionFailed": "412 Precondition Failed",
    "NotImplemented": "501 Not Implemented",
    "AccessDenied": "403 Forbidden",
    "ExpiredToken": "400 Bad Request",
    "InvalidAccessKeyId": "403 Forbidden",
}


def every(_method: str, _target: str) -> bool:
    """Match all requests."""
    return True


def puts_under(folder: str) -> Match:
    """Match the PUTs of objects below a folder such as "outcomes/"."""
    return lambda method, target: method == "PUT" and f"/{folder}" in target


def after(spared: int, match: Match) -> Match:
    """Match from the request on that follows `spared` matching ones, however slow the machine is."""
    seen = itertools.count()
    return lambda method, target: match(method, target) and next(seen) >= spared


@dataclass
class _Rule:
    code: str
    left: int
    match: Match
    probability: float
    perform_first: bool
    delay_s: float = 0.0


@dataclass
class FaultyS3:
    """The server; all methods may be called while requests are being served."""

    url: str = ""
    requests: "Counter[str]" = field(default_factory=Counter)
    """Requests that reached moto: "LIST", "GET", "PUT", "POST", "HEAD", "DELETE"."""
    injected: "Counter[str]" = field(default_factory=Counter)
    """Faults by error code; "lost" for performed requests whose answer was lost, "slow" for held up ones."""
    created: "Counter[str]" = field(default_factory=Counter)
    """Objects that a put-if-absent made, by address: more than one is what must never be."""
    _rules: list[_Rule] = field(default_factory=list)
    _lock: Any = field(default_factory=threading.RLock)
    _random: random.Random = field(default_factory=lambda: random.Random(0))

    def fail(
        self, times: int, code: str = "SlowDown", *, match: Match = every, probability: float = 1.0
    ) -> None:
        """Answer the next requests that match with an error, without performing them."""
        self._rules.append(_Rule(code, times, match, probability, perform_first=False))

    def lose_answers(self, times: int, *, match: Match = every, probability: float = 1.0) -> None:
        """Perform the next requests that match, then answer 500: the client cannot know."""
        self._rules.append(_Rule("InternalError", times, match, probability, perform_first=True))

    def delay(self, times: int, seconds: float, *, match: Match = every, probability: float = 1.0) -> None:
        """Answer the next requests that match only after a while, as a cold or throttled object does."""
        self._rules.append(_Rule("", times, match, probability, perform_first=False, delay_s=seconds))

    def heal(self) -> None:
        """Forget all rules."""
        self._rules.clear()

    def forget(self) -> None:
        """Start counting anew, without rules."""
        self.heal()
        self.requests.clear()
        self.injected.clear()
        self.created.clear()

    def wrap(self, application: Any) -> Any:
        """Put the faults before a WSGI application.

        One request at a time: moto checks If-None-Match and stores in two steps, S3 does it in one.
        """

        def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            method, target = environ["REQUEST_METHOD"], _target(environ)
            with self._lock:
                rule = self._rule(method, target)
            if rule is not None and rule.delay_s:
                self.injected["slow"] += 1
                time.sleep(rule.delay_s)
                rule = None
            with self._lock:
                return self._serve(application, environ, start_response, rule)

        return serve

    def _serve(
        self, application: Any, environ: dict[str, Any], start_response: Any, rule: _Rule | None
    ) -> Iterable[bytes]:
        method, target = environ["REQUEST_METHOD"], _target(environ)
        if rule is not None and not rule.perform_first:
            self.injected[rule.code] += 1
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            return _fail(rule.code, start_response)
        self.requests["LIST" if "list-type=2" in target else method] += 1
        creates = method == "PUT" and environ.get("HTTP_IF_NONE_MATCH") == "*"

        def answer(status: str, headers: Any, *more: Any) -> Any:
            if creates and status.startswith("200"):
                self.created[target.partition("?")[0].lstrip("/")] += 1
            return start_response(status, headers, *more) if rule is None else None

        body = list(application(environ, answer))
        if rule is None:
            return body
        self.injected["lost"] += 1
        return _fail(rule.code, start_response)

    def _rule(self, method: str, target: str) -> _Rule | None:
        for rule in self._rules:
            if rule.left > 0 and rule.match(method, target) and self._random.random() < rule.probability:
                rule.left -= 1
                return rule
        return None


def _target(environ: dict[str, Any]) -> str:
    return f"{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}"


def _fail(code: str, start_response: Any) -> list[bytes]:
    body = _ERROR % code.encode()
    start_response(_STATUS[code], [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
    return [body]


@contextmanager
def serving() -> Iterator[FaultyS3]:
    """Run one server in this process."""
    from moto.moto_server.werkzeug_app import (
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    faults = FaultyS3()
    application = faults.wrap(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=MotoRequestHandler)
    faults.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield faults
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def s3_process() -> Iterator[FaultyS3]:
    """Run one server for all tests of this process."""
    with serving() as faults:
        yield faults


def empty_bucket(server: FaultyS3) -> None:
    """Start anew with nothing but an empty bucket named "bucket", and without faults."""
    server.forget()
    moto_backend().reset()
    moto_backend().create_bucket("bucket", "us-east-1")


def environment_of(server: FaultyS3) -> dict[str, str]:
    """Return the variables that point a process at the server."""
    return {
        "AWS_ENDPOINT_URL": server.url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": "127.0.0.1",
    }


@pytest.fixture
def s3_server(s3_process: FaultyS3, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyS3]:
    """Serve an empty bucket named "bucket" and point the environment at it."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in environment_of(s3_process).items():
        monkeypatch.setenv(name, value)
    empty_bucket(s3_process)
    yield s3_process
    s3_process.heal()


def moto_backend() -> Any:
    """Return the store behind the server, for what would take a test too many requests."""
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.s3.models import s3_backends

    return s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
