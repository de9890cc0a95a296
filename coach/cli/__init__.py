"""The `padwijzer` command."""
