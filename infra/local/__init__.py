"""The local stack: real servers and our own processes on one machine, loopback only, supervised."""
