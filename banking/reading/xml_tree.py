"""XML from a stranger: no document type, so no entities; names without their namespace."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from banking.reading.reasons import unreadable

# Far more than any bank nests; deeper is nonsense.
MOST_DEPTH = 100


class _Doctype(Exception):
    pass


class _TooDeep(Exception):
    pass


class _Builder(ET.TreeBuilder):
    depth = 0

    def doctype(self, *_declared: object) -> None:
        raise _Doctype

    def start(self, tag: str, attrs: dict[str, str]) -> ET.Element:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise _TooDeep
        return super().start(tag.rpartition("}")[2], attrs)

    def end(self, tag: str) -> ET.Element:
        self.depth -= 1
        return super().end(tag.rpartition("}")[2])


def parse(data: bytes) -> ET.Element:
    """The root. Raises Unreadable (``doctype``, ``not_xml``)."""
    parser = ET.XMLParser(target=_Builder())  # noqa: S314  declarations are refused
    try:
        parser.feed(data)
        root: ET.Element = parser.close()
    except _Doctype:
        raise unreadable("doctype") from None
    except _TooDeep:
        raise unreadable("no_statement") from None
    except ET.ParseError as error:
        raise unreadable("not_xml", line=error.position[0]) from None
    except (LookupError, ValueError):
        # An encoding that expat does not know, or one of several bytes.
        raise unreadable("not_xml", line=1) from None
    return root


def text(element: ET.Element | None, *paths: str) -> str:
    """The first text that is not blank at one of the paths, in one line."""
    if element is None:
        return ""
    for path in paths:
        found = element.find(path)
        if found is not None and (said := " ".join((found.text or "").split())):
            return said
    return ""


def texts(element: ET.Element | None, path: str) -> list[str]:
    found = element.iterfind(path) if element is not None else ()
    said = (" ".join((each.text or "").split()) for each in found)
    return [each for each in said if each]
