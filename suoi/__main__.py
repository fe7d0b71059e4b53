"""`python -m suoi` is the command `suoi`."""

from suoi.command import main

if __name__ == "__main__":  # a process that the command starts loads this module too
    main()
