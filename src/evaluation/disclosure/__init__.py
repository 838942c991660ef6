"""What may leave: every result passes the gate before it is shown or saved.

May import `evaluation.evidence` and results of `evaluation.measures`; reads and writes no files.
"""
