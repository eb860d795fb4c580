"""`highlights`, `check`, `vectors` and `sync`: commands about reading, indexing and fetching notes.

Each command imports what it needs when it runs, so that a single question is answered fast.
"""

from dataclasses import asdict
from time import perf_counter, time
from typing import Annotated

import typer

from adapters.terminal.options import AsJson, Corpus
from adapters.terminal.output import exit_with, print_line, warn_if_empty
from bot.settings import load_settings
from corpus.folder.roots import shown

app = typer.Typer()


@app.command(epilog="Example:  analects highlights --json | jq -r .source.title | sort | uniq -c")
def highlights(corpus: Corpus = None, as_json: AsJson = False) -> None:
    """Print every highlight, in the order of the notes."""
    from adapters.terminal import loading

    settings = load_settings(corpus)
    library = loading.library(settings)
    warn_if_empty(library, settings)
    if as_json:
        from adapters import json_output as json

        for highlight in library.highlights:
            print_line(json.line(json.highlight(highlight)))
        return
    from adapters.terminal.console import console, show, use_terminal_language
    from bot.chat.replies import Picks
    from bot.chat.requests import Command
    from bot.model import Quote

    out = console()
    use_terminal_language()
    for highlight in library.highlights:
        whole = Quote(highlight, ((0, len(highlight.plain)),))
        show(out, Picks((whole,), Command("random")))
        out.print()


@app.command(epilog="Run it first on your own notes:  analects check --corpus ~/vault")
def check(corpus: Corpus = None, as_json: AsJson = False) -> None:
    """Read the notes and report what was found, skipped and odd."""
    from adapters.terminal import loading

    settings = load_settings(corpus)
    began = perf_counter()
    library = loading.library(settings)
    took_ms = (perf_counter() - began) * 1000
    progress = None
    if settings.embedding_model != "off":
        from adapters.terminal import embedding

        progress = embedding.progress(library, settings)
    from adapters.terminal.privacy_report import objections_to

    privacy = objections_to(settings, library)
    freshness = loading.freshness(settings, library)
    if as_json:
        from adapters import json_output as json

        print_line(json.line(json.check(library, took_ms, freshness, progress, privacy)))
        return
    from adapters.terminal.check_report import report
    from adapters.terminal.console import console
    from bot.chat import wording

    freshness_text = wording.freshness(freshness, time(), problems=True)

    console().print(
        report(library, shown(settings.corpus), took_ms, progress, freshness_text, privacy), end=""
    )


@app.command(epilog="It resumes where it stopped. `analects check` says how many highlights have vectors.")
def vectors(
    corpus: Corpus = None,
    all_cores: Annotated[
        bool, typer.Option("--all-cores", help="Use every processor, not half of them.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make every missing vector, so that all highlights are found by meaning."""
    from adapters.terminal import embedding, loading

    settings = load_settings(corpus)
    index = loading.snapshot(settings).index
    warn_if_empty(index.library, settings)
    made = embedding.make_missing(index, settings, all_cores)
    if made is None:
        exit_with(1)
    if as_json:
        from adapters import json_output as json

        print_line(json.line(asdict(made)))
    else:
        typer.echo(
            f"{made.highlights - made.missing:,} of {made.highlights:,} highlights are found by meaning ({made.model}); "
            f"{made.made:,} of them new, in {made.took_ms / 1000:.1f} s"
        )
    exit_with(0 if not made.missing else 1)


@app.command(epilog="Example:  READWISE_TOKEN=… analects sync")
def sync(
    full: Annotated[
        bool,
        typer.Option("--full", help="Fetch everything, not only changes. `run` does so once a day."),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="With --full: even if that removes most highlights.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Fetch once what changed in Readwise and the git repository."""
    if force and not full:
        raise typer.BadParameter("--force needs --full: only then can most highlights be removed")
    from adapters.terminal.sync import in_words, why_check_differs
    from adapters.terminal.sync import sync as fetch

    settings = load_settings()
    counts, code = fetch(settings, full, force)
    if as_json and code == 0:
        from adapters import json_output as json

        print_line(json.line(counts))
    elif code == 0:
        typer.echo(in_words(counts))
        typer.echo(why_check_differs(settings), err=True)
    exit_with(code)
