"""The floor: how we touch the world."""
