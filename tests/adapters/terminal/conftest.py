from pathlib import Path

import pytest


@pytest.fixture
def note(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "Lamps.md").write_text(
        "# Lamps\n\n## Metadata\n- Author: [[Ida Wick]]\n- Full Title: Lamps\n- Category: #books\n\n## Highlights\n"
        "- A lamp burns oil. ([Location\u00a012](https://readwise.io/to_kindle?location=12))\n    - Note: true\n"
        "- \x1b[31mRed\x1b[0m lamps warn of trains.\n",
        encoding="utf-8",
    )
    return folder
