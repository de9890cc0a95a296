"""The learning desk: pages for advisers, under `/desk` of the service."""
