"""What a schema cannot see, a file for each subject."""

from collections.abc import Callable, Iterator

from infra.validate.documents import Finding
from infra.validate.rules.cluster import CLUSTER_RULES
from infra.validate.rules.dockerfiles import DOCKERFILE_RULES
from infra.validate.rules.jobs import JOB_RULES
from infra.validate.rules.network import NETWORK_RULES
from infra.validate.rules.pods import POD_RULES
from infra.validate.rules.references import REFERENCE_RULES
from infra.validate.rules.scripts import SCRIPT_RULES
from infra.validate.rules.security import SECURITY_RULES
from infra.validate.rules.versions import VERSION_RULES
from infra.validate.tree import Tree

RULES: tuple[Callable[[Tree], Iterator[Finding]], ...] = (
    *CLUSTER_RULES,
    *POD_RULES,
    *SECURITY_RULES,
    *NETWORK_RULES,
    *JOB_RULES,
    *REFERENCE_RULES,
    *VERSION_RULES,
    *DOCKERFILE_RULES,
    *SCRIPT_RULES,
)
