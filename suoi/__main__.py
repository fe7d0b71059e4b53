"""`python -m suoi` is the command `suoi`."""

from suoi.command import main

main()
