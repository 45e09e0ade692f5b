"""A long list of contacts: French numbers in many spellings; about one in eight stands twice.

python tests/bench/contacts.py FILE ROWS
"""

import random
import sys
from pathlib import Path

FIRST = ("Élodie", "François", "Zoé", "Jean", "Anaïs", "Hélène", "Benoît", "Chloé")
LAST = ("Lefèvre", "Müller", "Dupont", "Garçon", "Bélanger", "Moreau", "Petit", "Roux")
SPELLINGS = (
    *("0{0}{1}",) * 8,
    *("+33{0}{1}",) * 4,
    *("0{0} {1:.4} {1:.4}",) * 2,
    *("0033{0}{1}", "+33 (0){0}{1}", "33{0}{1}.0", "{0}{1}", "O{0}{1}", ""),
)


def write_list(path: Path, rows: int) -> None:
    """Write a list of so many rows, always the same."""
    world = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        file.write("phone,first name,last name,city\n")
        for _ in range(rows):
            number = f"{world.randrange(11_000_000, 11_000_000 + rows * 4):08}"
            cell = world.choice(SPELLINGS).format("6", number)
            file.write(f"{cell},{world.choice(FIRST)},{world.choice(LAST)},Paris\n")


if __name__ == "__main__":
    write_list(Path(sys.argv[1]), int(sys.argv[2]))
