"""Options that several commands take."""

from pathlib import Path
from typing import Annotated

import typer


def _folder(name: str) -> Path:
    """The folder of `--corpus`. An empty name most likely comes from a shell variable that is not set, so it is refused."""
    if not name.strip():
        raise typer.BadParameter("it is empty: give the folder of notes, or leave --corpus out")
    return Path(name)


Corpus = Annotated[
    Path | None,
    typer.Option(
        "--corpus",
        parser=_folder,
        metavar="PATH",
        help="Folder of notes, and nothing else. Default: CORPUS_PATH and what was synced, else the sample notes.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON alone, for scripts.")]
