"""Words for time as people write them, and sentences that only look like it. Today is Sunday, 29 November 2026."""

from datetime import date
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.times import read

TODAY = date(2026, 11, 29)

SPANS = {
    ("2026-11-16", "2026-11-23"): [
        "what did I highlight last week?", "last week's highlights", "highlights from last week", "what did we highlight last week",
        "was habe ich letzte Woche markiert", "qu'ai-je surligné la semaine dernière", "qué subrayé la semana pasada",
        "先週ハイライトした文章", "我上周划了什么",
    ],
    ("2026-10-01", "2026-11-01"): [
        "what did I read last month", "memory last month", "Highlights vom letzten Monat", "mes notes du mois dernier",
        "notas del mes pasado", "睡眠について先月保存したメモ", "上个月的划线",
    ],
    ("2026-11-01", "2026-12-01"): [
        "this month", "sleep this month", "was habe ich diesen Monat gelesen", "citations de ce mois", "citas de este mes",
        "今月のハイライト", "本月的摘录",
    ],
    ("2024-01-01", "2025-01-01"): [
        "in 2024", "what did I highlight in 2024", "2024 highlights", "highlights from 2024", "was habe ich 2024 gelesen",
        "qu'est-ce que j'ai lu en 2024 sur le sommeil", "lo que leí en 2024", "2024年に読んだもの", "2024年的笔记",
    ],
    ("2026-05-01", None): [
        "since May", "highlights since May", "sleep since May", "Highlights seit Mai", "citations depuis mai", "citas desde mayo",
        "5月以降のハイライト", "五月以来的摘录",
    ],
    ("2024-03-01", "2024-06-01"): [
        "quotes between March and May 2024", "highlights from March to May 2024", "Zitate zwischen März und Mai 2024",
        "entre mars et mai 2024", "entre marzo y mayo de 2024", "2024年3月から5月までの引用", "2024年3月到5月之间的摘录",
        "highlights between March 2024 and May",
    ],
    ("2025-10-01", "2026-04-01"): ["highlights between October and March", "Highlights zwischen Oktober und März"],
    ("2026-11-26", "2026-11-30"): ["what did I save in the last 3 days", "las notas de los últimos tres días", "過去3日間のメモ"],
    ("2026-11-15", "2026-11-30"): ["what did I read about focus in the past two weeks"],
    ("2024-05-03", "2024-05-04"): ["my notes from 3 May 2024", "notes of May 3rd, 2024", "meine Notizen vom 3. Mai 2024"],
    ("2026-11-28", "2026-11-29"): ["yesterday's highlights", "what did I read yesterday", "was habe ich gestern gelesen"],
    (None, "2020-01-01"): ["highlights before 2020", "mes notes avant 2020", "notas antes de 2020"],
    ("2021-01-01", None): ["highlights after 2020", "Zitate nach 2020"],
    ("2023-03-01", "2023-04-01"): ["highlights in March 2023 on habits"],
    ("2023-03-01", None): ["highlights from March 2023 onwards"],
    ("2026-03-01", "2026-06-01"): [
        "what did I highlight last spring", "last spring", "Highlights aus dem letzten Frühling",
        "mes citations du printemps dernier", "subrayados de la primavera pasada", "今年の春のハイライト", "今年春天的摘录",
    ],
    ("2025-06-01", "2025-09-01"): [
        "quotes from the summer of 2025", "was habe ich im Sommer 2025 gelesen", "mes notes de l'été 2025",
        "notas del verano de 2025", "去年の夏のメモ", "2025年夏天的笔记",
    ],
    ("2025-12-01", None): ["highlights since last winter"],
    ("2026-09-01", "2026-12-01"): ["highlights this autumn", "meine Notizen diesen Herbst"],
}  # fmt: skip

NEWEST = [
    "latest highlights", "newest", "the latest on sleep", "latest by Seneca", "show me my latest highlights about habits",
    "recent quotes", "what have I read lately", "my last 5 highlights", "neueste Highlights", "die neuesten Zitate über Schlaf",
    "derniers surlignages", "citations récentes", "últimos subrayados", "最新のハイライトを見せて", "最新的划线",
]  # fmt: skip

FAVOURITES = [
    "favourites", "my favourite quotes about sleep", "favorites by Seneca", "show me my favorite highlights", "meine Favoriten",
    "mes citations favorites", "mis citas favoritas", "お気に入りのハイライト", "我收藏的句子",
]  # fmt: skip

