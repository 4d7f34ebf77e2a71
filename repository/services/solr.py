"""The home's own Solr: started and recovered by Kho; or the server that KHO_SOLR_URL names.

It listens on the loopback address with a password (BasicAuth), since loopback alone lets any local account read
the index. It may write the folder `cores` only; its configuration, with Kho's copy of the configset, is not its
own. Where Kho is root, Solr runs as an unprivileged account in a mount namespace of its own: a JVM follows its
paths up to the root, so that the descriptors which PostgreSQL is content with would not do.
"""

import base64
import functools
import hashlib
import json
import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from repository.config import Settings
from repository.home import Home, require_space, write_whole
from repository.services import process
from repository.services.account import Account, service_account
from repository.services.errors import NoJava, NoSolr, ServiceDidNotStart, SolrUnreachable
from repository.services.ports import LOOPBACK, free_port, listener_uid
from repository.services.solr_address import (
    CONFIGSET,
    SolrAddress,
    core_names,
    create_cores,
    parse_address,
    reload_cores,
)

NAME = "solr"
LABEL = "Solr"
USER = "kho"
SHIPPED = ("solr.xml", "jetty.xml", "log4j2.xml")
STARTS = 3  # another program may take the port between our choice and Jetty's
ENVIRONMENT = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
JVM = (
    "-Xms64m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Djava.awt.headless=true",
    "-Dfile.encoding=UTF-8", "-Duser.timezone=UTC", "-Djava.net.preferIPv4Stack=true",
    "-Dlog4j2.configurationFile=log4j2.xml", "-Dsolr.modules=", "-Dsolr.log.dir=.", "-Dsolr.install.dir=.",
)  # fmt: skip
# A private view of the file system: the two folders that Solr needs, under names that its account can walk to.
NAMESPACE = (
    "unshare", "--mount", "--propagation", "private", "sh", "-ec",
    "mount -t tmpfs -o mode=755,size=1m kho /mnt; mkdir /mnt/solr /mnt/lib; "
    'mount --bind "$1" /mnt/solr; mount --bind "$2" /mnt/lib; shift 2; cd /mnt/solr; exec "$@"',
    "kho-solr",
)  # fmt: skip


def ensure_solr(home: Home, configset: Path, settings: Settings | None = None) -> SolrAddress:
    """The address of a Solr that answers and has both cores; starts the home's own where none is named.

    `configset` is a folder with `conf/` in it; where it differs from the home's copy that is renewed and the
    cores are loaded again (documents stay as they were indexed). Raises SolrUnreachable, NoJava, NoSolr,
    ServiceDidNotStart, DiskTooFull.
    """
    chosen = settings or Settings.load(home.path)
    if chosen.solr_url:
        address = parse_address(chosen.solr_url, chosen.solr_prefix)
    else:
        address = _ensure_own(home, configset, chosen)
    create_cores(address)
    return address


def stop_solr(home: Home) -> bool:
    """End the home's Solr; what was committed stays."""
    with home.lock(NAME):
        return process.stop(home, NAME, how=signal.SIGTERM, timeout=30)


