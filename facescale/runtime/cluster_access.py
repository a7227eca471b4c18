"""Whether a Ray cluster may be joined: one that others can reach needs a token, or anybody runs code on it.

Pure but for one look for a file; knows nothing of Ray beyond the names of its variables.
"""

import ipaddress
from collections.abc import Mapping
from pathlib import Path

_VARIABLE = "RAY_AUTH_TOKEN"
_FILE_VARIABLE = "RAY_AUTH_TOKEN_PATH"
_HERE = frozenset({"", "auto", "local", "localhost"})


def refuse_open_cluster(address: str, environment: Mapping[str, str], *, home: Path) -> None:
    """Refuse to join a cluster on other machines without a token.

    Args:
        address: of the cluster, as Ray takes it.
        environment: of this process.
        home: where Ray keeps a user's token.

    Raises:
        ValueError: it is not on this machine's loopback, and there is no token to show.
    """
    if _is_loopback(address):
        return
    if environment.get("RAY_AUTH_MODE", "token") != "token":
        raise ValueError(
            f"expected RAY_AUTH_MODE=token for the cluster at {address}, got {environment['RAY_AUTH_MODE']!r}: "
            "whoever reaches a Ray without a token runs code on it"
        )
    path = environment.get(_FILE_VARIABLE)
    if (
        environment.get(_VARIABLE)
        or (path and Path(path).is_file())
        or (home / ".ray" / "auth_token").is_file()
    ):
        return
    raise ValueError(
        f"expected a token for the cluster at {address} in {_VARIABLE} or {_FILE_VARIABLE}, found none: "
        "start the cluster with RAY_AUTH_MODE=token and give this process its token"
    )


def _is_loopback(address: str) -> bool:
    host = address.partition("://")[2] or address
    host = host.partition("/")[0]
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    if host in _HERE:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
