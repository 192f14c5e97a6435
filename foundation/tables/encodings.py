"""Which encoding a file of text is in, judged honestly.

A byte order mark and pure ASCII are certain, valid UTF-8 with other letters is as good as certain.
Everything else is for a person to decide: a Latin-1 file often decodes as GB18030 without a single
error, so no rule of ours can tell them apart. The candidates come with the lines in which they
differ.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from foundation.errors import Sentence
from foundation.tables.errors import TableError

CHUNK_BYTES = 1 << 18
SAMPLE_LINES = 5
SAMPLE_LINE_CHARS = 300
# From this share of zero bytes on, UTF-16 without a mark is the likelier explanation.
UTF16_ZERO_SHARE = 0.01

# Longest first: the mark of UTF-32 begins with that of UTF-16.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

LABELS: dict[str, Sentence] = {
    "utf-8": _("UTF-8"),
    "utf-8-sig": _("UTF-8 with byte order mark"),
    "utf-16": _("UTF-16 with byte order mark"),
    "utf-32": _("UTF-32 with byte order mark"),
    "ascii": _("ASCII"),
    "gb18030": _("Chinese (GB18030, also GBK and GB2312)"),
    "cp1252": _("Western European (Windows-1252)"),
    "latin-1": _("Western European (Latin-1)"),
    "big5": _("Traditional Chinese (Big5)"),
    "utf-16-le": _("UTF-16 little endian, without mark"),
    "utf-16-be": _("UTF-16 big endian, without mark"),
}
ALIASES = {
    "utf8": "utf-8",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "iso-8859-1": "latin-1",
    "windows-1252": "cp1252",
}


class Certainty(StrEnum):
    CERTAIN = "certain"
    LIKELY = "likely"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True)
class Candidate:
    """One encoding in which the whole file can be read, with lines that show how it would look."""

    encoding: str
    lines: tuple[str, ...]

    @property
    def label(self) -> Sentence:
        return LABELS[self.encoding]


@dataclass(frozen=True)
class Judgement:
    """``encoding`` is None when a person has to choose among ``candidates``."""

    encoding: str | None
    certainty: Certainty
    candidates: tuple[Candidate, ...] = ()
    # Where a file that is nearly UTF-8 stops being it, so that somebody can mend the line.
    not_utf8_from_line: int | None = None


@dataclass
class Survey:
    """What one pass over the bytes tells."""

    size: int = 0
    mark: str | None = None
    is_ascii: bool = True
    is_utf8: bool = True
    not_utf8_from_line: int | None = None
    zero_bytes: int = 0
    first_zero_line: int | None = None
    endless_line: int | None = None
    samples: list[bytes] = field(default_factory=list)


class EncodingUndecided(TableError):
    """The bytes allow several encodings. ``judgement.candidates`` holds them with previews."""

    def __init__(self, judgement: Judgement) -> None:
        self.judgement = judgement
        super().__init__(
            "encoding_undecided",
            _(
                "The encoding of this file cannot be told from its bytes. Choose the one in "
                "which the sample reads right."
            ),
        )


def known_encoding(name: str) -> str:
    """Our name for an encoding somebody chose; raises TableError for one we do not read."""
    plain = name.strip().lower().replace("_", "-")
    plain = ALIASES.get(plain, plain)
    if plain not in LABELS:
        raise TableError(
            "encoding_unknown",
            _("The encoding “%(encoding)s” is not supported."),
            params={"encoding": name},
        )
    return plain


def survey(source: BinaryIO) -> Survey:
    """Read the file once from its start and note what matters; leaves the position at the end."""
    source.seek(0)
    seen = Survey()
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines_before = 1
    for chunk in _chunks(source):
        if seen.size == 0:
            seen.mark = next((name for mark, name in MARKS if chunk.startswith(mark)), None)
        _note_zero_bytes(seen, chunk, lines_before)
        _note_letters(seen, chunk, decoder, lines_before)
        breaks = chunk.count(b"\n") or chunk.count(b"\r")
        if not breaks and len(chunk) == CHUNK_BYTES:
            seen.endless_line = seen.endless_line or lines_before
        lines_before += breaks
        seen.size += len(chunk)
    _note_end(seen, decoder, lines_before)
    return seen


def judge(source: BinaryIO, seen: Survey | None = None) -> Judgement:
    """Judge the encoding of a file of text. Never guesses: see the module's docstring."""
    seen = seen or survey(source)
    if seen.mark:
        return Judgement(seen.mark, Certainty.CERTAIN)
    if seen.zero_bytes > seen.size * UTF16_ZERO_SHARE and seen.size % 2 == 0:
        return Judgement(
            None, Certainty.AMBIGUOUS, _utf16_candidates(source) + _candidates(source, seen)
        )
    if seen.is_ascii:
        return Judgement("ascii", Certainty.CERTAIN)
    if seen.is_utf8:
        return Judgement("utf-8", Certainty.LIKELY, _candidates(source, seen))
    return Judgement(None, Certainty.AMBIGUOUS, _candidates(source, seen), seen.not_utf8_from_line)


