"""What a run would do, without doing it: reads OUT, writes nothing and takes no lease."""

import pyarrow as pa

from facescale.runtime.local_engine import cores
from facescale.runtime.manifest import load_manifest, merge_manifest
from facescale.runtime.options import RunOptions
from facescale.runtime.outcomes import OutcomeLedger
from facescale.runtime.plan import Plan, Selection, make_plan, measured_seconds_per_cost
from facescale.runtime.results import ResultsView
from facescale.runtime.storage import Storage


def dry_run(
    manifest: pa.Table, out: str, options: RunOptions | None = None, *, selection: Selection | None = None
) -> Plan:
    """Plan a run as `run` would, and stop there.

    Args:
        manifest: from `build_manifest`.
        out: a folder or s3://bucket/prefix, which need not exist yet.
        options: of the run; without workers, one a core of this machine is assumed.
        selection: which part of the manifest; all unless told.

    Raises:
        ValueError: a selection that matches nothing known, or an OUT whose manifest cannot be read.
        StorageUnavailable: OUT cannot be read.
    """
    options = options or RunOptions()
    storage = Storage.open(out)
    merged, _ = merge_manifest(load_manifest(storage), manifest)
    ledger = OutcomeLedger(storage)
    measured = measured_seconds_per_cost(merged, ResultsView(ledger).refresh(merged))
    return make_plan(
        merged,
        final=ledger.final_keys(),
        failed_runs={key: record.runs for key, record in ledger.failures().items()},
        selection=selection,
        workers=options.workers or cores(),
        seconds_per_cost=measured,
    )
