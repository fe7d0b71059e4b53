"""The demonstration: invented departments, a clerk who works in them, and the story of a change.

People are invented: every personal number begins with 099, never assigned (DOMAIN.md 3).
"""

from suoi.demo.command import demo

__all__ = ["demo"]
