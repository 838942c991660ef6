"""Many editions at a time: a grid of them on a Dask cluster, one task each, and what they say side by side.

`grid` reads the file and refuses what cannot run, `task` is what a worker does, `cluster` where it does it, `running`
sends the tasks and collects them, `results` and `overview` write what came out. Nothing here reads a personal register.
"""
