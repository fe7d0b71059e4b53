"""Avro schema -> an encoder in machine code that writes records, byte for byte as fastavro does.

A record schema of ours is flat (`schemas.avro`): unions of null and one plain type, then system
columns. So writing one is a walk along a plan (`encoder`), which `wire.pyx` does in C. What is not
of that shape is a LookupError: its dataset is held, and tests over every contract see it first.
"""

from schemas.avro_code.encoder import Encode, compile_encoder

__all__ = ("Encode", "compile_encoder")