def digest_of(configset: Path) -> str:
    """SHA-256 over the names and bytes of a configset's files, in hex."""
    whole = hashlib.sha256()
    for path in sorted(p for p in configset.rglob("*") if p.is_file()):
        whole.update(f"{path.relative_to(configset)}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return whole.hexdigest()


def _ensure_own(home: Home, configset: Path, settings: Settings) -> SolrAddress:
    running = process.find(home, NAME)
    if running is None or not _answers(home, running) or _stamp(home) != digest_of(configset):
        with home.lock(NAME):
            running = _start(home, configset, settings)
            _renew_configset(home, configset, running)
    return _address(home, running)


def _start(home: Home, configset: Path, settings: Settings) -> process.Running:
    """Start Solr where it does not run, and wait until it answers; the caller holds the lock."""
    launch = functools.partial(_launch, home, configset, settings)
    answers = functools.partial(_answers, home)
    for attempt in range(STARTS):
        try:
            return process.ensure(home, NAME, LABEL, launch, answers, settings.start_timeout)
        except ServiceDidNotStart:
            port = _last_port(home)
            taken = process.find(home, NAME) is None and port is not None and listener_uid(port) is not None
            if not taken or attempt == STARTS - 1:
                raise
    raise AssertionError("the loop above returns or raises")


def _launch(home: Home, configset: Path, settings: Settings) -> process.Running:
    require_space(home.path, settings.min_free)
    account = service_account()
    java = shutil.which("java")
    if java is None:
        raise NoJava()
    if not any((settings.lib / "solr").glob("solr-core-*.jar")):
        raise NoSolr(path=settings.lib / "solr")
    folder = home.path / "solr"
    _write_configuration(home, folder, account)
    _copy_configset(folder, configset)  # before a core is loaded, which happens in Solr's own time
    port = free_port(_last_port(home))
    write_whole(home.run / "solr.port", str(port))
    argv = _command(folder, settings.lib / "solr", account, java, port)
    return process.spawn(home, NAME, argv, env=ENVIRONMENT, cwd=folder, port=port)


def _command(folder: Path, lib: Path, account: Account, java: str, port: int) -> list[str]:
    """The words that start the JVM; in a mount namespace where Kho is root and one can be had."""
    prefix: Sequence[str] = ()
    if account.uid != os.geteuid() and _namespaces_work():
        prefix = (*NAMESPACE, str(folder), str(lib), *account.drop)
        folder, lib = Path("/mnt/solr"), Path("/mnt/lib")
    return [
        *prefix, java, *JVM, f"-Dsolr.solr.home={folder}", f"-Djetty.port={port}",
        "-cp", f"{lib}/*", "org.eclipse.jetty.xml.XmlConfiguration", "jetty.xml",
    ]  # fmt: skip


@functools.cache
def _namespaces_work() -> bool:
    """Whether this root may mount: in some containers it may not, and Solr then runs as root (see status)."""
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
    return tried.returncode == 0


def _write_configuration(home: Home, folder: Path, account: Account) -> None:
    folder.mkdir(mode=0o755, exist_ok=True)
    account.own(folder / "cores")
    for name in SHIPPED:
        text = (resources.files("repository.services") / "data" / name).read_text()
        write_whole(folder / name, text, mode=0o644)
    write_whole(folder / "security.json", json.dumps(_security(home.secret("solr"))), mode=0o644)


def _security(password: str) -> dict[str, object]:
    """Solr's security.json: one user, no answer without a password. Only salted digests of it are in there."""
    salt = secrets.token_bytes(32)
    digest = hashlib.sha256(hashlib.sha256(salt + password.encode()).digest()).digest()
    credentials = f"{base64.b64encode(digest).decode()} {base64.b64encode(salt).decode()}"
    return {
        "authentication": {
            "class": "solr.BasicAuthPlugin",
            "blockUnknown": True,
            "credentials": {USER: credentials},
            "realm": "kho",
        },
        "authorization": {
            "class": "solr.RuleBasedAuthorizationPlugin",
            "user-role": {USER: "admin"},
            "permissions": [{"name": "all", "role": "admin"}],
        },
    }


def _renew_configset(home: Home, configset: Path, running: process.Running) -> None:
    """Bring the home's copy up to date and load the cores with it; stamped last, so that a crash repeats it."""
    digest = digest_of(configset)
    if _stamp(home) != digest:
        _copy_configset(home.path / "solr", configset)
        cores = {told.parent.name for told in (home.path / "solr" / "cores").glob("*/core.properties")}
        reload_cores(_address(home, running), cores)
        write_whole(home.path / "solr" / "configset.sha256", digest)


def _copy_configset(folder: Path, configset: Path) -> None:
    copy = folder / "configsets" / CONFIGSET
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(configset, copy, copy_function=shutil.copyfile)
    for path in [copy.parent, copy, *copy.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


def _stamp(home: Home) -> str:
    stamp = home.path / "solr" / "configset.sha256"
    return stamp.read_text() if stamp.exists() else ""


def _last_port(home: Home) -> int | None:
    recorded = home.run / "solr.port"
    return int(recorded.read_text()) if recorded.exists() else None


def _answers(home: Home, running: process.Running) -> bool:
    """Whether Solr answers with our password; it is sent only where its own account listens on the port."""
    if listener_uid(running.port or 0) != _uid_of(running):
        return False
    try:
        core_names(_address(home, running))
    except SolrUnreachable:
        return False
    return True


def _uid_of(running: process.Running) -> int | None:
    try:
        return Path(f"/proc/{running.pid}").stat().st_uid
    except FileNotFoundError:
        return None


def _address(home: Home, running: process.Running) -> SolrAddress:
    return SolrAddress(f"http://{LOOPBACK}:{running.port}/solr", USER, home.secret("solr"))
