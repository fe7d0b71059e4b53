"""Each byte as it reached us: the character by which windows-1252 shows it."""

HOLES = frozenset((0x81, 0x8D, 0x8F, 0x90, 0x9D))
"""Bytes that windows-1252 leaves empty; they arrive as the C1 controls of the same number."""

SHOWN = "".join(
    chr(byte) if byte in HOLES else bytes([byte]).decode("cp1252") for byte in range(256)
)
"""SHOWN[byte] is the character that stands for it."""
