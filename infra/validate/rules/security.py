"""Who may run code where, and what lies in the open. A Ray token is a right to run anything, by design."""

import re
from collections.abc import Iterator

from infra.validate.documents import Document, Finding, Place, dig
from infra.validate.tree import Tree, cluster_specs

_SECRET_NAME = re.compile(r"PASSWORD|SECRET|TOKEN|ACCESS_KEY|PRIVATE", re.IGNORECASE)
_SECRET_VALUE = re.compile(r"AKIA[0-9A-Z]{16}|-----BEGIN|://[^/\s:$]+:[^$@\s][^@\s]*@")


def token(tree: Tree) -> Iterator[Finding]:
    """KubeRay starts Ray open unless it is told otherwise."""
    for document in tree.documents + tree.rendered:
        for spec in cluster_specs(document):
            place = (*spec, "authOptions")
            if document.get(*place, "mode") != "token":
                found = document.get(*place, "mode")
                message = f"expected mode: token, since whoever reaches an open head runs code, found {found!r}"
                yield document.finding("token", place, message)
            if not document.get(*place, "secretName"):
                message = "expected the name of a Secret with the token, found none"
                yield document.finding("token", place, message)
            if document.get(*place, "enableK8sTokenAuth"):
                message = (
                    "expected enableK8sTokenAuth unset: RayJobs do not support it, and not beside secretName"
                )
                yield document.finding("token", (*place, "enableK8sTokenAuth"), message)


def no_secrets(tree: Tree) -> Iterator[Finding]:
    """A secret in a repository is a secret no more."""
    for document in tree.documents + tree.rendered:
        for place, value in _strings(document.data, ()):
            if _SECRET_VALUE.search(value):
                yield document.finding(
                    "secret", place, "expected a reference to a Secret, found what looks like one"
                )
    for pod in tree.pods():
        for place, container in pod.containers():
            for index, variable in enumerate(container.get("env") or []):
                if _SECRET_NAME.search(variable["name"]) and "value" in variable:
                    message = f"expected {variable['name']} from a Secret, found its value"
                    yield pod.document.finding("secret", (*place, "env", index), message)


def least_rights(tree: Tree) -> Iterator[Finding]:
    """No root, no way to become it, no right of the kernel's."""
    for pod in tree.pods():
        own = pod.spec.get("securityContext") or {}
        place = (*pod.place, "spec", "securityContext")
        if own.get("runAsNonRoot") is not True or not own.get("runAsUser"):
            message = "expected runAsNonRoot: true and a runAsUser other than 0, found another"
            yield pod.document.finding("non-root", place, message)
        if dig(own, "seccompProfile", "type") != "RuntimeDefault":
            yield pod.document.finding(
                "seccomp", place, "expected seccompProfile RuntimeDefault, found another"
            )
        for shared in ("hostNetwork", "hostPID", "hostIPC"):
            if pod.spec.get(shared):
                yield pod.document.finding(
                    "host", (*pod.place, "spec", shared), f"expected no {shared}, found it"
                )
        for where, container in pod.containers():
            yield from _container(
                pod.document, (*where, "securityContext"), container.get("securityContext") or {}
            )
            if container.get("securityContext", {}).get("runAsUser") == 0:
                yield pod.document.finding(
                    "non-root", (*where, "securityContext"), "expected no root, found user 0"
                )
    for document in tree.documents + tree.rendered:
        for spec in cluster_specs(document):
            where = (*spec, "autoscalerOptions", "securityContext")
            yield from _container(document, where, document.get(*where) or {})


def account_tokens(tree: Tree) -> Iterator[Finding]:
    """Only the autoscaler beside the head speaks to Kubernetes."""
    for pod in tree.pods():
        if pod.group != "head" and pod.spec.get("automountServiceAccountToken") is not False:
            place = (*pod.place, "spec", "automountServiceAccountToken")
            message = "expected false, since nothing in this pod speaks to Kubernetes, found another"
            yield pod.document.finding("account-token", place, message)


def mlflow_users(tree: Tree) -> Iterator[Finding]:
    """MLflow asks for a password, and keeps runs and users where they outlive a pod."""
    for pod in tree.pods():
        for place, container in pod.containers():
            if "/mlflow:" not in container["image"]:
                continue
            given = {variable["name"]: variable.get("value", "") for variable in container.get("env") or []}
            for name in ("MLFLOW_AUTH_ADMIN_PASSWORD", "MLFLOW_FLASK_SERVER_SECRET_KEY"):
                if name not in given:
                    yield pod.document.finding("mlflow", (*place, "env"), f"expected {name}, found none")
            for name in ("MLFLOW_BACKEND_STORE_URI", "MLFLOW_AUTH_DATABASE_URI"):
                if not given.get(name, "").startswith("postgresql://"):
                    message = f"expected {name} in PostgreSQL, found {given.get(name) or 'none'}"
                    yield pod.document.finding("mlflow", (*place, "env"), message)
            if not given.get("MLFLOW_ARTIFACTS_DESTINATION", "").startswith("s3://"):
                yield pod.document.finding(
                    "mlflow", (*place, "env"), "expected artefacts in s3://, found another place"
                )
            if "*" in given.get("MLFLOW_SERVER_ALLOWED_HOSTS", "*"):
                message = "expected MLFLOW_SERVER_ALLOWED_HOSTS to name hosts, found any or none"
                yield pod.document.finding("mlflow", (*place, "env"), message)
            if container.get("command") or container.get("args"):
                message = "expected the image's own command, which switches authentication on, found another"
                yield pod.document.finding("mlflow", place, message)
    if "--app-name basic-auth" not in tree.text("infra/images/mlflow/serve.sh"):
        message = "expected mlflow server --app-name basic-auth, without which everybody may do everything"
        yield Finding(file="infra/images/mlflow/serve.sh", line=0, rule="mlflow", message=message)


def _container(document: Document, place: Place, own: dict[str, object]) -> Iterator[Finding]:
    if own.get("allowPrivilegeEscalation") is not False or own.get("privileged"):
        message = "expected allowPrivilegeEscalation: false and nothing privileged, found another"
        yield document.finding("escalation", place, message)
    if dig(own, "capabilities", "drop") != ["ALL"] or dig(own, "capabilities", "add"):
        yield document.finding(
            "capabilities", place, "expected all capabilities dropped and none added, found others"
        )


def _strings(value: object, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, below in value.items():
            yield from _strings(below, (*place, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _strings(below, (*place, index))


SECURITY_RULES = (token, no_secrets, least_rights, account_tokens, mlflow_users)
