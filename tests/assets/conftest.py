import hashlib
import http.server
import threading
from dataclasses import dataclass, field

import pytest

from facescale.assets.registry import Asset, AssetFile


@dataclass
class FileServer:
    """What a local server serves, what it was asked for, and how it misbehaves."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    ranges: bool = True
    break_off_at: int | None = None
    """Bytes after which the next answer ends early."""


@pytest.fixture
def server():
    state = FileServer()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            wanted = self.headers.get("Range")
            state.requests.append((self.path, wanted))
            data = state.files.get(self.path)
            if data is None:
                self.send_error(404)
                return
            start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and state.ranges else 0
            body = data[start:]
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if state.break_off_at is not None:
                body, state.break_off_at = body[: state.break_off_at], None
                self.close_connection = True
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        state.address = f"http://127.0.0.1:{httpd.server_port}"
        yield state
        httpd.shutdown()
        thread.join()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("FACESCALE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("FACESCALE_ASSETS", raising=False)
    return tmp_path / "cache" / "assets"


@pytest.fixture
def make_asset(server):
    """Make an asset of some files, served by the local server."""

    def make(contents: dict[str, bytes], *, main: str = "model", address: str | None = None) -> Asset:
        server.files.update({f"/{path}": data for path, data in contents.items()})
        files = tuple(
            AssetFile(
                path=path,
                size=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
                url=f"{server.address if address is None else address}/{path}" if address != "" else "",
            )
            for path, data in contents.items()
        )
        return Asset(
            name="toy",
            title="a toy",
            licence="none",
            licence_url="",
            source="",
            folder="toys",
            main=main,
            files=files,
        )

    return make
