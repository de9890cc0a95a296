"""The model of the path and the two parts of a talk. Standard library only: no Rasa, no database, no web."""
