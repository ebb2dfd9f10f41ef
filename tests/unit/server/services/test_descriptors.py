"""How many files may be open: all that the system allows, and a word where that is little. In a process of its own."""

import subprocess
import sys

import pytest

SAYS = """
import resource, sys
from server.services import descriptors
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[2])))
descriptors.allow_more()
print(descriptors.most_open())
"""


@pytest.mark.parametrize(
    ("soft", "hard", "most", "warns"),
    [(256, 8192, 8192, False), (512, 512, 512, True), (8192, 8192, 8192, False)],
)
def test_as_many_as_the_system_allows_and_a_word_where_that_is_few(
    soft: int, hard: int, most: int, *, warns: bool
) -> None:
    asked = [sys.executable, "-c", SAYS, str(soft), str(hard)]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=True)
    said = done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == str(most)
    assert ("few files may be open" in said) is warns
