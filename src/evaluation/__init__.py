"""Evaluation of Basis jeugdhulp (BJH), the youth support team of WIJ Groningen.

The packages form a one-way street: ``sources`` (what came in), ``measures`` (what it says), ``disclosure`` (what may
leave), ``presentation`` (how it is shown), ``pipeline`` (runs them) and ``cli`` (starts the pipeline). Each imports
only from those before it; ``evidence`` and ``parameters`` hold the words that all of them share.
"""
