"""The command line `analects`: parses arguments, runs commands, prints.

Exit codes: 0 done (also when nothing fits), 1 could not do it, 2 wrong usage or settings.
Standard output has the answer, or with `--json` JSON alone; all else goes to standard error. Each command imports what it needs
when it runs, so that a single question is answered fast.
"""

import os
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from time import perf_counter, time
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from adapters.terminal import setup
from adapters.terminal.question_args import QuestionCommand
from bot import __version__
from bot.settings import Settings, SettingsError, load_settings
from corpus.folder.files import CorpusError
from corpus.folder.roots import missing, shown

if TYPE_CHECKING:
    from corpus.model import Library


class _Commands(TyperGroup):
    """The group of commands. A closed pipe, as after `| head`, is not an error."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # typer would end with 1
            _discard_output()
            raise typer.Exit(0) from None


app = typer.Typer(
    cls=_Commands,
    help="Answers from your reading highlights, word for word.",
    epilog='Try:  analects ask "how does memory work?"   or   analects chat',
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(setup.app, name="setup")


def _folder(given: str) -> Path:
    """The folder of `--corpus`. An empty name most likely comes from a shell variable that is not set, so it is refused."""
    if not given.strip():
        raise typer.BadParameter("it is empty: give the folder of notes, or leave --corpus out")
    return Path(given)


Corpus = Annotated[
    Path | None,
    typer.Option(
        "--corpus",
        parser=_folder,
        metavar="PATH",
        help="Folder of notes, and nothing else. Default: CORPUS_PATH and what was synced, else the sample notes.",
    ),
]
_ESCAPED = "backslashreplace"
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON alone, for scripts.")]


def main() -> None:
    """Runs a command. An error becomes a sentence on standard error and an exit code."""
    for stream, errors in ((sys.stdout, _ESCAPED), (sys.stderr, _ESCAPED), (sys.stdin, "replace")):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=errors)
    try:
        app()
    except SettingsError as error:
        _exit_with_error(str(error), 2)
    except CorpusError as error:
        _exit_with_error(str(error), 1)
    except OSError as error:  # a full disk, for example
        _discard_output()
        _exit_with_error(error.strerror or type(error).__name__, 1)
    except Exception as error:  # a defect; a traceback would show its text, which may be a passage or a token
        from bot.runtime.logs import describe_error

        _exit_with_error(f"bug: {describe_error(error)}. Please report it", 1)
    except KeyboardInterrupt:
        sys.exit(130)


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        typer.echo(f"analects {__version__}")
        raise typer.Exit


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
    found = loading.snapshot(settings)
    limit = number or settings.quotes_per_answer
    _warn_if_empty(found.index.library, settings)
    ready = None
    if settings.embedding_model != "off":
        from adapters.terminal import embedding

        ready = embedding.ready(found.index, settings)
    if batch is not None:
        from adapters.terminal.batch import answer_lines

        bot = loading.bot_over(found, settings, ready)
        _exit_with(0 if answer_lines(batch, bot, limit, _print_line) else 1)
    from bot.answering.answer import explained_answer
    from bot.model import Question

    reply, findings = explained_answer(Question(" ".join(question or ()), limit), found.index, ready)
    if as_json:
        from adapters import json_output as json

        fields = json.answer(reply)
        if explain:
            from adapters.terminal import explanation

            fields["explanation"] = explanation.as_json(findings, found.index)
        _print_line(json.line(fields))
    else:
        from adapters.terminal.console import console, read_in_own_language, show

        read_in_own_language()
        hint = f"More: -n {min(reply.total, 2 * limit)}" if reply.total > limit else None
        out = console()
        show(out, reply, hint)
        if explain:
            from adapters.terminal import explanation

            out.print(f"\n{explanation.as_text(findings, found.index)}", soft_wrap=True, highlight=False)


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
    _warn_if_empty(bot.index.library, settings)
    typed: list[Filter] = [Filter("tag", tag), Filter("by", by), Filter("from", title)]
    theme = Theme(tuple(one for one in typed if one.value.strip()))
    if (wrong := themes.unmatched(theme, bot.index)) is not None:
        typer.echo(wording.none_listed(wrong.facet, wrong.name, wrong.suggestions), err=True)
    within = themes.fitting(theme, bot.index, local_today())
    picks = listing.at_random(bot.index, number, within=within)
    if as_json:
        from adapters import json_output as json

        _print_line(json.line([json.highlight(quote.highlight) for quote in picks]))
    elif picks:
        from adapters.terminal.console import console, read_in_own_language, show

        read_in_own_language()
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

        _exit_with_error(wording.nothing_fits(reply), 1)
    try:
        out.write_bytes(png(reply.quotes[0], "dark" if dark else "light"))
    except PictureError as error:
        _exit_with_error(str(error), 1)
    except OSError as error:
        _exit_with_error(f"{out} cannot be written: {error.strerror}", 1)


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
    _warn_if_empty(bot.index.library, settings)
    out = console.console()
    console.read_in_own_language()
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


@app.command(epilog="Example:  analects highlights --json | jq -r .source.title | sort | uniq -c")
def highlights(corpus: Corpus = None, as_json: AsJson = False) -> None:
    """Print every highlight, in the order of the notes."""
    from adapters.terminal import loading

    settings = load_settings(corpus)
    library = loading.library(settings)
    _warn_if_empty(library, settings)
    if as_json:
        from adapters import json_output as json

        for one in library.highlights:
            _print_line(json.line(json.highlight(one)))
        return
    from adapters.terminal.console import console, read_in_own_language, show
    from bot.chat.replies import Picks
    from bot.chat.requests import Command
    from bot.model import Quote

    out = console()
    read_in_own_language()
    for one in library.highlights:
        whole = Quote(one, ((0, len(one.plain)),))
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

        _print_line(json.line(json.check(library, took_ms, freshness, progress, privacy)))
        return
    from adapters.terminal.check_report import report
    from adapters.terminal.console import console
    from bot.chat import wording

    told = wording.freshness(freshness, time(), problems=True)

    console().print(report(library, shown(settings.corpus), took_ms, progress, told, privacy), end="")


model_app = typer.Typer(
    help="Embedding models by name: list them, or fetch one.", no_args_is_help=True, add_completion=False
)
app.add_typer(model_app, name="model")


@model_app.command(
    "list",
    epilog="EMBEDDING_MODEL=auto takes the first one that is installed and reads the notes' language.",
)
def model_list(as_json: AsJson = False) -> None:
    """List the models by name: size, languages, licence, and how to get each."""
    from adapters.terminal import models

    found = models.list_models(load_settings())
    if as_json:
        from adapters import json_output as json

        _print_line(json.line([asdict(one) for one in found]))
    else:
        typer.echo(models.in_words(found))


@model_app.command("fetch", epilog="Example:  analects model fetch english")
def model_fetch(
    name: Annotated[str, typer.Argument(help="As `model list` has it.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Fetch a model and verify every file; it resumes where it stopped."""
    from adapters.terminal import models

    try:
        folder = models.fetch(load_settings(), name)
    except models.FetchError as error:
        _exit_with_error(str(error), 1)
    if as_json:
        from adapters import json_output as json

        _print_line(json.line({"model": name, "folder": str(folder)}))
    else:
        typer.echo(f"{name} is in {folder}")


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
    _warn_if_empty(index.library, settings)
    made = embedding.make(index, settings, all_cores)
    if made is None:
        _exit_with(1)
    if as_json:
        from adapters import json_output as json

        _print_line(json.line(asdict(made)))
    else:
        typer.echo(
            f"{made.highlights - made.missing:,} of {made.highlights:,} highlights are found by meaning ({made.model}); "
            f"{made.made:,} of them new, in {made.took_ms / 1000:.1f} s"
        )
    _exit_with(0 if not made.missing else 1)


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

        _print_line(json.line(counts))
    elif code == 0:
        typer.echo(in_words(counts))
        typer.echo(why_check_differs(settings), err=True)
    _exit_with(code)


