"""What a talk leaves on paper: the picture of the path, the page, the calendar file."""
