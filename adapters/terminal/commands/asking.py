"""`ask`, `random`, `picture` and `chat`: commands that show highlights to a person.

Each command imports what it needs when it runs, so that a single question is answered fast.
"""

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from adapters.terminal.commands.question_args import QuestionCommand
from adapters.terminal.options import AsJson, Corpus
from adapters.terminal.output import exit_with, exit_with_error, print_line, warn_if_empty
from bot.settings import load_settings

app = typer.Typer()


@app.command(
    cls=QuestionCommand,
    epilog="Examples:  analects ask \"what did Krautbach say about precision?\"   ·   analects ask 'tag:favorite sleep' -n 5",
)
def ask(
    question: Annotated[
        list[str] | None, typer.Argument(help="What you want to know.", show_default=False)
    ] = None,
    number: Annotated[
        int | None, typer.Option("-n", min=1, help="How many quotes. Default: QUOTES_PER_ANSWER.")
    ] = None,
    batch: Annotated[
        typer.FileBinaryRead | None,
        typer.Option(
            "--batch", metavar="FILE", help='Answer a file of {"id", "question"} lines; needs --json.'
        ),
    ] = None,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Also say why it was answered or refused: every part of the score."),
    ] = False,
    corpus: Corpus = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question with quotes from the notes."""
    if (batch is None) == (not question):
        raise typer.BadParameter('give one question, as in: analects ask "how does memory work?"')
    if batch is not None and not as_json:
        raise typer.BadParameter("--batch answers in JSON: add --json")
    if batch is not None and explain:
        raise typer.BadParameter("--explain needs a single question, not --batch")
    from adapters.terminal import loading

    settings = load_settings(corpus)
    snapshot = loading.snapshot(settings)
    limit = number or settings.quotes_per_answer
    warn_if_empty(snapshot.index.library, settings)
    search_by_meaning = None
    if settings.embedding_model != "off":
        from adapters.terminal import embedding

        search_by_meaning = embedding.ready(snapshot.index, settings)
    if batch is not None:
        from adapters.terminal.batch import answer_lines

        bot = loading.bot_over(snapshot, settings, search_by_meaning)
        exit_with(0 if answer_lines(batch, bot, limit, print_line, fill=number is not None) else 1)
    from bot.answering.answer import explained_answer
    from bot.model import Question

    reply, findings = explained_answer(
        Question(" ".join(question or ()), limit, fill=number is not None),
        snapshot.index,
        search_by_meaning,
    )
    if as_json:
        from adapters import json_output as json

        fields = json.answer(reply)
        if explain:
            from adapters.terminal import explanation

            fields["explanation"] = explanation.as_json(findings, snapshot.index)
        print_line(json.line(fields))
    else:
        from adapters.terminal.console import console, show, use_terminal_language

        use_terminal_language()
        hint = f"More: -n {min(reply.total, 2 * limit)}" if reply.total > len(reply.quotes) else None
        out = console()
        show(out, reply, hint)
        if explain:
            from adapters.terminal import explanation

            out.print(f"\n{explanation.as_text(findings, snapshot.index)}", soft_wrap=True, highlight=False)


@app.command(epilog="Example:  analects random -n 3 --corpus ~/vault/Readwise")
def random(
    number: Annotated[int, typer.Option("-n", min=1, help="How many.")] = 1,
    tag: Annotated[str, typer.Option("--tag", help="Only those with this tag.")] = "",
    by: Annotated[str, typer.Option("--by", help="Only those by this author.")] = "",
    title: Annotated[str, typer.Option("--from", help="Only those from this title.")] = "",
    corpus: Corpus = None,
    as_json: AsJson = False,
) -> None:
    """Show a highlight that you may have forgotten."""
    from adapters.terminal import loading
    from bot.answering import listing, themes
    from bot.answering.word_filters import local_today
    from bot.chat import wording
    from bot.chat.replies import Picks
    from bot.chat.requests import Command
    from bot.schedule.plan import Filter, Theme

    settings = load_settings(corpus)
    bot = loading.bot(settings)
    warn_if_empty(bot.index.library, settings)
    filters: list[Filter] = [Filter("tag", tag), Filter("by", by), Filter("from", title)]
    theme = Theme(tuple(filter_ for filter_ in filters if filter_.value.strip()))
    if (unmatched := themes.unmatched(theme, bot.index)) is not None:
        typer.echo(wording.none_listed(unmatched.facet, unmatched.name, unmatched.suggestions), err=True)
    within = themes.fitting(theme, bot.index, local_today())
    picks = listing.at_random(bot.index, number, within=within)
    if as_json:
        from adapters import json_output as json

        print_line(json.line([json.highlight(quote.highlight) for quote in picks]))
    elif picks:
        from adapters.terminal.console import console, show, use_terminal_language

        use_terminal_language()
        show(console(), Picks(picks, Command("random")))


@app.command(epilog='Example:  analects picture "what about sleep?" --out quote.png')
def picture(
    question: Annotated[list[str], typer.Argument(help="What you want to know.")],
    out: Annotated[Path, typer.Option("--out", help="The file that is written, a PNG.")],
    dark: Annotated[bool, typer.Option("--dark", help="Light words on a dark card.")] = False,
    corpus: Corpus = None,
) -> None:
    """Write the best quote as a picture (extra `pictures`)."""
    from adapters.terminal import loading
    from bot.answering.answer import answer
    from bot.model import Question
    from bot.pictures.drawing import PictureError, png

    settings = load_settings(corpus)
    bot = loading.bot(settings)
    reply = answer(Question(" ".join(question), 1), bot.index)
    if not reply.found:
        from bot.chat import wording

        exit_with_error(wording.nothing_fits(reply), 1)
    try:
        out.write_bytes(png(reply.quotes[0], "dark" if dark else "light"))
    except PictureError as error:
        exit_with_error(str(error), 1)
    except OSError as error:
        exit_with_error(f"{out} cannot be written: {error.strerror}", 1)


@app.command(epilog="Ask in your own words, or type “more” or /highlight help. Leave with “quit”.")
def chat(corpus: Corpus = None) -> None:
    """Talk as in a channel: questions and /highlight commands."""
    from adapters.terminal import console, embedding, loading
    from adapters.terminal.exits import leave
    from adapters.terminal.gaps import notice as gaps_notice
    from adapters.terminal.live_reload import following
    from bot.chat import wording
    from bot.chat.replies import Notice

    settings = load_settings(corpus)
    snapshot = loading.snapshot(settings)
    meaning = loading.meaning(settings, snapshot.index)
    bot = loading.bot_over(snapshot, settings, meaning)
    warn_if_empty(bot.index.library, settings)
    out = console.console()
    console.use_terminal_language()
    if sys.stdin.isatty():
        library = bot.index.library
        known = wording.known(len(library.highlights), len(library.sources))
        console.show(out, Notice(wording.TERMINAL_GREETING.format(known=known)))
        out.print()
    with (
        following(bot, snapshot, settings.corpus, partial(loading.forget, settings)),
        embedding.in_background(meaning, lambda: bot.index) as making_vectors,
    ):
        console.chat(bot, out, console.read_line, partial(gaps_notice, settings))
    if making_vectors():
        leave(0)