@app.command(
    epilog="Tokens and the rest come from the environment or .env; `analects doctor` says what is missing."
)
def run(corpus: Corpus = None) -> None:
    """Answer on every platform that has its tokens, until told to stop."""
    settings = load_settings(corpus)
    from adapters.terminal.run import run as start

    _exit_with(start(settings))


@app.command(
    epilog="It speaks on standard input and output, as assistants start it; docs/assistants.md has their settings."
)
def mcp(
    corpus: Corpus = None,
    http: Annotated[
        int | None,
        typer.Option(
            "--http",
            metavar="PORT",
            min=0,
            max=65535,
            help="Over HTTP instead, for clients that bring MCP_TOKEN.",
        ),
    ] = None,
) -> None:
    """Serve the highlights to an assistant, as tools of the Model Context Protocol."""
    from adapters.terminal.mcp import serve

    serve(load_settings(corpus), http)


@app.command(
    epilog="The container image runs it every 30 seconds. Example:  docker exec analects analects health --ready"
)
def health(
    ready: Annotated[
        bool, typer.Option("--ready", help="Also exit 1 until every platform is connected.")
    ] = False,
) -> None:
    """Ask the `analects run` on this machine whether it is alive."""
    from adapters.terminal.health import look

    well, told = look(load_settings(), ready)
    typer.echo(told)
    _exit_with(0 if well else 1)