HOSTILE = [
    "what may help against insomnia", "on second thoughts", "the march of folly", "the last week of his life",
    "the world of yesterday", "in August Strindberg's plays", "the latest research on sleep", "the latest fashion",
    "what should I do today to be happy", "last words", "how long do habits last", "at last", "between the lines",
    "between stimulus and response", "since we are mortal", "since may be", "may I ask what March means", "a year in Provence",
    "one second at a time", "the crisis of 2008", "how to spend the last week before an exam", "her last years",
    "last year's snow", "people today", "today's world", "the most recent common ancestor", "new ideas", "in may ways",
    "recent studies on memory", "since the war", "a week of work", "the news of the day", "within a year of practice",
    "why do we read in winter", "the last year of the war", "his last month", "the march from May", "it may last a week",
    "what is my favourite colour", "his favourite word", "the favourites of the king", "the first day of the rest of my life",
    "Sunday best", "the sun also rises", "man of the month club", "two thousand years ago the Stoics taught",
    "die letzte Woche seines Lebens", "Die Welt von Gestern", "der letzte Mensch", "la planète mars",
    "silent spring", "the last spring of the republic", "the summer of love", "der Herbst des Mittelalters",
    "the Prague spring of 1968",
    "what is the second law of thermodynamics", "the March on Washington", "the May fourth movement", "quotes about May Fourth",
    "quotes by May Sarton", "highlights from June Jordan", "in the last hundred years what changed", "la révolution de juillet",
    "les événements de mai 68", "los fusilamientos del 3 de mayo", "cien años de soledad",
    "die letzten Tage der Menschheit", "五四运动",
    "la dernière semaine de sa vie", "el último hombre", "昨日の世界", "今天的世界", "昨天的世界",
]  # fmt: skip

UNSURE = ["what does he say in 1984", "what happened in 1929", "sleep in 2024", "Seneca since 2023"]


@pytest.mark.parametrize(
    ("question", "span"), [(question, span) for span, questions in SPANS.items() for question in questions]
)
def test_words_for_time_are_read_as_a_span_of_days(
    question: str, span: tuple[str | None, str | None]
) -> None:
    highlights = read(question, TODAY)
    assert (
        highlights.after and highlights.after.isoformat(),
        highlights.before and highlights.before.isoformat(),
    ) == span
    assert highlights.sure


@pytest.mark.parametrize("question", NEWEST)
def test_questions_for_the_latest_highlights_are_recognised(question: str) -> None:
    assert read(question, TODAY).newest


@pytest.mark.parametrize("question", FAVOURITES)
def test_questions_for_favourites_are_recognised(question: str) -> None:
    assert read(question, TODAY).favourites


@pytest.mark.parametrize("question", HOSTILE)
def test_words_that_only_look_like_time_are_searched(question: str) -> None:
    highlights = read(question, TODAY)
    assert not highlights.says
    assert highlights.text == question


@pytest.mark.parametrize("question", UNSURE)
def test_a_year_that_may_be_part_of_the_topic_is_marked_as_unsure(question: str) -> None:
    highlights = read(question, TODAY)
    assert highlights.says
    assert not highlights.sure


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("what did I highlight about sleep last week", "what did I about sleep"),
        ("show me my latest highlights about habits", "show me my about habits"),
        ("show me all of last week's highlights", ""),
        ("highlights since May", ""),
        ("最新のハイライトを見せて", ""),
    ],
)
def test_the_rest_of_the_question_keeps_its_position(question: str, rest: str) -> None:
    highlights = read(question, TODAY)
    assert " ".join(highlights.text.split()) == rest
    assert len(highlights.text) == len(question)


@given(
    st.text(
        st.sampled_from("lastweekinmy 2024-05-03 0189 月年前の上 'sincebetween") | st.characters(codec=None),
        max_size=80,
    )
)
def test_any_text_can_be_read_for_times(text: str) -> None:
    assert len(read(text, TODAY).text) == len(text)


@pytest.mark.parametrize("unit", ["last ", "since May ", "between ", "in 2024 ", "9", "最近", "月", "'s "])
def test_long_nonsense_is_read_quickly(unit: str) -> None:
    read("latest", TODAY)  # compiles the patterns
    began = perf_counter()
    read((unit * 400)[:400], TODAY)
    read(unit * 10_000, TODAY)
    assert perf_counter() - began < 1
