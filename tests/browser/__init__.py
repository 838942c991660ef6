"""The pages of the report in a real browser."""
