from streams.fast.letters import Told

MOST_GROUPS: int

class Alphabet:
    def __init__(self, told: Told) -> None: ...

class Nothing:
    words: frozenset[str]
    def __init__(self, words: frozenset[str]) -> None: ...
