"""One very large transaction beside a busy clerk. Last of the journeys: its rows stay."""

import pytest
from support.proof import Sampler, prove
from support.registers import DEATH, Clerk, insert
from support.stack import Stack
from support.waiting import until, until_equal
from support.witness import Witness


@pytest.mark.timeout(900)
@pytest.mark.parametrize("rows", [100_000, pytest.param(1_000_000, marks=pytest.mark.chaos)])
def test_a_large_transaction_beside_the_clerk_arrives_whole(
    stack: Stack, witness: Witness, sampler: Sampler, rows: int
) -> None:
    clerk = Clerk(stack.justice_dsn, rows, per_second=200.0)
    clerk.start()
    columns = ", ".join(DEATH)
    mine = "_deleted_at is null and _key like '[\"00000000-0000-4000-b000-%%'"
    living = f"select count(*) from clean.tp_khai_tu where {mine}"  # noqa: S608
    first = "00000000-0000-4000-b000-000000000000"
    with stack.justice() as department:
        insert(department, "ho_tich.khai_tu", DEATH | {"uuid": first})
        department.execute(
            f"insert into ho_tich.khai_tu (uuid, {columns}) "  # noqa: S608  our own names
            f"select ('00000000-0000-4000-b000-' || lpad(n::text, 12, '0'))::uuid, {columns} "
            "from ho_tich.khai_tu, generate_series(1, %s) n where uuid = %s",
            (rows, first),
        )
        until_equal(lambda: stack.one(living), (rows + 1,), rows / 1000 + 60)
        busy = clerk.changes
        until(lambda: clerk.changes > busy + 50)
        clerk.stop()
        prove(stack, witness, seconds=120)
        sampler.stop()
