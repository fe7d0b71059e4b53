"""What the three Java servers of the stack share: how they are started, and where their words go.

A server starts sooner from an archive of its loaded classes (measured: the broker takes 10.7 s of
processor time without, 6.8 s with it). Its first clean stop on a machine writes the archive, its
next start moves it beside the jars.
"""

import subprocess
from pathlib import Path

from infra.local import programs
from infra.local.home import Home, java_artefacts

_LOGS = """\
status = warn
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{ISO8601}{UTC}Z %p %c{1} %m%n%ex{short}
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
logger.connect.name = org.apache.kafka.connect
logger.connect.level = info
logger.debezium.name = io.debezium
logger.debezium.level = info
"""
_LIGHT = ("-XX:+UseSerialGC",)
"""A small heap and few cores: the parallel collectors' threads only cost time at start."""

_LATER = (
    "-XX:Tier4InvocationThreshold=30000",
    "-XX:Tier4MinInvocationThreshold=10000",
    "-XX:Tier4CompileThreshold=60000",
    "-XX:Tier4BackEdgeThreshold=400000",
)
"""Six times the usual count before code is compiled a second time, better: what is hot under load
gets there within seconds, and the start of the stack does not pay for it (measured, two cores, from
nothing to ready: 38 s without these flags, 28 s with them)."""

_WATCHED = ("-XX:+UnlockDiagnosticVMOptions", "-XX:+AllowArchivingWithJavaAgent")
"""Java 17 writes no archive beside an agent unless it is told that the agent changes no class; it
warns of that at each start. An archive so written is read with the same words only."""

STOP_S = 45.0
"""How long a Java server may take to stop: the first time it also writes its archive of classes."""


def write_log_settings(path: Path) -> None:
    """Write the log4j2 settings of a server: everything to standard output, its log file."""
    path.write_text(_LOGS)


def log_flag(path: Path) -> str:
    """Return the flag by which log4j2 reads its settings from *path*."""
    return f"-Dlog4j2.configurationFile=file:{path}"


def java_command(heap_mb: int, *words: str) -> tuple[str, ...]:
    """Return a command that runs Java with a heap of at most *heap_mb* MB."""
    heap = (f"-Xmx{heap_mb}m", "-XX:+ExitOnOutOfMemoryError")
    return (str(programs.java()), *heap, *_LIGHT, *_LATER, *words)


def class_archive(home: Home, name: str, jars: str, *, watched: bool = False) -> tuple[str, ...]:
    """Return the flags that read *name*'s class archive, or have its clean stop write one.

    An archive serves one class path (*jars*) and one Java alone; *watched*: an agent runs beside.
    """
    manner = _WATCHED if watched else ()
    name = f"{name}-watched" if watched else name
    made = int(programs.java().resolve().stat().st_mtime)
    archive = java_artefacts() / "classes" / f"{name}-{made}.jsa"
    written = home.run / f"{name}.jsa"
    if written.exists() and not archive.exists() and _is_whole(written, jars, manner):
        archive.parent.mkdir(exist_ok=True)
        written.replace(archive)
    written.unlink(missing_ok=True)
    if archive.exists():
        return (*manner, f"-XX:SharedArchiveFile={archive}")
    return (*manner, f"-XX:ArchiveClassesAtExit={written}")


def _is_whole(archive: Path, jars: str, manner: tuple[str, ...]) -> bool:
    """Say whether Java takes *archive*: one that a kill cut off would crash every later start."""
    sharing = (*manner, "-Xshare:on", f"-XX:SharedArchiveFile={archive}")
    command = (str(programs.java()), *sharing, "-cp", jars, "-version")
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
