"""Protected copies, one module per chapter or shared kind of result; each registers them with `protect`.

May import `evaluation.measures` and the rest of `evaluation.disclosure`.
"""

from evaluation.disclosure.protected import delivered, durations, provenance, published, volumes

__all__ = ["delivered", "durations", "provenance", "published", "volumes"]
