"""Rules over several fields of one record (DOMAIN.md 1, stage 5; definitions: rules.csv).

Each rule says when there *is* a problem. It is judged only if all its inputs are free of rejects,
and is silent where an input is null unless `reads_null`. Rules that need other rows are judged
beside the provincial database. Dates come as days since the epoch, moments as µs, partial dates
and decimals as text; `event_day` is the local day of the commit.
"""

from schemas.codes import CodeLists
from schemas.contract import Dataset
from streams.rules import firms, land, people, registers
from streams.rules.rule import Rule

RULES: tuple[Rule, ...] = (*registers.RULES, *people.RULES, *firms.RULES, *land.RULES)
"""Every rule there is, by subject."""


def rules_of(dataset: Dataset, codes: CodeLists) -> tuple[Rule, ...]:
    """Return the rules the contract of *dataset* asks for, ready to be called with their inputs.

    It asks by reason: in its record rules, or in the rules of the field that is reported.
    """
    asked = {item.name: {*item.rules, *dataset.record_rules} for item in dataset.fields}
    return tuple(
        rule._replace(broken=rule.broken(codes)) if rule.reads_lists else rule
        for rule in RULES
        if rule.dataset == dataset.id and rule.reason in asked.get(rule.field, ())
    )


__all__ = ("RULES", "Rule", "rules_of")
