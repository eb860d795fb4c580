"""Faults 34 and 35: whatever lies in the folder is read or skipped with a reason, and nothing raises or hangs."""

import os
import socket
import sys
import time
from pathlib import Path

import pytest

from corpus import load
from corpus.folder import files
from corpus.folder.files import CorpusError
from corpus.model import Library
from tests.notes_on_disk import TAIL, library, note, read, texts, write

AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
POSIX = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX file system")
GOOD = note(f"- A hedge is a slow wall. {TAIL.format(1)}")


def reasons(found: Library) -> dict[str, str]:
    return {skipped.path: skipped.reason for skipped in found.skipped}


def every_file_is_accounted_for(root: Path, found: Library) -> bool:
    """Whether every file in the folder was read as a note or skipped."""
    return sum(len(names) for _, _, names in os.walk(root)) == found.notes + len(found.skipped)


# Fault 34


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"no notes at .*nowhere: there is no such folder"):
        load.load(tmp_path / "nowhere")


def test_a_file_instead_of_a_folder_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": GOOD})
    with pytest.raises(CorpusError, match="is a file: give the folder"):
        load.load(tmp_path / "a.md")


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000])
def test_a_folder_with_an_impossible_name_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(CorpusError, match="no notes at"):
        load.load(tmp_path / name)


@POSIX
def test_a_folder_that_is_a_looping_link_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(CorpusError, match="no notes at"):
        load.load(tmp_path / "loop")


@pytest.mark.skipif(AS_ROOT, reason="root may read everything")
def test_an_unreadable_folder_is_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0)
    with pytest.raises(CorpusError, match="may not be read"):
        load.load(folder)
    folder.chmod(0o700)


def test_an_empty_folder_has_no_highlights(tmp_path: Path) -> None:
    loaded = load.load(tmp_path)
    assert (loaded.notes, loaded.highlights, loaded.skipped, loaded.problems) == (0, (), (), ())


def test_a_folder_that_disappears_during_the_walk_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"a.md": GOOD, "deep/b.md": GOOD})
    real = os.scandir

    def scandir_without_deep(path: object) -> object:
        if str(path).endswith("deep"):
            raise FileNotFoundError(2, "No such file or directory")
        return real(path)  # type: ignore[call-overload]

    monkeypatch.setattr(os, "scandir", scandir_without_deep)
    loaded = load.load(tmp_path)
    assert loaded.notes == 1
    assert reasons(loaded) == {"deep": "the folder cannot be read: no such file or directory"}


