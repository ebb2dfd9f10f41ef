"""Which words of the legend are worth their room: those of what is on screen first."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from vigint_core.policy.coverage import is_gap
from vigint_desktop.ui.rows.timeline import Lane


def seen_on(lanes: Iterable[Lane]) -> frozenset[str]:
    """The names of the patterns that are on screen, as the legend calls them."""
    seen: set[str] = set()
    for lane in lanes:
        seen.update(block.run.look for block in lane.outcomes if block.run)
        present = {"activity": lane.activity, "unwell": lane.health, "snapshot": lane.snapshots}
        present["coverage"] = tuple(block for block in lane.coverage if is_gap(block.run))
        seen.update(name for name, found in present.items() if found)
    return frozenset(seen)


def fitting(widths: Sequence[tuple[str, int]], seen: AbstractSet[str], room: int) -> list[str]:
    """The names that fit into ``room`` pixels, in their usual order; what is not seen gives way to what is."""
    taken: set[str] = set()
    for name, width in sorted(widths, key=lambda entry: entry[0] not in seen):
        if width > room:
            break
        room -= width
        taken.add(name)
    return [name for name, _ in widths if name in taken]
