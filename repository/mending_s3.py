"""Putting a bucket's copy of an object right from a good copy, in the order in which a bucket is written.

Bad bytes are fetched into quarantine before good ones take their name. What is stray stays where the account may not delete,
which is how it should be (docs/adr/0011-s3-holds-replicas.md); the check that follows then says that it is there.
"""

import shutil
from contextlib import suppress
from pathlib import Path

from repository.bucket_writing import BucketFolder
from repository.faults import fault
from repository.mending import CHUNK, Mended, all_files, last_things_last
from repository.packages import AipId
from repository.s3_client import Bucket
from repository.store import ObjectBusy
from repository.store_s3 import S3Store
from standards.ocfl_folder import ObjectFolder
from standards.ocfl_inventory import INVENTORY


def mend_bucket(store: S3Store, object_id: AipId, source: ObjectFolder, quarantine: Path) -> Mended:
    """Make the object the same as `source`; what differed or was stray is kept below `quarantine`.

    Raises ObjectBusy where another writer was faster, StoreFailed.
    """
    with store.told():
        home = store.place_of(object_id)
        target, tag = BucketFolder(store.bucket, home), store.bucket.tag(f"{home}/{INVENTORY}")
        there = {name.removeprefix(f"{home}/") for name, _size in store.bucket.names(f"{home}/")}
        wanted = sorted(all_files(source), key=last_things_last)
        quarantined = [path for path in sorted(there - set(wanted)) if _keep(target, path, quarantine)]
        for path in quarantined:
            _remove(store.remover, f"{home}/{path}")
        replaced = []
        for path in wanted:
            if path in there and _same(source, target, path):
                continue
            if path in there and _keep(target, path, quarantine):
                quarantined.append(path)
            fault("repair.before-rename")
            _put(store.bucket, f"{home}/{path}", source, path, tag if path == INVENTORY else None)
            replaced.append(path)
        return Mended(tuple(replaced), tuple(quarantined))


def _same(source: ObjectFolder, target: BucketFolder, path: str) -> bool:
    """Whether the bucket has the source's bytes; what it does not give back is not the same."""
    if target.size(path) != source.size(path):
        return False
    with source.open(path) as good, target.open(path) as ours:
        while chunk := good.read(CHUNK):
            if ours.read(len(chunk)) != chunk:
                return False
    return True


def _keep(target: BucketFolder, path: str, quarantine: Path) -> bool:
    """The bytes as they are into quarantine, as far as the service gives them."""
    fault("repair.before-quarantine")
    kept = quarantine / path
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with target.open(path) as bad, kept.open("xb") as out:
            shutil.copyfileobj(bad, out, CHUNK)
    except OSError as problem:
        kept.with_name(f"{kept.name}.unreadable").write_text(str(problem), encoding="utf-8")
    return True


def _put(bucket: Bucket, name: str, source: ObjectFolder, path: str, tag: str | None) -> None:
    """A file of the source; the root inventory only where it is still the one that was seen."""
    if path != INVENTORY:
        with source.open(path) as good:
            bucket.upload(name, good)
        return
    with source.open(path) as good:
        data = good.read()
    condition = {"IfMatch": tag} if tag else {"IfNoneMatch": "*"}
    try:
        bucket.put(name, data, **condition)
    except FileExistsError as other:
        raise ObjectBusy(object_id=name) from other


def _remove(remover: Bucket | None, name: str) -> None:
    """What is stray goes, where there are credentials to delete with."""
    if remover is not None:
        with suppress(PermissionError):
            remover.remove(name)
