"""The front door: sources to raw.*."""
