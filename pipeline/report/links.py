"""Links within a page: none may lead nowhere."""

from collections.abc import Iterator

import msgspec

from pipeline.report.model import Block, Details, Finding, Findings, Section, Table

# Where a row that a page does not have would stand: the section that tells of such things.
_SECTIONS = {
    "device": "where",
    "sim": "where",
    "carrier": "where",
    "country": "where",
    "customer": "where",
    "code": "why",
    "health": "health",
}


def with_live_links(sections: tuple[Section, ...]) -> Iterator[Section]:
    """Give the sections with the links of their findings: to the row, else to its section."""
    known = {section.ident for section in sections}
    for section in sections:
        known |= set(_places(section.blocks))
    for section in sections:
        blocks = tuple(_linked(block, known) for block in section.blocks)
        yield msgspec.structs.replace(section, blocks=blocks)


def _places(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Table):
            links = (block.short or block).links
            yield from filter(None, [*links, block.ident and f"table-{block.ident}"])
        elif isinstance(block, Details):
            if block.ident:
                yield block.ident
            yield from _places(block.blocks)


def _linked(block: Block, known: set[str]) -> Block:
    if not isinstance(block, Findings):
        return block
    items = tuple(_live(finding, known) for finding in block.items)
    return msgspec.structs.replace(block, items=items)


def _live(finding: Finding, known: set[str]) -> Finding:
    if finding.link in known:
        return finding
    section = _SECTIONS.get(finding.link.split("-", maxsplit=1)[0], "")
    return msgspec.structs.replace(finding, link=section if section in known else "")
