"""A delivery of the register: what it should look like, and how it is read, checked, stored and pseudonymised."""
