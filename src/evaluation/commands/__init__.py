"""The subcommands of ``evaluation``, a module for each kind of work.

What a command needs is imported when it runs, so that ``--help`` answers at once.
"""
