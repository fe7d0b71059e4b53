"""A row judged outside the stream, by the same rules: its `_hash`, or that it is refused.

What reconciliation holds against the province. Sizes and the envelope are not judged here: whoever
compares finds the open item that says why such a row is not there.
"""

from infra.errors import Fatal
from schemas.records import Row, Severity
from streams.envelope import Envelope, open_envelope
from streams.judge import Unjudged, Validator
from streams.output import row_hash


class Standardiser:
    """Judges rows of one dataset: (row image, commit time in µs) -> `_hash`; None = refused."""

    def __init__(self, validator: Validator) -> None:
        """Take the compiled judge of the dataset."""
        self._judge = validator.judge

    def __call__(self, row: Row, source_ts: int) -> str | None:
        """Return the `_hash` of *row*, committed at *source_ts* (µs); None where it is refused.

        Raises:
            Fatal: no judge can be made of the contract.
        """
        try:
            found = self._judge(row, source_ts)
            if any(problem.severity is Severity.REJECT for problem in found.problems):
                return None
            return row_hash(found.values)
        except Unjudged as error:  # Invariant 10: no row is refused for a fault of the contract
            message = f"no judge can be made of the contract ({error}); see `suoi contract check`."
            raise Fatal(message) from error
        except Exception:  # noqa: BLE001  what our own code cannot judge is a reject, as in streams
            return None

    def raw(self, value: bytes, source_ts: int) -> str | None:
        """Return the same for the row that a raw record carries; None also where it has none.

        Raises:
            MsgspecError: it is no envelope.
        """
        envelope: Envelope = open_envelope(value)
        return None if envelope.after is None else self(envelope.after, source_ts)
