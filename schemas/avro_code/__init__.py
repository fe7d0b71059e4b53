"""Avro schema -> a generated function that writes one record, byte for byte as fastavro does.

A record schema of ours is flat (`schemas.avro`): unions of null and one plain type, then system
columns. So its code is one straight line, without a look at the schema while records flow. What is
not of that shape is a LookupError: its dataset is held, and tests over every contract see it first.
"""

from schemas.avro_code.encoder import Encode, Parts, compile_encoder, compile_parts, encoder_source

__all__ = ("Encode", "Parts", "compile_encoder", "compile_parts", "encoder_source")
