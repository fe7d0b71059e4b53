"""What can be done in the console, one module for each sort of thing it is done to."""
