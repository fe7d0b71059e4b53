"""What the tests stand on: the running stack, the witness, the workload, waiting."""
