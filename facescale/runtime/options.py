"""What the user may choose about how a run is carried out. None of it changes a result or enters a key."""

from dataclasses import dataclass
from typing import Literal

Engine = Literal["ray", "local"]


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """How a run is carried out."""

    engine: Engine = "ray"
    """ray: actors of Ray Data, on this machine or a cluster. local: threads of this process, no Ray."""
    workers: int = 0
    """Workers, each with a child process of its own; 0 takes as many as the machine or cluster holds."""
    address: str = ""
    """Ray cluster to join; empty takes RAY_ADDRESS, and without that starts Ray on this machine."""
    deadline_s: float = 300.0
    """Longest silence of a worker, in seconds, before it is killed: longer than the slowest batch takes."""
    setup_deadline_s: float = 600.0
    """Seconds that a worker may take to start, load models and compile kernels."""
    recycle_shards: int = 0
    """Shards after which a worker's child process is replaced, against what libraries leak; 0 is never."""
    grace_s: float = 20.0
    """Seconds that an interrupted run waits for what is being computed; a second signal ends it at once."""
    max_failed: float = 0.05
    """Exit with 1 when more than this share of all items is failed, quarantined or pending."""
    takeover: bool = False
    """Take OUT from another run at once; without it, a silent run's folder is free after 60 s."""

    def __post_init__(self) -> None:
        if self.engine not in {"ray", "local"}:
            raise ValueError(f"expected engine 'ray' or 'local', got {self.engine!r}")
        if self.workers < 0:
            raise ValueError(f"expected workers >= 0, got {self.workers}")
        if self.recycle_shards < 0:
            raise ValueError(f"expected recycle_shards >= 0, got {self.recycle_shards}")
        if not self.grace_s >= 0:
            raise ValueError(f"expected grace_s >= 0, got {self.grace_s}")
        if self.address and self.engine == "local":
            raise ValueError(f"expected no address with engine 'local', got {self.address!r}")
        for name in ("deadline_s", "setup_deadline_s"):
            if not getattr(self, name) > 0:
                raise ValueError(f"expected {name} > 0, got {getattr(self, name)}")
        if not 0 <= self.max_failed <= 1:
            raise ValueError(f"expected max_failed between 0 and 1, got {self.max_failed}")
