"""Dutch dates in a promise: 'volgende week vrijdag', 'over 14 dagen', 'na de kerst', 'begin Q1'."""

from coach.language.dates.reader import DutchDates

__all__ = ["DutchDates"]
