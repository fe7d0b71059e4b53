"""`python3 -m infra.setup`: each step does its work once; a second run only compares hashes."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  any python3 may be the first one here
    sys.exit(
        "setup: python3 is {}.{}; Suối needs 3.11 or newer. Put one first on PATH.".format(
            *sys.version_info[
                :2
            ]  # an f-string with its own quotes would not parse on the oldest ones
        )
    )

from infra.setup.steps import main

sys.exit(main())
