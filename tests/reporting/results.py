"""Results tables as a run would leave them, shared by the reporting tests."""

import pyarrow as pa

from facescale.structures import Status


def row(number, status="done", **changes):
    base = {
        "key": f"{number:064x}",
        "item": f"s{number:03}/neutral",
        "subject": f"s{number:03}",
        "status": status,
        "reason": "",
        "message": "",
        "hint": "",
        "attempt": f"items/s{number:03}/1" if status == "done" else "",
        "seconds": 0.5 + number / 100,
        "face_scan_to_mesh_mean_mm": 0.2 + number / 1000 if status == "done" else None,
        "mean_head_face_scan_to_mesh_mean_mm": 2.5 + number / 100 if status == "done" else None,
        "coverage": 0.9 if status == "done" else None,
    }
    return base | changes


def table(rows):
    return pa.Table.from_pylist(rows)


def summary(rows, **run):
    counts = {status.value: sum(r["status"] == status.value for r in rows) for status in Status}
    return {"total": len(rows), **counts, **({"this_run": run} if run else {})}
