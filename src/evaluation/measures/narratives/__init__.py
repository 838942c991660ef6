"""What stories of families say: who told one, whether readers agree, and how often a theme comes up.

``codebook`` holds the themes and what was announced, ``stories`` turns the register into codes, ``agreement`` holds two
readers against each other, ``misreading`` says how often they err, ``prevalence`` how many stories tell of a theme,
``saturation`` whether more stories would bring new themes, ``pairs`` which themes go together, and ``quotes`` which
words of families may be shown. Codes come from people; nothing here reads a text.
"""
