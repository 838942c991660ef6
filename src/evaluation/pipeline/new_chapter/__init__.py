"""A new chapter, made whole: notebook, parameters, measure, protected copy, presentation and test, all of which pass.

`scaffold` makes it, `registration` enters it in the modules that list the chapters, and `templates` holds its files.
It begins with two counts of the register, to be replaced by what the chapter is about.
"""