def test_a_file_that_disappears_before_it_is_read_is_reported(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": GOOD, "b.md": GOOD})
    loaded = load.load(tmp_path, progress=lambda done, total: (tmp_path / "b.md").unlink(missing_ok=True))
    assert loaded.notes == 1
    assert reasons(loaded) == {"b.md": "cannot be read: no such file or directory"}


def test_a_file_that_becomes_a_pipe_before_it_is_read_is_skipped(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": GOOD})
    (found,) = files.walk(tmp_path)
    assert isinstance(found, files.NoteFile)
    (tmp_path / "a.md").unlink()
    os.mkfifo(tmp_path / "a.md")
    skipped = files.read(found)
    assert not isinstance(skipped, bytes)
    assert skipped.reason == "not a regular file"


# Fault 35: encodings and line ends


@pytest.mark.parametrize(
    ("encoding", "byte_order_mark"),
    [
        ("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"),
        ("utf-16-le", b""), ("utf-16-be", b""), ("utf-32-le", b"\xff\xfe\0\0"), ("cp1252", b""),
    ],
)  # fmt: skip
def test_notes_in_other_encodings_are_read(tmp_path: Path, encoding: str, byte_order_mark: bytes) -> None:
    text = note("- Der Löwe läßt grüßen, für alle Zeit und überall.", "- Où est passée l’été dernière ?")
    loaded = library(tmp_path, {"a.md": byte_order_mark + text.encode(encoding)})
    assert texts(loaded) == [
        "Der Löwe läßt grüßen, für alle Zeit und überall.", "Où est passée l’été dernière ?",
    ]  # fmt: skip
    assert loaded.highlights[0].source.title == "On Hedges"
    assert [p.path for p in loaded.problems] == ([] if encoding == "utf-8" else ["a.md"])


def test_byte_order_mark_before_front_matter(tmp_path: Path) -> None:
    (highlight,) = read(tmp_path, '\ufeff---\nauthor: Jo Fen\ntitle: "Fens"\n---\n## Highlights\n- Wet.\n')
    assert (highlight.source.title, highlight.source.authors) == ("Fens", ("Jo Fen",))


def test_damaged_utf8_stays_readable_and_is_reported(tmp_path: Path) -> None:
    text = note("- Der Löwe läßt grüßen.").encode() + b"- half \xe2\x82 a sign\n"
    loaded = library(tmp_path, {"a.md": text})
    assert texts(loaded) == ["Der Löwe läßt grüßen.", "half \ufffd a sign"]
    assert "U+FFFD" in loaded.problems[0].problem


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_any_line_ends_are_read(tmp_path: Path, ending: str) -> None:
    text = note("- One", "  and more", "    - Note: mine", "- Two").replace("\n", ending)
    first, second = read(tmp_path, text.encode())
    assert (first.text, first.remark, second.text, second.line) == ("One\nand more", "mine", "Two", 11)


def test_carriage_return_within_a_line(tmp_path: Path) -> None:
    assert texts(read(tmp_path, note("- One\rtwo\r", "- Three"))) == ["Onetwo", "Three"]


def test_a_lone_zero_byte_is_text(tmp_path: Path) -> None:
    (highlight,) = read(tmp_path, note("- A nul \0 byte."))
    assert highlight.text == "A nul \0 byte."


def test_bytes_that_are_not_text(tmp_path: Path) -> None:
    loaded = library(tmp_path, {"a.md": bytes(range(256)) * 40 + b"\0" * 5000})
    assert reasons(loaded) == {"a.md": "not a text"}


# Fault 35: sizes


def test_a_file_of_a_hundred_megabytes_is_skipped_unread(tmp_path: Path) -> None:
    with (tmp_path / "big.md").open("wb") as file:
        file.truncate(100 * 2**20)
    write(tmp_path, {"a.md": GOOD})
    begin = time.process_time()
    loaded = load.load(tmp_path)
    assert time.process_time() - begin < 2
    assert reasons(loaded) == {"big.md": "too large for a note: 100 MB, at most 16 are read"}
    assert loaded.notes == 1


@pytest.mark.long
@pytest.mark.parametrize("head", ["", "- ", "---\ntitle: ", "# T\n## Highlights\n- "])
def test_a_line_of_ten_megabytes(tmp_path: Path, head: str) -> None:
    begin = time.process_time()
    loaded = library(tmp_path, {"a.md": head + "word " * 2_000_000, "b.md": GOOD})
    assert time.process_time() - begin < 10
    assert texts(loaded) == ["A hedge is a slow wall."]


def test_a_passage_over_the_length_limit_is_reported(tmp_path: Path) -> None:
    loaded = library(tmp_path, {"a.md": note("- " + "long " * 30_000, "- short")})
    assert texts(loaded) == ["short"]
    assert [(p.line, "too long" in p.problem) for p in loaded.problems] == [(8, True)]


@pytest.mark.parametrize("content", ["", "\n\n", " ", "\ufeff"])
def test_an_empty_file_is_skipped(tmp_path: Path, content: str) -> None:
    loaded = library(tmp_path, {"a.md": content})
    assert reasons(loaded) == {"a.md": "empty"}


def test_a_note_without_highlights_is_reported(tmp_path: Path) -> None:
    loaded = library(tmp_path, {"a.md": note()})
    assert (loaded.notes, loaded.highlights) == (1, ())
    assert [(p.path, p.problem) for p in loaded.problems] == [("a.md", "no highlights in it")]


@pytest.mark.long
def test_many_files_in_many_folders(tmp_path: Path) -> None:
    for number in range(2000):
        folder = tmp_path / f"{number % 40:02}"
        folder.mkdir(exist_ok=True)
        (folder / f"{number}.md").write_text(note(f"- Highlight number {number}.", title=f"T{number}"))
    begin = time.process_time()
    loaded = load.load(tmp_path)
    assert time.process_time() - begin < 10
    assert (loaded.notes, len(loaded.highlights), len(loaded.sources)) == (2000, 2000, 2000)


def test_notes_in_very_deep_folders_are_read(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * 200)
    deep.mkdir(parents=True)
    (deep / "a.md").write_text(GOOD)
    assert texts(load.load(tmp_path)) == ["A hedge is a slow wall."]


# Fault 35: YAML


@pytest.mark.parametrize(
    "block",
    [
        "author: Paul Reed: Essays", "aliases: Title: Subtitle", "link: [[a]], [[b]]", 'title: "A "b" c"',
        "author: One\nTwo\nThree", "a: [", "a: {b", "\ta: b", "a: 'x", "a: &x [*x]", "? ", "a: !!python/object:os.system x",
        "a: !!binary x", "date: 2024-99-99", "a: b\n  c: d\n e", "%YAML 9.9", "a: *unknown", "a: \x07", "- a\n- b",
        "a: " + "[" * 3000, "a: " + "{" * 3000, "a:\n" + "\n".join("  " * n + "b:" for n in range(300)), "007: yes",
    ],
)  # fmt: skip
def test_broken_yaml_loses_no_highlight(tmp_path: Path, block: str) -> None:
    text = f"---\n{block}\ntags: hedge\n---\n{GOOD}"
    (highlight,) = read(tmp_path, text)
    assert highlight.text == "A hedge is a slow wall."
    assert highlight.source.title == "On Hedges"


def test_broken_yaml_is_reported_with_its_line_and_the_other_keys_are_kept(tmp_path: Path) -> None:
    text = "---\nauthor: Paul Reed: Essays\ntags:\n- hedge\n---\n## Highlights\n- Wet. " + TAIL.format(1)
    loaded = library(tmp_path, {"a.md": text})
    assert loaded.highlights[0].source.tags == ("hedge",)
    assert loaded.highlights[0].source.authors == ("Paul Reed: Essays",)
    assert [(p.path, p.line) for p in loaded.problems] == [("a.md", 2)]


def test_yaml_aliases_that_would_expand_without_end(tmp_path: Path) -> None:
    levels = "\n".join(
        f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    begin = time.process_time()
    (highlight,) = read(tmp_path, f"---\na: &a [x]\n{levels}\ntags: *i\n---\n{GOOD}")
    assert time.process_time() - begin < 2
    assert highlight.text == "A hedge is a slow wall."


def test_yaml_tags_are_not_executed(tmp_path: Path) -> None:
    made = tmp_path / "made"
    text = f"---\ntitle: !!python/object/apply:os.mkdir ['{made}']\nurl: !!str https://x.org/\n---\n{GOOD}"
    (highlight,) = read(tmp_path, text)
    assert not made.exists()
    assert highlight.source.url == "https://x.org/"


# Fault 35: pipes and sockets, links, file names


@POSIX
def test_pipes_and_sockets_are_skipped(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": GOOD})
    (tmp_path / "x.md").mkdir()
    (tmp_path / "x.md" / "inside.md").write_text(note("- Below a folder named like a note."))
    os.mkfifo(tmp_path / "pipe.md")
    with socket.socket(socket.AF_UNIX) as server:
        os.chdir(tmp_path)
        server.bind("socket.md")
        loaded = load.load(tmp_path)
    assert reasons(loaded) == {"pipe.md": "not a regular file", "socket.md": "not a regular file"}
    assert texts(loaded) == ["A hedge is a slow wall.", "Below a folder named like a note."]


@POSIX
def test_links_are_skipped_with_a_reason(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", {"secret.md": note("- Outside.", title="Outside")})
    root = write(tmp_path / "root", {"a.md": GOOD, "deep/b.md": note("- Within.", title="Within")})
    (root / "out.md").symlink_to(outside / "secret.md")
    (root / "outdir").symlink_to(outside)
    (root / "same.md").symlink_to(root / "a.md")
    (root / "gone.md").symlink_to(root / "missing.md")
    (root / "loop.md").symlink_to(root / "loop.md")
    (root / "deep" / "up").symlink_to(root)
    (root / "zero.md").symlink_to("/dev/zero")
    loaded = load.load(root)
    assert texts(loaded) == ["A hedge is a slow wall.", "Within."]
    assert reasons(loaded) == {
        "out.md": "a link that leads out of the folder",
        "outdir": "a link that leads out of the folder",
        "zero.md": "a link that leads out of the folder",
        "gone.md": "a link that leads nowhere",
        "loop.md": "a link that leads nowhere",
        "same.md": "a link within the folder: its target is read where it stands",
        "deep/up": "a link within the folder: its target is read where it stands",
    }


@POSIX
def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    write(tmp_path / "root", {"a.md": GOOD})
    (tmp_path / "link").symlink_to(tmp_path / "root")
    assert texts(load.load(tmp_path / "link")) == ["A hedge is a slow wall."]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems refuse such names")
def test_unusual_file_names_are_read(tmp_path: Path) -> None:
    names = [
        b"x" * 252 + b".md", "ж".encode() * 126 + b".md", b"\xff\xfeTopic 2.md", b"a\nb.md", b" lead .md", b"trail..md",
        "🌱 Don't [x] #1 & (y) | \"z\".md".encode(), b"-rf.md", b"a%3Ab.md", b"a\x1b[31mb.md", b"~.md", b"A.MD",
    ]  # fmt: skip
    for number, name in enumerate(names):
        with open(os.path.join(os.fsencode(tmp_path), name), "w") as file:  # noqa: PTH118, PTH123  a name of bytes
            file.write(f"## Highlights\n- Highlight {number}. {TAIL.format(number)}\n")
    loaded = load.load(tmp_path)
    assert len(loaded.highlights) == len(names)
    for highlight in loaded.highlights:
        highlight.path.encode()  # must be printable
        assert highlight.source.title


@pytest.mark.skipif(AS_ROOT, reason="root may read everything")
def test_unreadable_file_and_folder(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": GOOD, "b.md": GOOD, "closed/c.md": GOOD})
    (tmp_path / "b.md").chmod(0)
    (tmp_path / "closed").chmod(0)
    loaded = load.load(tmp_path)
    (tmp_path / "closed").chmod(0o700)
    assert reasons(loaded) == {
        "b.md": "cannot be read: permission denied",
        "closed": "the folder cannot be read: permission denied",
    }


def test_every_file_is_a_note_or_skipped(tmp_path: Path) -> None:
    loaded = library(
        tmp_path,
        {
            "a.md": GOOD, "b.txt": GOOD, "c.markdown": GOOD, "d.pdf": b"%PDF", ".hidden.md": GOOD, ".trash/e.md": GOOD,
            ".obsidian/app.json": "{}", "Full Document Contents/f.md": GOOD, "Readwise Syncs.md": "x", "empty.md": "",
            "templates/t.md": GOOD, "logseq/bak/g.md": GOOD, "logseq/version-files/h.md": GOOD, "plain.md": "Just words.",
            "noext": "x", "img.png": b"\x89PNG", "sub/.DS_Store": b"\0",
        },
    )  # fmt: skip
    assert loaded.notes == 3
    assert every_file_is_accounted_for(tmp_path, loaded)
    assert len({skipped.path for skipped in loaded.skipped}) == len(loaded.skipped)
    assert all(skipped.reason for skipped in loaded.skipped)
