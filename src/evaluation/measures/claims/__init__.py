"""The statements made to the council, each with a verdict that follows from the results of an edition.

A binding (data) says which rule judges a statement and which figures and measures speak to it. A rule (here) turns
those into a verdict and a grade. Verdicts are a function of results alone: neither the words of a statement nor a
clock goes in, and synthetic or suppressed values never do.
"""
