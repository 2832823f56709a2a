"""`causeway workload import`: a Score file as workload inputs."""

import sys

import pulumi

from cli.refusal import Refused
from cli.workload import documents
from components.workload.score import Imported, convert


def run(file: str, pattern: str | None, image: str | None) -> int:
    """Print a document for each workload, and notes beside it; raises Refused with a line for each mistake."""
    imported: list[Imported] = []
    problems: list[str] = []
    for document in documents.read(documents.read_text(file), file):
        try:
            imported.append(convert(document, pattern, image))
        except pulumi.InputPropertiesError as refused:
            problems.append(refused.message)
    if problems:
        raise Refused("\n".join(problems))
    sys.stdout.write(documents.write({"name": workload.name, **workload.inputs} for workload in imported))
    for workload in imported:
        for note in workload.notes:
            print(f"note: workload '{workload.name}': {note}", file=sys.stderr)
    return 0
