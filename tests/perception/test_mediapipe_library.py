import subprocess
import sys

import pytest

from facescale.perception.mediapipe_library import open_landmarker
from tests.perception.landmarker_asset import needs_landmarker

WATCHED = """
import os, socket, sys, threading, time
asked = []
server = socket.create_server(("127.0.0.1", 0))
def serve():
    while True:
        connection, _ = server.accept()
        asked.append(connection.recv(200))
        connection.close()
threading.Thread(target=serve, daemon=True).start()
os.environ["https_proxy"] = f"http://127.0.0.1:{server.getsockname()[1]}"
from facescale.perception import mediapipe_library as library
from tests.perception.landmarker_asset import astronaut, model_path
if sys.argv[1] == "as shipped":
    library.silence_reports = lambda: 0
bare = library.open_landmarker(model_path(), faces=1, detection=0.5, presence=0.5)
assert len(library.faces_in(bare, astronaut())) == 1
library.close_landmarker(bare)
time.sleep(1)
print(b" ".join(asked).decode())
"""


@needs_landmarker
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere reports cannot be switched off")
@pytest.mark.parametrize(
    ("how", "calls"), [pytest.param("as shipped", True, marks=pytest.mark.slow), ("silenced", False)]
)
def test_the_library_reports_to_its_maker_unless_silenced(how, calls):
    done = subprocess.run([sys.executable, "-c", WATCHED, how], check=True, capture_output=True, text=True)
    assert ("CONNECT play.googleapis.com" in done.stdout) == calls
    assert done.stderr == ""


@pytest.mark.parametrize("content", [b"", b"no model", b"PK\x05\x06" + bytes(18)])
def test_another_file_is_refused_with_what_the_library_said(tmp_path, content, capfd):
    path = tmp_path / "face_landmarker.task"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"expected a face landmarker in .*got: "):
        open_landmarker(path, faces=1, detection=0.5, presence=0.5)
    assert capfd.readouterr().err == ""


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ValueError, match="found no file"):
        open_landmarker(tmp_path / "none.task", faces=1, detection=0.5, presence=0.5)
