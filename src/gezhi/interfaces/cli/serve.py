"""``gezhi serve``: run the web server, the live edge and the job worker of this data folder."""

from __future__ import annotations

import os

import click


def _say(line: str) -> None:
    click.echo(f"gezhi serve: {line}", err=True)


def _shown_host(host: str) -> str:
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 - compared, not bound
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _require_ready() -> None:
    """Leave with words and code 2 unless the database answers, is up to date and has its own keys."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.utils import OperationalError

    from gezhi.platform.keys.proof import KeysRefused, require_keys

    try:
        executor = MigrationExecutor(connection)
        behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except OperationalError as error:
        _say(f"the database does not answer: {error}".rstrip())
        raise SystemExit(2) from error
    if behind:
        _say("the database is not up to date; run `gezhi init` first")
        raise SystemExit(2)
    try:
        require_keys()
    except KeysRefused as error:
        _say(str(error))
        raise SystemExit(2) from error
    connection.close()


@click.command("serve")
@click.option(
    "--port",
    type=click.IntRange(1, 65534),
    default=8000,
    show_default=True,
    help="Pages and API; the live edge takes the next port.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for every one.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=None,
    help="Web server processes [default: 1 with SQLite, else one per core].",
)
@click.option("--no-jobs", is_flag=True, help="Do not run background jobs here (another machine does).")
def command(port: int, host: str, workers: int | None, no_jobs: bool) -> None:
    """Serve this data folder until Ctrl-C.

    Prints the address once /healthz answers. A process that crashes is started again, pages and API at once, and a line says so.

    Exit codes: 0 stopped on request, 1 the server did not come up, 2 a port is taken, the data folder is served already,
    the database is not ready, or its keys are lost or others.
    """
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except (ImproperlyConfigured, OSError) as error:
        _say(str(error))
        raise SystemExit(2) from error
    from django.conf import settings
    from django.db import connection

    from gezhi.interfaces.serving.forking import CAN_FORK
    from gezhi.interfaces.serving.native import Connections
    from gezhi.interfaces.serving.one_server import FolderServed, sole_server_of
    from gezhi.interfaces.serving.processes import processes, room_for_connections
    from gezhi.interfaces.serving.supervisor import Supervisor, answers, port_taken
    from gezhi.interfaces.serving.warm_up import load_pages

    _require_ready()
    embedded = connection.vendor == "sqlite"
    if workers is None:
        workers = 1 if embedded else os.cpu_count() or 1
    connections = Connections(
        most=room_for_connections(settings.GEZHI_CONNECTIONS, uploads=settings.GEZHI_INTAKE.uploads),
        header_seconds=settings.GEZHI_HEADER_SECONDS,
    )
    children = processes(host=host, port=port, workers=workers, connections=connections, jobs=not no_jobs)
    shown = _shown_host(host)
    environment = {**os.environ, "GEZHI_WEB_PORT": str(port)}
    for child in children:
        if child.name == "live":
            environment["GEZHI_LIVE_PORT"] = str(child.port)

    def ready() -> None:
        click.echo(f"Gezhi is at http://{shown}:{port}/  (Ctrl-C stops it)")

    supervisor = Supervisor(children, _say, environment)
    try:
        with sole_server_of(settings.GEZHI_HOME):
            # After the folder: whoever starts it twice is not to be sent to another port.
            taken = next((child for child in children if child.port and port_taken(host, child.port)), None)
            if taken is not None:
                other = f"`gezhi serve --port {port + 10}`"
                _say(f"port {taken.port} ({taken.name}) is taken or not allowed; choose another, e.g. {other}")
                raise SystemExit(2)
            if CAN_FORK:
                load_pages()
            code = supervisor.run(healthy=lambda: answers(f"http://{shown}:{port}/healthz"), ready=ready)
    except FolderServed as error:
        _say(f"{error}; stop that one first, or set GEZHI_HOME to another data folder")
        raise SystemExit(2) from error
    raise SystemExit(code)
