"""The command line: picks a configuration and calls its pipeline. Holds no defaults and no logic of its own.

Modules are imported when a command is chosen, so that `facescale status` answers without loading torch.
"""

import importlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Command:
    """A configuration that the flags fill, and the function that takes it and returns an exit status."""

    module: str
    config: str
    function: str
    summary: str


COMMANDS: dict[str, Command] = {
    "demo": Command(
        module="facescale.pipelines.demo",
        config="DemoConfig",
        function="demo",
        summary="rehearse a small corpus, register it on a local Ray, write a report",
    ),
    "corpus layouts": Command(
        module="facescale.pipelines.corpus_list",
        config="LayoutsConfig",
        function="list_layouts",
        summary="the corpus layouts that can be read, and the options of each",
    ),
    "corpus index": Command(
        module="facescale.pipelines.corpus",
        config="IndexConfig",
        function="index",
        summary="list the items of a corpus",
    ),
    "corpus check": Command(
        module="facescale.pipelines.corpus",
        config="CheckConfig",
        function="check",
        summary="read every item and say what is missing or looks wrong",
    ),
    "corpus show": Command(
        module="facescale.pipelines.corpus",
        config="ShowConfig",
        function="show",
        summary="write a contact sheet",
    ),
    "corpus rehearse": Command(
        module="facescale.pipelines.rehearse",
        config="RehearseConfig",
        function="rehearse",
        summary="make a synthetic corpus in a real layout, with its ground truth apart",
    ),
    "assets list": Command(
        module="facescale.pipelines.assets",
        config="ListConfig",
        function="list_assets",
        summary="what can be fetched, under which licence, and what is here",
    ),
    "assets fetch": Command(
        module="facescale.pipelines.assets",
        config="FetchConfig",
        function="fetch",
        summary="download an asset and check its sha256",
    ),
    "assets verify": Command(
        module="facescale.pipelines.assets",
        config="VerifyConfig",
        function="verify",
        summary="check the sha256 of assets on this machine",
    ),
    "assets path": Command(
        module="facescale.pipelines.assets",
        config="PathConfig",
        function="path",
        summary="print where an asset lies",
    ),
    "heads list": Command(
        module="facescale.pipelines.heads",
        config="ListConfig",
        function="list_heads",
        summary="head models that are ready, and formats that can be imported",
    ),
    "heads show": Command(
        module="facescale.pipelines.heads",
        config="ShowConfig",
        function="show",
        summary="the card, coefficients, landmarks and regions of a head model",
    ),
    "heads import": Command(
        module="facescale.pipelines.heads",
        config="ImportConfig",
        function="import_head",
        summary="convert a model's own files into one safe npz",
    ),
    "heads stand-in": Command(
        module="facescale.pipelines.heads",
        config="StandInConfig",
        function="stand_in",
        summary="write a made-up model in the files of a gated one, for rehearsals",
    ),
    "heads subdivide": Command(
        module="facescale.pipelines.heads_subdivide",
        config="SubdivideConfig",
        function="subdivide",
        summary="write a finer head with all its shapes",
    ),
    "heads convert": Command(
        module="facescale.pipelines.heads_convert",
        config="ConvertConfig",
        function="convert_meshes",
        summary="meshes of one head model in the topology of another",
    ),
    "register": Command(
        module="facescale.pipelines.register",
        config="RegisterConfig",
        function="register",
        summary="fit a head model to every scan of a corpus",
    ),
    "reconstruct": Command(
        module="facescale.pipelines.reconstruct",
        config="ReconstructConfig",
        function="reconstruct",
        summary="fit a head model to the photographs or videos of every subject",
    ),
    "rig": Command(
        module="facescale.pipelines.rig",
        config="RigConfig",
        function="rig",
        summary="make every registered subject a head with ARKit blendshapes of its own",
    ),
    "sweep registration": Command(
        module="facescale.pipelines.sweep_registration",
        config="SweepConfig",
        function="sweep_registration",
        summary="register corpora with heads and presets, every one with every other, and compare them",
    ),
    "sweep asm-registration": Command(
        module="facescale.pipelines.sweep_asm_registration",
        config="AsmSweepConfig",
        function="sweep_asm_registration",
        summary="repeat the registration experiment of the ASM paper with the corpora and heads that are there",
    ),
    "status": Command(
        module="facescale.pipelines.operate",
        config="StatusConfig",
        function="status",
        summary="how a running or dead job stands, from its storage alone",
    ),
    "retry": Command(
        module="facescale.pipelines.operate",
        config="RetryConfig",
        function="retry",
        summary="reopen rejected, quarantined or exhausted items of one reason",
    ),
    "gc": Command(
        module="facescale.pipelines.operate",
        config="GcConfig",
        function="gc",
        summary="find, and with --delete remove, what lost workers left behind",
    ),
    "forget": Command(
        module="facescale.pipelines.operate",
        config="ForgetConfig",
        function="forget",
        summary="delete everything of a subject from a folder of results, and prove it",
    ),
    "report": Command(
        module="facescale.pipelines.operate",
        config="ReportConfig",
        function="report",
        summary="write report.html anew from the results of a run",
    ),
    "export": Command(
        module="facescale.pipelines.export",
        config="ExportConfig",
        function="export",
        summary="write results as GLB, PLY, OBJ or npz for other programs",
    ),
    "review": Command(
        module="facescale.pipelines.review",
        config="ReviewConfig",
        function="review",
        summary="look at results, the worst first, and keep what people accept and reject",
    ),
    "diff": Command(
        module="facescale.pipelines.diff",
        config="DiffConfig",
        function="diff",
        summary="say what a change of method did to every item of two results",
    ),
}

BAD_CONFIG = 2
INTERRUPTED = 130


def usage() -> str:
    """The list of commands, for people."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {command.summary}" for name, command in COMMANDS.items()]
    return "\n".join(
        [
            "usage: facescale COMMAND [--flags]",
            "",
            *lines,
            "",
            "facescale COMMAND --help explains the flags of one command.",
        ]
    )


def choose(arguments: Sequence[str]) -> tuple[str, list[str]] | None:
    """Split a command line into the command's name and its flags; None where no command is named."""
    for words in (2, 1):
        name = " ".join(arguments[:words])
        if len(arguments) >= words and name in COMMANDS:
            return name, list(arguments[words:])
    return None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        Its exit status; 2 for a command line or configuration that cannot be used.
    """
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if not arguments or arguments[0] in {"-h", "--help"}:
        print(usage())
        return 0
    if arguments[0] == "--version":
        from facescale import __version__

        print(f"facescale {__version__}")
        return 0
    chosen = choose(arguments)
    if chosen is None:
        group = [name for name in COMMANDS if name.startswith(arguments[0] + " ")]
        expected = ", ".join(group or COMMANDS)
        print(f"expected one of: {expected}; got: {' '.join(arguments[:2])}", file=sys.stderr)
        return BAD_CONFIG
    name, flags = chosen
    return run(name, flags)


def run(name: str, flags: Sequence[str]) -> int:
    """Parse the flags of a command and call its pipeline."""
    import tyro

    command = COMMANDS[name]
    module = importlib.import_module(command.module)
    try:
        config = tyro.cli(
            getattr(module, command.config),
            args=list(flags),
            prog=f"facescale {name}",
            description=f"{command.summary[0].upper()}{command.summary[1:]}.",
        )
        return int(getattr(module, command.function)(config))
    except ValueError as error:
        print(f"facescale {name}: {error}", file=sys.stderr)
        return BAD_CONFIG
    except KeyboardInterrupt:
        print(f"facescale {name}: interrupted", file=sys.stderr)
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
