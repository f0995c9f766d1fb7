"""Read what is written for people: the README, what lies in `docs/`, and the rest."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDES = {file.name: file.read_text(encoding="utf-8") for file in ROOT.glob("docs/*.md")}
"""The documents that say how the program is used, apart from the README."""
FOR_USERS = "\n".join([README, *GUIDES.values()])
ALL = {
    str(file.relative_to(ROOT)): file.read_text(encoding="utf-8")
    for file in sorted(
        [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*.md")]
    )
}
"""Every document by its path."""


def section(text: str, heading: str) -> str:
    """Return what stands under a heading, up to the next one of its rank or a higher one.

    Args:
        text: The document.
        heading: The heading, with its `#`.
    """
    rank = heading.index(" ")
    _, _, below = f"\n{text}".partition(f"\n{heading}")
    assert below, heading
    lines = below.splitlines()[1:]
    in_code = False
    for number, line in enumerate(lines):
        in_code ^= line.startswith("```")
        marks = len(line) - len(line.lstrip("#"))
        if not in_code and 0 < marks <= rank:
            return "\n".join(lines[:number])
    return "\n".join(lines)


def indented(text: str) -> list[str]:
    """Return the lines of the code blocks that are set off by four spaces."""
    return [line[4:] for line in text.splitlines() if line.startswith("    ")]


def sessions(lines: list[str]) -> list[tuple[str, list[str]]]:
    """Return the commands of shown lines (after `$ `), each with what it printed."""
    shown: list[tuple[str, list[str]]] = []
    for line in lines:
        if line.startswith("$ "):
            shown.append((line[2:], []))
        else:
            shown[-1][1].append(line)
    return shown
