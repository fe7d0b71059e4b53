"""The face: the command and the console. Wires the rooms; nobody imports it."""
