"""`facescale sweep asm-registration`: the registration experiment of the ASM paper, with what is there of it.

Yang et al. 2023, supplement, section 3: BFM (199 + 79), FLAME (300 + 100 and two joints), FaceScape (300 +
51), CoMA (64 latents), MetaHuman and ASM, each fitted by Adam, 1e-3 x 300, to scans of LYHM (Headspace's) and
FaceScape. Here the tuned Adam and "fast" stand beside it, and the mean heads. Where neither corpus is there,
scans are rehearsed, of people outside the span of every head that is compared.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from facescale.corpora.files import join
from facescale.corpora.layout_options import options_of
from facescale.corpora.layouts import find_layout
from facescale.heads.library import find_head, imported_heads
from facescale.pipelines.rehearse import RehearseConfig, rehearse, truth_root
from facescale.pipelines.sweep_corpora import SweepCorpus
from facescale.pipelines.sweep_points import SweepSettings
from facescale.pipelines.sweep_registration import run_sweep

CORPORA: Mapping[str, str] = {"facescape": "facescape-tu", "headspace": "headspace"}
"""Folder below the root -> layout."""
ALWAYS = ("builtin", "ict", "asm-builtin", "asm-ict")
MODELS = ("bfm", "flame", "facescape", "gnm", "metahuman")
"""Beginnings of the names of imported heads that belong to the comparison."""
LATER = ("coma",)
REHEARSED_FROM = ("builtin", "ict")
SEED = 2023


@dataclass(frozen=True, kw_only=True)
class AsmSweepConfig(SweepSettings):
    """The registration experiment of the ASM paper."""

    root: str
    """Folder or s3:// prefix with the corpora, in the folders facescape and headspace; either may be absent."""
    rehearsed: int = 20
    """Scans of each kind that are made where neither corpus is there."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.rehearsed < 1:
            raise ValueError(f"expected at least one rehearsed scan, got {self.rehearsed}")


def sweep_asm_registration(config: AsmSweepConfig) -> int:
    """Run what is missing of the experiment and write its table; returns what `sweep_registration` does.

    Raises:
        ValueError: scans cannot be rehearsed into OUT, since it holds a rehearsal of other settings.
    """
    heads = heads_of_the_paper()
    corpora = tuple(_corpora(config.root))
    if not corpora:
        print(f"neither {' nor '.join(CORPORA)} is in {config.root}: rehearsing off-span scans instead")
        corpora = tuple(_rehearsals(config, [name for name in REHEARSED_FROM if name in heads]))
    return run_sweep(config, corpora, heads)


def heads_of_the_paper() -> tuple[str, ...]:
    """Heads of the comparison that are on this machine, stand-ins among them, and those of a later round."""
    imported = [name for name in sorted(imported_heads()) if name.startswith(MODELS)]
    later = [name for name in LATER if name not in imported_heads()]
    return (*(name for name in ALWAYS if _is_there(name)), *imported, *later)


def _is_there(name: str) -> bool:
    try:
        find_head(name)
    except FileNotFoundError as absent:
        print(f"without the head {name}: {absent}")
        return False
    return True


def _corpora(root: str) -> Iterator[SweepCorpus]:
    """The corpora that hold at least one item."""
    for folder, name in CORPORA.items():
        layout, where = find_layout(name), join(root, folder)
        try:
            some = list(islice(layout.index(where, options_of(layout.options, ())), 1))
        except (FileNotFoundError, NotADirectoryError, ValueError) as absent:
            print(f"without {folder}: {absent}")
            continue
        if some:
            yield SweepCorpus(name=folder, layout=name, root=where)


def _rehearsals(config: AsmSweepConfig, heads: list[str]) -> Iterator[SweepCorpus]:
    """Scans of off-span people drawn around each head: a rehearsal that is there already is left as it is."""
    for head in heads:
        out = join(config.out, f"rehearsal/{head}")
        rehearse(RehearseConfig(head=head, subjects=config.rehearsed, seed=SEED, out=out))
        yield SweepCorpus(name=f"off-span-{head}", layout="scans", root=out, truth=truth_root(out))
