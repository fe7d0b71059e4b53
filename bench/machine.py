"""What this machine is: printed with every figure, because a figure without it says nothing."""

import os
import platform
from pathlib import Path


def facts() -> dict[str, object]:
    """Cores, memory in GiB, processor, load at the start, Python and system."""
    memory = Path("/proc/meminfo").read_text().split()[1]
    models = [
        line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(int(memory) / 2**20, 1),
        "processor": models[0].split(":")[1].strip() if models else platform.machine(),
        "load_1m": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "system": platform.platform(),
    }
