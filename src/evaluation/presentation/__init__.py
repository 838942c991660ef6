"""How results are shown: sentences, tables, figures and report pages, in Dutch and English.

Computes nothing: every number comes from a result of `evaluation.measures`. May import `evaluation.evidence`,
`evaluation.disclosure` and the results of `evaluation.measures`. Per chapter one module with ``table_...`` (a `Table`),
``plot_...`` (a `Figure`) and ``describe_...`` (a `Sentence`); each takes a result and a `Language`.
"""
