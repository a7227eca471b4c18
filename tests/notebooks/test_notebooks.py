"""Every notebook runs from its first cell to its last on a tiny corpus, in a kernel of its own."""

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
TINY: Mapping[str, str] = {
    "quickstart": "SUBJECTS, WORKERS = 2, 1",
    "registration_comparison": "SUBJECTS, WORKERS, POINTS = 3, 1, 500",
    "reading_results": "SUBJECTS, WORKERS = 2, 1",
}
"""What stands after a notebook's own parameters."""
MINUTES = 4


def test_no_notebook_is_left_out() -> None:
    assert {path.stem for path in NOTEBOOKS.glob("*.ipynb")} == set(TINY)


@pytest.mark.parametrize("name", TINY)
def test_notebooks_are_committed_without_outputs_and_import_pipelines_only(name: str) -> None:
    imported: set[str] = set()
    for cell in code_cells(read(name)):
        assert not cell.outputs
        assert cell.execution_count is None
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.ImportFrom):
                imported.add(str(node.module))
            elif isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
    ours = {module for module in imported if module.partition(".")[0] == "facescale"}
    assert ours
    assert all(module.startswith("facescale.pipelines.") for module in ours), ours


@pytest.mark.slow
@pytest.mark.timeout(60 * MINUTES)
@pytest.mark.parametrize("name", TINY)
def test_a_notebook_runs_to_its_end_on_a_tiny_corpus(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    book = read(name)
    place = next(k for k, cell in enumerate(book.cells) if "parameters" in cell.metadata.get("tags", ()))
    book.cells.insert(place + 1, nbformat.v4.new_code_cell(TINY[name]))

    client = NotebookClient(book, timeout=60 * MINUTES, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()

    outputs = [output for cell in code_cells(book) for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    kinds = {kind for output in outputs for kind in output.get("data", ())}
    assert "text/html" in kinds  # tables
    assert kinds & {"image/png", "image/webp"}  # pictures
    if name == "quickstart":
        shown = "".join(str(output.data.get("text/html", "")) for output in outputs if "data" in output)
        assert "three" in shown.lower()  # a head to turn
        assert "report.html" in shown


def read(name: str) -> Any:
    """A notebook as it is committed."""
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)  # pyright: ignore[reportUnknownMemberType]


def code_cells(book: Any) -> list[Any]:
    """Those that run."""
    return [cell for cell in book.cells if cell.cell_type == "code"]