def verify(source: BinaryIO, encoding: str, seen: Survey) -> None:
    """Make sure that the whole file can be decoded; raises TableError naming the first bad line."""
    if seen.mark and encoding not in {
        seen.mark,
        "utf-8" if seen.mark == "utf-8-sig" else seen.mark,
    }:
        raise TableError(
            "encoding_contradicts_mark",
            _(
                "The file starts with the byte order mark of %(marked)s, so it cannot be "
                "read as %(encoding)s."
            ),
            params={"marked": LABELS[seen.mark], "encoding": LABELS[encoding]},
        )
    if (seen.is_utf8 and encoding in {"utf-8", "utf-8-sig"}) or (
        seen.is_ascii and encoding in {"ascii", "gb18030", "big5"}
    ):
        return
    bad_line = _first_bad_line(source, encoding)
    if bad_line is not None:
        raise TableError(
            "undecodable",
            _("Row %(row)s cannot be read as %(encoding)s. Choose another encoding."),
            row=bad_line,
            params={"encoding": LABELS[encoding]},
        )


def _chunks(source: BinaryIO) -> Iterator[bytes]:
    while chunk := source.read(CHUNK_BYTES):
        yield chunk


def _note_zero_bytes(seen: Survey, chunk: bytes, lines_before: int) -> None:
    if zeros := chunk.count(b"\0"):
        if seen.first_zero_line is None:
            seen.first_zero_line = lines_before + _breaks(chunk[: chunk.index(b"\0")])
        seen.zero_bytes += zeros


def _note_letters(
    seen: Survey, chunk: bytes, decoder: codecs.IncrementalDecoder, lines_before: int
) -> None:
    plain = chunk.isascii()
    if not plain:
        seen.is_ascii = False
        _collect_samples(seen, chunk)
    pending = decoder.getstate()[0]
    # ASCII after complete characters needs no decoding to be valid.
    if not seen.is_utf8 or (plain and not pending):
        return
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError as error:
        seen.is_utf8 = False
        bad = max(error.start - len(pending), 0)
        seen.not_utf8_from_line = lines_before + _breaks(chunk[:bad])


def _note_end(seen: Survey, decoder: codecs.IncrementalDecoder, line: int) -> None:
    if not seen.is_utf8:
        return
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        seen.is_utf8 = False
        seen.not_utf8_from_line = line


def _breaks(part: bytes) -> int:
    return part.count(b"\n") or part.count(b"\r")


def _collect_samples(seen: Survey, chunk: bytes) -> None:
    if len(seen.samples) >= SAMPLE_LINES:
        return
    lines = chunk.splitlines()
    # The chunk's borders may cut a line, and a character, in two.
    whole = lines if len(chunk) < CHUNK_BYTES else lines[:-1]
    if seen.size:
        whole = whole[1:]
    fresh = (line for line in whole if not line.isascii())
    for line in fresh:
        seen.samples.append(line)
        if len(seen.samples) >= SAMPLE_LINES:
            return


def _candidates(source: BinaryIO, seen: Survey) -> tuple[Candidate, ...]:
    names = ["utf-8"] if seen.is_utf8 else []
    names += [name for name in ("gb18030", "big5") if _decodes(source, name)]
    names.append("cp1252" if _decodes(source, "cp1252") else "latin-1")
    return tuple(Candidate(name, _sample_lines(seen.samples, name)) for name in names)


def _sample_lines(samples: list[bytes], encoding: str) -> tuple[str, ...]:
    return tuple(line.decode(encoding, "replace")[:SAMPLE_LINE_CHARS] for line in samples)


def _utf16_candidates(source: BinaryIO) -> tuple[Candidate, ...]:
    found = []
    for name in ("utf-16-le", "utf-16-be"):
        if _decodes(source, name):
            source.seek(0)
            head = source.read(4096).decode(name, "ignore")
            plain_share = sum(letter.isascii() for letter in head)
            lines = tuple(line[:SAMPLE_LINE_CHARS] for line in head.splitlines()[:SAMPLE_LINES])
            found.append((plain_share, Candidate(name, lines)))
    return tuple(candidate for _share, candidate in sorted(found, key=lambda pair: -pair[0]))


def _decodes(source: BinaryIO, encoding: str) -> bool:
    return _first_bad_line(source, encoding) is None


def _first_bad_line(source: BinaryIO, encoding: str) -> int | None:
    source.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    try:
        for chunk in _chunks(source):
            # Decoders keep an unfinished character, so a failing chunk is searched line by line.
            line = _advance(decoder, chunk, line)
        decoder.decode(b"", final=True)
    except _BadLine as bad:
        return bad.line
    except UnicodeDecodeError:
        return line
    return None


class _BadLine(Exception):
    def __init__(self, line: int) -> None:
        self.line = line


def _advance(decoder: codecs.IncrementalDecoder, chunk: bytes, line: int) -> int:
    try:
        text = decoder.decode(chunk)
    except UnicodeDecodeError as error:
        good = chunk[: max(error.start, 0)]
        raise _BadLine(line + _breaks(good)) from None
    return line + (text.count("\n") or text.count("\r"))
