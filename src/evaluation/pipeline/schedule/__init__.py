"""Puts unattended runs on the clock of the machine: as a systemd timer of the user, or as a line in the crontab.

The texts are written here and handed to the scheduler through its own programs; nothing here makes a report.
"""
