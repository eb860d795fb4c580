"""Words that only ask, such as "what do we know about", are neither searched nor named as missing."""

import pytest

from bot.answering.answer import answer
from bot.model import Question
from bot.search.index import Index
from bot.understanding.asking_words import asking_words
from bot.understanding.phrasing import strip_phrasing
from tests.libraries import library

ENGLISH = [
    "what do we know about {}?",
    "Hey all, does anyone know anything about {}?",
    "anyone know a good quote about {}?",
    "could you please dig up that quote about {}?",
    "has anyone come across something regarding {}?",
    "I need a short quote about {} for my talk",
    "does anybody remember what the article said about {}?",
    "what do people say about {}?",
    "what does the book say about {}",
    "any thoughts on {}?",
    "got any quotes on {}?",
    "is there a highlight that talks about {}?",
    "do we have quotes mentioning {}?",
    "what can you tell me about {}",
    "I wonder what our notes say about {}",
    "who talks about {}?",
    "do you know {}?",
    "Can anybody point me to something about {}?",
    "can someone find the bit about {}",
    "hey bot, what's the deal with {}?",
    "which books mention {}?",
    "does anyone have a source for {}?",
    "could you share a highlight on {} with us?",
    "who said that {} cool?",
    "is it true that {} cool slowly?",
]
GERMAN = [
    "Was wissen wir über {}?",
    "weiß jemand was über {}?",
    "Hallo zusammen, kennt jemand ein gutes Zitat über {}?",
    "gibt's ein Zitat zum Thema {}?",
    "habt ihr irgendwas zu {} gefunden?",
    "was denkt ihr über {}?",
    "erzähl mir was über {}",
    "Ich hätte gern ein Zitat zu {}",
    "wie war das nochmal mit {}?",
    "kann mir jemand was zu {} sagen?",
    "stimmt es, dass {} schlafen?",
]
FRENCH = [
    "que savons-nous des {} ?",
    "qu'est-ce qu'on sait sur les {} ?",
    "quelqu'un connaît une citation sur les {} ?",
    "tu sais quelque chose sur les {} ?",
    "parle-moi des {}",
    "dis-moi ce que tu sais sur les {}",
    "une citation sur les {}, s'il te plaît",
]
SPANISH = [
    "¿qué sabemos de los {}?",
    "¿alguien conoce una cita sobre {}?",
    "hola, ¿me puedes decir qué sabes de los {}?",
    "háblame de los {}",
    "busco una frase sobre {}",
    "¿qué piensas de los {}?",
]
JAPANESE = [
    "{}について何を知っていますか",
    "{}に関する言葉を探しています",
    "誰か{}について知りませんか",
    "{}のことを教えてください",
    "{}って何か書いてあった？",
]
CHINESE = [
    "我们知道关于{}的什么?",
    "关于{}的句子",
    "谁知道关于{}的名言",
    "能告诉我一些关于{}的内容吗",
    "给我一句关于{}的话",
    "找一句关于{}的名言",
    "有人知道{}吗",
    "有没有人聊过{}",
]
TALK = (
    "She said that anyone who says they know the way to tell a good story should write one, "
    "and that people like to hear what they think."
)
"""A passage that shares every word with the questions except the topic."""


@pytest.fixture(scope="module")
def index() -> Index:
    return Index.build(
        library(
            "Volcanoes cool slowly under the ash.",
            "Vulkane schlafen lange, bevor sie erwachen.",
            "Les volcans dorment sous la neige.",
            "Los volcanes duermen bajo la nieve.",
            "火山は静かに眠っている。",
            "火山在雪下沉睡。",
            TALK,
            "Er sagt, jemand habe ihm etwas erzählt, was wir alle wissen und denken.",
            "On dit que quelqu'un connaît la chose, mais personne ne sait en parler.",
            "Alguien dijo que sabe algo, y que la gente piensa lo que dice.",
        )
    )


@pytest.mark.parametrize(
    ("question", "topic", "unknown"),
    [
        *((question, "volcanoes", "kayaks") for question in ENGLISH),
        *((question, "Vulkane", "Fahrräder") for question in GERMAN),
        *((question, "volcans", "vélos") for question in FRENCH),
        *((question, "volcanes", "trineos") for question in SPANISH),
        *((question, "火山", "砂漠") for question in JAPANESE),
        *((question, "火山", "沙漠") for question in CHINESE),
    ],
)
def test_only_the_topic_of_a_question_is_searched(
    question: str, topic: str, unknown: str, index: Index
) -> None:
    reply = answer(Question(question.format(topic)), index)
    assert [quote.text[:4] for quote in reply.quotes][:1], reply.looked_for
    assert not reply.weak
    assert topic.casefold() in reply.quotes[0].text.casefold()
    assert reply.missing == ()
    refused = answer(Question(question.format(unknown)), index)
    assert refused.missing == (unknown.lower(),)
    if question.endswith(("{}", "{}?", "{} ?")):
        assert refused.quotes == ()
        assert refused.looked_for == (unknown.lower(),)


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("how do I write about my childhood", "how do I write about my childhood"),
        ("why do people talk about the weather", "why do people talk about the weather"),
        ("what did dogs know about time", "dogs time"),
        ("what should you write on a card", "what should you write on a card"),
        ("books on chains", "books on chains"),
        ("kann mir jemand was zu Notizen sagen?", "Notizen"),
        ("who said that?", "who said that?"),
        ("what Seneca says about anger", "Seneca anger"),
        ("Freunde finden", "Freunde finden"),
        ("what do we know?", "what do we know?"),
        ("讨论对写作的作用", "讨论对写作的作用"),
        ("闻迟舟对慢读怎么看", "闻迟舟 慢读"),
    ],
)
def test_words_that_belong_to_the_topic_are_kept(question: str, rest: str) -> None:
    assert " ".join(strip_phrasing(question).text.split()) == rest


def test_a_word_with_accents_is_not_taken_for_a_misspelt_stop_word() -> None:
    index = Index.build(library("Los malos hábitos se pierden despacio.", "The lamp was lit before dusk."))
    assert answer(Question("¿tenemos algo sobre hábitos?"), index).looked_for == ("hábitos",)
    elsewhere = Index.build(library("The lamp was lit before dusk."))
    assert answer(Question("¿tenemos algo sobre hábitos?"), elsewhere).missing == ("hábitos",)


def test_the_lists_of_asking_words_do_not_overlap() -> None:
    for language, words in asking_words().items():
        assert not words.bridges & (words.verb_bridges | words.noun_bridges), language
        assert "wie" not in words.neighbours
        assert "how" not in words.neighbours
