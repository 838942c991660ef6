"""The desk of the researcher: how JupyterLab opens on the chapters, and what a session there has that a run has not.

A run knows nothing of it: sliders, progress bars and summaries appear only in a kernel that `desk` described, and what
JupyterLab writes to a chapter is what a run would have left there.
"""
