"""The whole check: read, hold against the schema, then against every rule."""

from pathlib import Path

from infra.validate.documents import Finding
from infra.validate.rules import RULES
from infra.validate.schema import Schema
from infra.validate.tree import read_tree


def check(root: Path) -> list[Finding]:
    """Check a checkout.

    Args:
        root: top of the repository.

    Returns:
        What is wrong, by file and line. Rules are judged only once everything can be read and has the fields
        and types of the schema, because they take these for granted. What a rule says of a rendered overlay is
        left out where it says the same of the file that it was rendered from.
    """
    tree, findings = read_tree(root)
    schema = Schema.read()
    unread = [finding for finding in findings if finding.rule != "kustomize"]
    for documents in (tree.documents, tree.rendered):
        if not unread:
            unread = [finding for document in documents for finding in schema.check(document)]
            findings += unread
    if not unread:
        findings += [finding for rule in RULES for finding in rule(tree)]
    written = {(finding.rule, finding.message) for finding in findings if "(rendered)" not in finding.file}
    kept = {
        finding
        for finding in findings
        if "(rendered)" not in finding.file or (finding.rule, finding.message) not in written
    }
    return sorted(kept)
