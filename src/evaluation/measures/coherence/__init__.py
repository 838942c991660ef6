"""Whether published aggregates can all be true, and what they imply for what was not published.

``system`` holds the unknown register as a linear system, ``quantities`` every quantity over it, ``implied`` the
intervals that follow, ``repair`` what to do when figures collide, ``assessment`` the verdict on a set of figures, and
``answers`` what the figures say about inflow, durations and capacity. Only published numbers go in: no register.
"""
