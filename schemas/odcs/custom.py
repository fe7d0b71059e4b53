"""customProperties of a contract: the list of {property, value} as a mapping of known names."""

from collections.abc import Sequence
from typing import Any

from open_data_contract_standard.model import CustomProperty

from schemas.odcs.review import Place, Review
from schemas.odcs.wants import shown
from schemas.odcs.words import Properties


class Custom:
    """What one customProperties list says; values that do not fit are reported and left out."""

    def __init__(self, place: Place, review: Review) -> None:
        """Begin empty; *place* is that of the part the list belongs to."""
        self.place = place
        self.values: dict[str, Any] = {}
        self.places: dict[str, Place] = {}
        self.review = review

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401  as typed by its Want
        """Return the value of *name*, or *default*."""
        return self.values.get(name, default)

    def fault(self, name: str, words: str) -> None:
        """Report *words* where *name* stands, or should have stood."""
        self.review.fault(self.places.get(name, (*self.place, name)), words)

    def read(self, item: CustomProperty, place: Place, known: Properties) -> None:
        """Take one entry of the list."""
        name = item.property or ""
        if name not in known.wants:
            choice = ", ".join(known.wants)
            words = f"there is no custom property {shown(item.property)} here, only {choice}"
            self.review.fault(place, words)
            return
        self.review.names[place] = name
        if name in self.places:
            self.review.fault(place, "it stands twice")
            return
        self.places[name] = (*place, "value")
        words = known.wants[name](item.value) or ""
        if words:
            self.fault(name, words)
        else:
            self.values[name] = item.value


def read_custom(
    listed: Sequence[CustomProperty] | None, place: Place, known: Properties, review: Review
) -> Custom:
    """Return the customProperties *listed* at *place*, checked against what is *known*."""
    custom = Custom(place, review)
    for index, item in enumerate(listed or ()):
        custom.read(item, (*place, "customProperties", index), known)
    for name in known.needed:
        if name not in custom.places:
            custom.fault(name, f"the custom property {name!r} is missing")
    return custom
