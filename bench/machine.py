"""What this machine is: printed with every figure, because a figure without it says nothing."""

import os
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path

from infra.errors import Trouble


def facts() -> dict[str, object]:
    """Cores, memory in GiB, processor, load now, Python, system, and when."""
    memory = Path("/proc/meminfo").read_text().split()[1]
    models = [
        line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(int(memory) / 2**20, 1),
        "processor": models[0].split(":")[1].strip() if models else platform.machine(),
        "load_1m": load(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def load() -> float:
    """Processes that run or want to, over the last minute; more than the cores: a busy machine."""
    return round(os.getloadavg()[0], 2)


def quiet(line: str) -> None:
    """Say how far it is, on standard error: standard output is for the answer."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def told(main: Callable[[], None]) -> None:
    """Run *main*; what went wrong, or was not equal, is said in a sentence, and the exit is 1."""
    try:
        main()
    except (Trouble, AssertionError) as error:
        sys.exit(f"bench: {error or type(error).__name__}")