@app.command(epilog="KEEP_UNANSWERED says for how many days they are kept; none by default.")
def gaps(as_json: AsJson = False) -> None:
    """List unanswered questions, and those marked as wrongly answered."""
    from adapters.terminal import gaps as listed
    from bot.chat import wording
    from bot.state.claims import StateError

    settings = load_settings()
    try:
        found = listed.gaps(settings)
    except StateError as error:
        _exit_with_error(str(error), 1)
    if settings.keep_unanswered is None:
        typer.echo(f"analects: {wording.GAPS_OFF}", err=True)
    if as_json:
        from adapters import json_output as json

        _print_line(json.line(listed.as_json(found)))
    elif settings.keep_unanswered is not None:
        typer.echo(wording.gaps(found, settings.keep_unanswered, time(), None))


@app.command(epilog="It posts nothing and takes nothing from a bot that runs.")
def doctor(corpus: Corpus = None, as_json: AsJson = False) -> None:
    """Check settings, notes, state and tokens, and say how to fix what is wrong."""
    from adapters.terminal.doctor import as_text, examine

    findings = examine(corpus)
    if as_json:
        from adapters import json_output as json

        _print_line(json.line([finding.to_json() for finding in findings]))
    else:
        typer.echo(as_text(findings))
    _exit_with(0 if all(finding.ok for finding in findings) else 1)


def _warn_if_empty(library: "Library", settings: Settings) -> None:
    for sentence in missing(settings.corpus):
        typer.echo(f"analects: {sentence}", err=True)
    if not library.highlights:
        typer.echo(
            f"No highlights in {shown(settings.corpus)}: `analects check` says why.",
            err=True,
        )


def _print_line(text: str) -> None:
    """Prints a line of JSON, as UTF-8 in every locale."""
    data = (text + "\n").encode("utf-8", "backslashreplace")
    sys.stdout.flush()
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(data.decode("utf-8"))
    else:
        buffer.write(data)
        buffer.flush()


def _discard_output() -> None:
    """Discards further output, so that Python does not report a broken pipe at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _exit_with(code: int) -> NoReturn:
    raise typer.Exit(code)


def _exit_with_error(sentences: str, code: int) -> NoReturn:
    for sentence in sentences.splitlines():
        typer.echo(f"analects: {sentence}", err=True)
    sys.exit(code)
