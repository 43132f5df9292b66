"""A fingerprint of all that a snapshot is made from, so that what is up to date is not built again."""

from __future__ import annotations

import hashlib
from pathlib import Path

from .rdf import namespaces

_CODE = Path(__file__).resolve().parent


def fingerprint(directory: Path, site: str | None) -> str:
    """SHA-256 over the dataset's directory, vocabulary, shapes, queries, the code, and ``site``."""
    digest = hashlib.sha256((site or "").encode())
    for root in (directory, namespaces.ONTOLOGY, namespaces.SHAPES, namespaces.QUERIES, _CODE):
        for path in sorted(root.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                content = path.read_bytes()
                digest.update(f"{path.relative_to(root)}\0{len(content)}\0".encode())
                digest.update(content)
    return digest.hexdigest()
