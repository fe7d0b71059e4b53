"""How values are written for people: moments in Việt Nam, numbers, ages; one for each language."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from suoi.console.words import Words

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86400


class Ink:
    """Writes values in one language."""

    def __init__(self, words: Words) -> None:
        """Write in the language of *words*."""
        self._words = words

    def moment(self, value: datetime | str | None) -> str:
        """Write a moment: the time alone where it is today, with the day otherwise."""
        if not value:
            return self._words("unknown")
        found = datetime.fromisoformat(value) if isinstance(value, str) else value
        local = found.astimezone(ZONE)
        if local.date() == datetime.now(UTC).astimezone(ZONE).date():
            return f"{local:%H:%M:%S}"
        return f"{local:%d/%m/%Y %H:%M:%S}"

    def answer(self, *, yes: bool) -> str:
        """Write yes or no."""
        return self._words("yes" if yes else "none")

    def number(self, value: float | None) -> str:
        """Write a whole number in groups of three; None is unknown, never 0."""
        if value is None:
            return self._words("unknown")
        text = f"{value:,.0f}"
        return text.replace(",", ".") if self._words.language == "vi" else text

    def seconds(self, value: float | None) -> str:
        """Write a length of time in the two largest units that matter."""
        if value is None:
            return self._words("unknown")
        if value < _MINUTE_S:
            text = f"{value:.1f}" if value < 10 else f"{value:.0f}"  # noqa: PLR2004  tenths of few seconds
            comma = text.replace(".", ",") if self._words.language == "vi" else text
            return self._words("seconds", count=comma)
        if value < _HOUR_S:
            return self._words("minutes", count=round(value / _MINUTE_S))
        if value < 2 * _DAY_S:
            return self._words("hours", count=round(value / _HOUR_S))
        return self._words("days", count=round(value / _DAY_S))
