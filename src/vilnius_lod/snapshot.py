"""Snapshots: one directory each, named by its content, made current by one atomic rename.

A store is a directory ``{store}/{name}/`` for each snapshot, with the symbolic link ``current``. The name is
the first 16 hex digits of the sha256 of ``dataset.nq``, a hyphen, and the first 8 of that of
``manifest.json``, which holds the sha256 of every other file: nothing in a snapshot can change unnoticed.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from . import formats
from .facts import Facts
from .i18n.messages import UserError
from .rdf import namespaces

MANIFEST = "manifest.json"
CANONICAL = "dataset.nq"
SNAPSHOTS_KEPT = 3
_CODE = Path(__file__).resolve().parent


class SnapshotError(UserError):
    """There is no snapshot, or it has changed since it was written; the message names the file."""


@dataclass(frozen=True, slots=True)
class File:
    """What the manifest says of a file; ``bytes`` is its size."""

    sha256: str
    bytes: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot whose checksums hold. ``dataset`` is the dataset's hash, the same at whatever site."""

    root: Path
    dataset: str
    facts: Facts
    files: Mapping[str, File]

    @property
    def name(self) -> str:
        """The name of its directory."""
        return self.root.name

    def path(self, file: str) -> Path:
        """Where a file of the snapshot is. Raises KeyError for one that the manifest does not list."""
        if file not in self.files:
            raise KeyError(file)
        return self.root / file

    def read(self, file: str) -> bytes:
        """The bytes of a file, checked once more."""
        return _checked(self.root, file, self.files[file])


def write(store: Path, files: Mapping[str, bytes], facts: Facts) -> Path:
    """Write a snapshot, make it current, delete all but the latest; returns its directory.

    A crash at any moment leaves the earlier snapshot current and whole. Two writers wait for each other.
    """
    manifest = _manifest(files, facts)
    name = f"{_sha256(files[CANONICAL])[:16]}-{_sha256(manifest)[:8]}"
    with _locked(store):
        _delete_leftovers(store)
        root = store / name
        if not _is_whole(root):
            building = store / f".building-{name}"
            for file, content in {**files, MANIFEST: manifest}.items():
                _write(building / file, content)
            for directory in (building, *(path for path in building.rglob("*") if path.is_dir())):
                _sync(directory)
            _remove(root)
            building.rename(root)
        os.utime(root)
        _make_current(store, name)
        _delete_old(store, name)
    return root


def keep_refused(store: Path, files: Mapping[str, bytes]) -> Path:
    """Keep the report of a build that was refused, in ``{store}/refused``; the snapshots are not touched."""
    with _locked(store):
        _delete_leftovers(store)
        refused, building = store / "refused", store / ".building-refused"
        for file, content in files.items():
            _write(building / file, content)
        _remove(refused)
        building.rename(refused)
    return refused


def forget_refused(store: Path) -> None:
    """Delete the report of an earlier refused build: a later one went well."""
    with _locked(store):
        _remove(store / "refused")


def open_snapshot(store: Path) -> Snapshot:
    """The current snapshot, every checksum verified. Raises SnapshotError.

    If writers replace and delete it meanwhile, the one that replaced it is read.
    """
    root = (store / "current").resolve()
    if not root.is_dir() or root.parent != store.resolve():
        raise SnapshotError("{store}: there is no snapshot here (vilnius-lod build makes one)", store=store)
    try:
        return _verified(root)
    except SnapshotError:
        if (store / "current").resolve() == root:
            raise
        return open_snapshot(store)


def _manifest(files: Mapping[str, bytes], facts: Facts) -> bytes:
    listed = {
        file: {"sha256": _sha256(content), "bytes": len(content), "media_type": media_type(file)}
        for file, content in sorted(files.items())
    }
    document = {"dataset": _sha256(files[CANONICAL])[:16], "facts": facts.to_json(), "files": listed}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def media_type(file: str) -> str:
    """The media type that a file of a snapshot is served as, by its name."""
    if file.endswith(formats.CSV_METADATA.extension):
        return formats.CSV_METADATA.media_type
    _, form = formats.by_extension(file, formats.FILES)
    return form.media_type if form else "application/octet-stream"


