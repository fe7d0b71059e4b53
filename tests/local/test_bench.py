"""What the benchmarks read from the system, and how their command refuses."""

import os
import subprocess
import sys

from bench import processes
from suoi import bench as command


def test_cpu_of_ourselves_and_our_children_is_found_in_proc() -> None:
    before = processes.cpu_s(os.getpid())
    subprocess.run([sys.executable, "-c", "sum(range(3_000_000))"], check=True)
    assert processes.cpu_s(os.getpid()) > before
    assert processes.peak_rss_mb(os.getpid()) > 10


def test_a_wrong_word_for_a_benchmark_is_wrong_usage() -> None:
    assert command.bench("sink", only="P99") == 2
