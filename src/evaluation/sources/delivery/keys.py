"""The key of a key holder, and the pseudonyms that it makes.

Who holds the key can make the same pseudonyms again, so that deliveries can be joined; who does not can neither make
them nor undo them. The key belongs with a key holder who does no analysis, outside the project and outside the data.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from evaluation.sources.delivery import bsn
from evaluation.sources.delivery.contract import DeliveryError
from evaluation.sources.delivery.schema import table_schemas

KEY_BYTES = 32
KEY_LENGTH = 20
PROJECT = Path(__file__).resolve().parents[4]
MISSING = frozenset(text for table in table_schemas().values() for text in table.missing_values)

_LETTERS = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", np.uint8)  # of RFC 4648, in small letters
_BLOCK_BYTES = 64  # of SHA-256
# Identifiers that are in their normal form as they stand, which nearly all are; the others are looked at one by one.
_AS_IT_IS = re.compile(r"[A-Za-z]+[0-9][A-Za-z0-9]*|(?!0{9}|9{9})[0-9]{9}")


@dataclass(frozen=True)
class Change:
    """What the cells of a column become; None for an empty one.

    Attributes
    ----------
    one, many
        For one value, and for many in an Arrow array.
    """

    one: Callable[[str], str | None]
    many: Callable[[Sequence[str]], pa.Array]


def new_key(path: Path) -> None:
    """Write a new random key, for the eyes of its owner only.

    Raises
    ------
    DeliveryError
        When the file exists, or would lie inside the project.
    """
    _refuse_inside(path, PROJECT, "the project")
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise DeliveryError(f"{path}: exists, and a key is never overwritten; name a new file") from None
    except (FileNotFoundError, NotADirectoryError):
        raise DeliveryError(f"{path}: its folder does not exist; make the folder first") from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")


def secret_of(key_file: Path, folder: Path, target: Path) -> bytes:
    """Read the key, and refuse one that lies where others or the analysis can reach it."""
    if target.exists() or target.is_symlink():
        raise DeliveryError(f"{target}: exists already; name a folder that does not")
    if target.resolve().is_relative_to(folder.resolve()):
        raise DeliveryError(f"{target}: lies inside the delivery; name a folder outside it")
    for place, what in ((PROJECT, "the project"), (folder, "the delivery"), (target, "the target")):
        _refuse_inside(key_file, place, what)
    if not key_file.is_file():
        raise DeliveryError(f"{key_file}: there is no such key file; make one with `evaluation new-key`")
    if mode := stat.S_IMODE(key_file.stat().st_mode) & 0o077:
        raise DeliveryError(f"{key_file}: others may use this key (mode {mode:03o}); run chmod 600 on it")
    try:
        secret = bytes.fromhex(key_file.read_text(encoding="ascii").strip())
    except ValueError:
        raise DeliveryError(
            f"{key_file}: is no key in hexadecimal digits; make one with `evaluation new-key`"
        ) from None
    if len(secret) < KEY_BYTES:
        raise DeliveryError(f"{key_file}: the key has {len(secret)} bytes, fewer than {KEY_BYTES}; make a new one")
    return secret


def _refuse_inside(path: Path, place: Path, what: str) -> None:
    """Refuse a path inside a folder, as it is written or where its links lead."""
    written = Path(os.path.abspath(path))  # noqa: PTH100  (absolute() keeps "..", resolve() follows links)
    if path.resolve().is_relative_to(place.resolve()) or written.is_relative_to(place.absolute()):
        raise DeliveryError(f"{path}: a key may not lie in {what}; keep it with the key holder, elsewhere")


WITHOUT_BSN = Change(bsn.without_bsn, lambda values: pa.array(map(bsn.without_bsn, values), pa.string()))
"""Takes service numbers out of texts."""


def keyed(secret: bytes, kind: str) -> Change:
    """Return the change of identifiers into their pseudonyms."""
    return Change(
        lambda value: None if stands_for_nobody(value) else pseudonym(secret, kind, value),
        lambda values: pseudonyms(secret, kind, values),
    )


def pseudonym(secret: bytes, kind: str, value: str) -> str:
    """Return the key that stands for an identifier: its kind and twenty letters and digits of an HMAC-SHA256.

    The kind is hashed along, so that a client and a family with the same number do not show as such.
    """
    (key,) = _keys(secret, kind, [normalised(value)]).to_pylist()
    return str(key)


def pseudonyms(secret: bytes, kind: str, values: Sequence[str]) -> pa.Array:
    """Return the pseudonym of each identifier, null for one that stands for nobody."""
    forms: list[str] = []
    places: list[int | None] = []
    for value in values:
        plain = _AS_IT_IS.fullmatch(value) is not None
        if not plain and stands_for_nobody(value):
            places.append(None)
        else:
            places.append(len(forms))
            forms.append(value if plain else normalised(value))
    return _keys(secret, kind, forms).take(pa.array(places, pa.int64()))


def _keys(secret: bytes, kind: str, forms: Sequence[str]) -> pa.Array:
    """HMAC-SHA256 as RFC 2104 has it, with what depends on the secret alone done once: ten million take seconds."""
    padded = (secret if len(secret) <= _BLOCK_BYTES else hashlib.sha256(secret).digest()).ljust(_BLOCK_BYTES, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + f"{kind}:".encode())
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))
    digests = []
    for form in forms:
        inside, outside = inner.copy(), outer.copy()
        inside.update(form.encode())
        outside.update(inside.digest())
        digests.append(outside.digest())
    return _spelt(kind, b"".join(digests), len(forms))


def _spelt(kind: str, digests: bytes, count: int) -> pa.Array:
    """Spell each digest of 32 bytes in base 32, five bytes being eight letters, with the kind in front."""
    fives = np.frombuffer(digests, np.uint8).reshape(count, 32)[:, :15].reshape(count, 3, 5).astype(np.uint64)
    numbers = np.zeros((count, 3), np.uint64)
    for place in range(5):
        numbers = (numbers << np.uint64(8)) | fives[:, :, place]
    text = np.empty((count, 1 + 24), np.uint8)
    text[:, 0] = ord(kind)
    for place in range(24):
        text[:, 1 + place] = _LETTERS[(numbers[:, place // 8] >> np.uint64(35 - 5 * (place % 8))) & np.uint64(31)]
    length = 1 + KEY_LENGTH
    spelt = np.ascontiguousarray(text[:, :length])
    ends = np.arange(0, length * (count + 1), length, dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), count, [None, pa.py_buffer(ends), pa.py_buffer(spelt)])


def normalised(value: str) -> str:
    """Return an identifier in the one form that all its ways of writing share.

    ``123.456.782``, ``123456782.0`` and `` 123456782`` are one service number; one of eight digits lost a leading zero.
    Other identifiers keep the signs between their digits, so that ``12-345`` and ``1-2345`` stay two.
    """
    text = re.sub(r"^([0-9]+)[.,]0$", r"\1", value.strip())
    digits = bsn.without_separators(text)
    return digits.zfill(9) if bsn.passes_eleven_test(digits) else text


def stands_for_nobody(value: str) -> bool:
    """Return whether a cell holds no identifier: empty, ``NULL``, only zeros (unborn) or nine nines (unknown)."""
    text = normalised(value)
    return text in MISSING or re.fullmatch("0+|9{9}", bsn.without_separators(text)) is not None
