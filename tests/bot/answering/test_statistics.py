"""The numbers and the text of `/highlight stats`."""

from pathlib import Path

from bot.answering.statistics import statistics
from bot.chat import commands, requests, wording
from bot.chat.replies import Notice
from bot.chat.requests import Command
from bot.search.index import Index
from corpus.formats.saved_message import SavedMessage, encode
from corpus.load import Rules, load

EN = "The water in the harbour keeps a calendar of its own, and the clocks do not know it, number {}."
JA = "港の水は自分の暦を守っていて、時計はそれを知りません。{}番。"
ZH = "港口的水自有历法，钟表并不知道，第{}号。"


def index_of(folder: Path, *notes: tuple[str, str, str]) -> Index:
    """Returns an index of notes, each given as (text, author, day)."""
    for number, (text, author, day) in enumerate(notes):
        saved = f"{day}T12:00:00" if day else ""
        message = SavedMessage(text.format(number), f"#{author}", author, saved=saved)
        (folder / f"{number}.md").write_text(encode(message), "utf-8")
    return Index.build(load(folder, Rules()))


def test_months_are_counted_without_a_gap_up_to_the_newest(tmp_path: Path) -> None:
    index = index_of(
        tmp_path, (EN, "Ann", "2024-01-31"), (EN, "Ann", "2024-03-01"), (EN, "Bo", "2024-03-09"),
        (EN, "Bo", "2019-05-05"), (EN, "Bo", "")
    )  # fmt: skip
    numbers = statistics(index)
    assert (numbers.highlights, numbers.sources, numbers.undated) == (5, 2, 1)
    assert (numbers.first, numbers.last) == ("2019-05-05", "2024-03-09")
    assert len(numbers.months) == 12
    assert numbers.months[-3:] == (("2024-01", 1), ("2024-02", 0), ("2024-03", 2))
    assert numbers.months[0][0] == "2023-04"
    assert numbers.authors == (("Bo", 3), ("Ann", 2))
    assert numbers.titles == (("#Bo", 3), ("#Ann", 2))


def test_statistics_of_a_year_count_its_highlights_by_month(tmp_path: Path) -> None:
    index = index_of(tmp_path, (EN, "Ann", "2024-01-31"), (EN, "Ann", "2023-12-31"), (EN, "Bo", ""))
    numbers = statistics(index, 2024)
    assert (numbers.highlights, numbers.undated) == (1, 0)
    assert [month for month, _ in numbers.months] == [f"2024-{number:02}" for number in range(1, 13)]
    assert statistics(index, 1999).highlights == 0


def test_japanese_and_chinese_are_counted_separately(tmp_path: Path) -> None:
    index = index_of(tmp_path, (EN, "Ann", ""), (EN, "Ann", ""), (JA, "Ann", ""), (ZH, "Ann", ""))
    assert dict(statistics(index).languages) == {"en": 2, "ja": 1, "zh": 1}


def notice_text(index: Index, typed: str) -> str:
    request = requests.parse(typed)
    assert isinstance(request, Command)
    reply = commands.run(request, index, 3)
    assert isinstance(reply, Notice)
    return reply.text


def test_the_text_of_the_statistics(tmp_path: Path) -> None:
    index = index_of(tmp_path, *[(EN, "Ann", "2024-03-01")] * 9, (EN, "Bo", "2024-02-01"))
    text = notice_text(index, "stats")
    assert "2024-03  ▇▇▇▇▇▇▇ 9" in text
    assert "2024-02  ▇ 1" in text
    assert "1. Ann · 9\n2. Bo · 1\n" in text
    assert "English 100 %" in text
    assert notice_text(index, "stats 2024").startswith("2024 in review\n10 highlights · 2 sources.")
    assert notice_text(index, "stats 1999") == wording.STATS_NONE_IN_YEAR.format(year=1999)
    assert requests.parse("stats of the year") == Command("search", "stats of the year")


def test_an_empty_library_has_no_statistics(tmp_path: Path) -> None:
    assert notice_text(index_of(tmp_path), "stats") == wording.NO_HIGHLIGHTS_YET
