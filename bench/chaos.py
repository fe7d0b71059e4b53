"""Random faults against a running stack: `python -m bench.chaos --seeds N --minutes M`.

Each seed draws faults from support.strikes, lets them strike while a clerk works, a load runs (for
every second seed) and a sampler watches, and ends with the whole proof. A seed alone repeats its
draw: `--seed S`. On failure the evidence is kept, the seed is said, and the exit code is 1.
"""

import argparse
import contextlib
import json
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from support import canary, evidence  # noqa: E402  the tests' own parts
from support.loading import Load  # noqa: E402
from support.market import Market, prove_market  # noqa: E402
from support.proof import Sampler, prove  # noqa: E402
from support.registers import Clerk  # noqa: E402
from support.strikes import STRIKES, Strike, is_ready  # noqa: E402
from support.waiting import until  # noqa: E402
from support.wired import WiredStack, wired_stack  # noqa: E402

from bench.machine import facts  # noqa: E402

ROWS = 5_000
LONGEST_HOLD_S = 8.0
"""Longer than the stack's session timeout of 6 s: some faults outlive a session, most do not."""
_PROVED_IN_S = 360
"""A load that Debezium forgot begins anew 180 s after its last word (docs/faults.md)."""


@dataclass
class Round:
    """One seed: what struck, how many kills, and how long until all was proved."""

    seed: int
    load: bool
    strikes: list[str] = field(default_factory=list)
    kills: int = 0
    proved_s: float = 0.0
    """From the moment the last fault was healed to the end of the proof."""
    failure: str = ""


def drawn(chance: random.Random) -> list[Strike]:
    """Draw three to eight faults; the more one kills, the likelier it is."""
    strikes = list(STRIKES.values())
    weights = [1 + strike.kills for strike in strikes]
    return chance.choices(strikes, weights, k=chance.randint(3, 8))


def play(stack: WiredStack, load: Load, done: Round) -> None:
    """Let the faults of one seed strike, and prove."""
    chance = random.Random(done.seed)  # noqa: S311  a draw that can be repeated
    chosen = drawn(chance)
    clerk, market = Clerk(stack.justice_dsn, done.seed), Market(stack, done.seed)
    sampler = Sampler(stack)
    for thread in (clerk, market, sampler):
        thread.start()
    if done.load:
        load.begin()
    for strike in chosen:
        done.strikes.append(strike.name)
        with strike.begin(stack, chance):
            _hold(chance.uniform(0, LONGEST_HOLD_S) * chance.random())
        done.kills += strike.kills
    healed = time.monotonic()
    clerk.stop()
    market.stop()
    if done.load:
        load.finish()
    prove(stack, stack.witness, seconds=_PROVED_IN_S)
    prove_market(stack, seconds=_PROVED_IN_S)
    sampler.stop()
    leaks = canary.find(stack)
    assert not leaks, f"a canary was found in {leaks}"
    assert all(is_ready(stack, one) for one in ("streams", "province_sink", "quarantine_sink"))
    done.proved_s = round(time.monotonic() - healed, 1)


def _hold(seconds: float) -> None:
    end = time.monotonic() + seconds
    until(lambda: time.monotonic() >= end, seconds + 1)


def rounds(stack: WiredStack, seeds: list[int], minutes: float) -> Iterator[Round]:
    """Play seed after seed until the minutes are over or one fails."""
    end = time.monotonic() + minutes * 60
    load = Load(stack, ROWS)
    for seed in seeds:
        if time.monotonic() > end:
            return
        done = Round(seed=seed, load=seed % 2 == 1)
        try:
            play(stack, load, done)
        except Exception as error:  # noqa: BLE001  whatever it is, the seed is what counts
            kept = evidence.keep(stack, f"seed-{seed}")
            done.failure = f"{type(error).__name__}: {error}; evidence in {kept}"[:2000]
        yield done
        if done.failure:
            return


def main(words: list[str]) -> int:
    """Play, print a line a seed, write the answer; returns the exit code."""
    asked = _asked(words)
    seeds = (
        [asked.seed] if asked.seed is not None else range(asked.first, asked.first + asked.seeds)
    )
    played: list[Round] = []
    began = time.monotonic()
    with contextlib.suppress(KeyboardInterrupt), wired_stack() as stack:
        for done in rounds(stack, list(seeds), asked.minutes):
            played.append(done)
            print(json.dumps(asdict(done), ensure_ascii=False), flush=True)
            _write(asked.out, played, time.monotonic() - began)
    return 1 if not played or played[-1].failure else 0


def _write(path: Path | None, played: list[Round], seconds: float) -> None:
    clean = [one for one in played if not one.failure]
    proofs = sorted(one.proved_s for one in clean)
    answer: dict[str, Any] = {
        "machine": facts(),
        "minutes": round(seconds / 60, 1),
        "seeds": len(clean),
        "kills": sum(one.kills for one in clean),
        "faults": sum(len(one.strikes) for one in clean),
        "proved_s": {"median": proofs[len(proofs) // 2], "high": proofs[-1]} if proofs else {},
        "rounds": [asdict(one) for one in played],
    }
    if path is not None:
        path.write_text(json.dumps(answer, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _asked(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Random faults against a running stack.")
    parser.add_argument("--seeds", type=int, default=10, help="how many seeds at most")
    parser.add_argument("--minutes", type=float, default=30.0, help="no seed begins after these")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--seed", type=int, help="this one alone, to repeat its draw")
    parser.add_argument("--out", type=Path, help="where the answer is written as JSON")
    return parser.parse_args(words)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
