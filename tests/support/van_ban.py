"""A dataset of a test's own: the table `thu.WORD` of so_tu_phap, under the contract `tp_WORD`."""

from typing import NamedTuple

from support.stack import ROOT, Stack

_CONTRACT = ROOT / "tests" / "data" / "contracts" / "tp_van_ban.odcs.yaml"
WORKERS = ("streams", "province_sink", "quarantine_sink")


class VanBan(NamedTuple):
    """Texts: id, ma, noi_dung, trang."""

    word: str

    @property
    def name(self) -> str:
        """The dataset."""
        return f"tp_{self.word}"

    @property
    def table(self) -> str:
        """The department's table."""
        return f"thu.{self.word}"

    @property
    def raw(self) -> str:
        """Its raw topic."""
        return f"raw.so_tu_phap.{self.table}"

    @property
    def contract(self) -> str:
        """The contract's text; a test may change it before it is put in force."""
        text = _CONTRACT.read_text("utf-8").replace("tp_van_ban", self.name)
        return text.replace("thu.van_ban", self.table)

    @property
    def made(self) -> str:
        """The statement that makes the table."""
        return f"""
create schema if not exists thu;
create table if not exists {self.table} (
    id int primary key, ma varchar(20), noi_dung text, trang int
);
"""

    def put_in_force(self, stack: Stack, contract: str | None = None) -> None:
        """Write the contract and prepare all it asks for; workers that run know nothing of it."""
        path = stack.contracts / "so_tu_phap" / f"{self.name}.odcs.yaml"
        path.write_text(contract or self.contract, "utf-8")
        for part in ("departments", "kafka", "province", "registry"):
            stack.suoi("prepare", part)

    def flow(
        self, stack: Stack, contract: str | None = None, workers: tuple[str, ...] = WORKERS
    ) -> None:
        """Put the contract in force, and let *workers* and the department's connector know it."""
        self.put_in_force(stack, contract)
        for worker in workers:
            stack.restart(worker)
        stack.suoi("prepare", "connectors")