def _verified(root: Path) -> Snapshot:
    try:
        content = (root / MANIFEST).read_bytes()
    except OSError as error:
        raise _unreadable(root, MANIFEST) from error
    dataset, _, rest = root.name.partition("-")
    if _sha256(content)[:8] != rest:
        raise _changed(root, MANIFEST)
    document = json.loads(content)
    files = {file: File(**listed) for file, listed in document["files"].items()}
    for file, listed in files.items():
        _checked(root, file, listed)
    if document["dataset"] != dataset:
        raise SnapshotError("{file}: belongs to another dataset", file=f"{root.name}/{MANIFEST}")
    try:
        facts = Facts.from_json(document["facts"])
    except (KeyError, TypeError) as error:
        raise _unreadable(root, MANIFEST) from error
    return Snapshot(root, dataset, facts, files)


def _checked(root: Path, file: str, listed: File) -> bytes:
    try:
        content = (root / file).read_bytes()
    except OSError as error:
        raise _unreadable(root, file) from error
    if len(content) != listed.bytes or _sha256(content) != listed.sha256:
        raise _changed(root, file)
    return content


def _unreadable(root: Path, file: str) -> SnapshotError:
    return SnapshotError("{file}: cannot be read", file=f"{root.name}/{file}")


def _changed(root: Path, file: str) -> SnapshotError:
    return SnapshotError("{file}: is not what was written", file=f"{root.name}/{file}")


def _is_whole(root: Path) -> bool:
    try:
        _verified(root)
    except SnapshotError:
        return False
    return True


@contextlib.contextmanager
def _locked(store: Path) -> Iterator[None]:
    """Exclusive use of the store; the kernel frees the lock of a process that was killed."""
    store.mkdir(parents=True, exist_ok=True)
    with (store / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make_current(store: Path, name: str) -> None:
    """Make a snapshot current: the one moment at which anything changes for readers."""
    _sync(store)
    link = store / ".next"
    link.unlink(missing_ok=True)
    link.symlink_to(name, target_is_directory=True)
    link.replace(store / "current")
    _sync(store)


def _delete_old(store: Path, current: str) -> None:
    """Delete all but the snapshots that were current last."""
    snapshots = [path for path in store.iterdir() if (path / MANIFEST).is_file() and not path.is_symlink()]
    snapshots.sort(key=lambda path: (path.name == current, path.stat().st_mtime_ns, path.name), reverse=True)
    for path in snapshots[SNAPSHOTS_KEPT:]:
        _remove(path)


def _delete_leftovers(store: Path) -> None:
    """Delete what killed writers have left behind."""
    for pattern in (".building-*", ".removed-*"):
        for path in store.glob(pattern):
            shutil.rmtree(path)


def _remove(path: Path) -> None:
    """Delete a directory, if there is one, so that it is never seen half deleted."""
    if path.exists():
        removed = path.with_name(f".removed-{path.name}")
        path.rename(removed)
        shutil.rmtree(removed)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def fingerprint(directory: Path, site: str | None) -> str:
    """SHA-256 of all that a snapshot is made from, to tell whether it is up to date.

    That is the dataset's directory, vocabulary, shapes, queries, the code, and ``site``.
    """
    digest = hashlib.sha256((site or "").encode())
    for root in (directory, namespaces.ONTOLOGY, namespaces.SHAPES, namespaces.QUERIES, _CODE):
        for path in sorted(root.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                content = path.read_bytes()
                digest.update(f"{path.relative_to(root)}\0{len(content)}\0".encode())
                digest.update(content)
    return digest.hexdigest()
