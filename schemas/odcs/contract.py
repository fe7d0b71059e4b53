"""One contract file read as a Dataset: strictly, with every fault told at once."""

from pathlib import Path

from schemas.contract import Dataset
from schemas.odcs.dataset import Reading
from schemas.odcs.model import read_model
from schemas.odcs.review import ContractError, Fault, Review
from schemas.odcs.tree import read_tree

__all__ = ["ContractError", "Fault", "read_contract"]


def read_contract(path: Path) -> Dataset:
    """Return the dataset that the contract at *path* describes.

    Raises:
        ContractError: the file cannot be read, or breaks the law; it holds every fault.
    """
    review = Review(path)
    text = _text(path, review)
    tree = read_tree(text, review)
    if not tree:
        review.close()
    reading = Reading(read_model(tree, review), review)
    reading.check()
    review.close()
    return reading.dataset()


def _text(path: Path, review: Review) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        review.fault((), f"the file cannot be read ({error.strerror})")
    except UnicodeDecodeError as error:
        review.fault((), f"the file is not UTF-8 (byte {error.start})")
    review.close()
    return ""
