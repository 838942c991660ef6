"""How Sphinx builds these pages: Markdown, and a reference from the docstrings of the code. `make docs`."""

project = "Evaluation of Basis jeugdhulp"
author = "the authors of the evaluation"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc"]
exclude_patterns = ["build", "screenshots.py"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
myst_heading_anchors = 3
autosummary_generate = True
autodoc_typehints = "none"  # the docstrings name types, shapes and units in words
numpydoc_show_class_members = False
templates_path = ["templates"]
html_theme = "alabaster"
html_theme_options = {"description": "Honest, reproducible, and made to be read", "page_width": "1100px"}
suppress_warnings = ["myst.xref_missing"]  # links to files outside these pages, such as ../data/README.md
