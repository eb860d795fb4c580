"""Chinese characters that were typed for others of the same sound."""

from bot.answering.answer import answer
from bot.model import Question
from bot.search.index import Index
from bot.search.query import parse
from bot.understanding.homophones import MAX_CHARACTERS
from bot.understanding.intent import understand
from tests.libraries import library

INDEX = Index.build(
    library(
        "灯塔看守人在日记里写下潮汐和船只的名字。",
        "渡船的船长每天早上迅速检查缆绳和救生衣。",
        "磨坊主人相信勤劳比运气更加可靠。",
        "磨坊里的感情很深。",
        "他们之间的感情来自长年的劳动。",
        "感情不是商品。",
        "牧人对羊群的感情胜过一切。",
        "没有感情的工作令人疲倦。",
    )
)


def test_a_character_of_the_same_sound_is_corrected_and_the_correction_is_shown() -> None:
    reply = answer(Question("船长早上讯速检查什么"), INDEX)
    assert reply.quotes[0].highlight.id == "1"
    assert reply.corrected == {"上讯速": "上迅速"}


def test_both_bigrams_of_the_character_are_corrected_as_one_word() -> None:
    reply = answer(Question("灯塔看手人写下什么"), INDEX)
    assert reply.quotes[0].highlight.id == "0"
    assert reply.corrected == {"看手人": "看守人"}


def test_at_the_end_of_a_row_only_a_word_that_several_passages_hold_is_meant() -> None:
    assert answer(Question("没有感晴"), INDEX).corrected == {"感晴": "感情"}
    assert not answer(Question("勤牢"), INDEX).corrected


def test_a_character_is_not_corrected_if_the_library_has_its_word() -> None:
    assert not answer(Question("船长检查缆绳"), INDEX).corrected
    assert not answer(Question("番茄多久浇一次水"), INDEX).corrected


def test_a_character_of_another_sound_is_not_corrected() -> None:
    assert not answer(Question("船长早上快速检查什么"), INDEX).corrected


def test_where_a_neighbour_would_be_new_to_the_library_nothing_is_corrected() -> None:
    assert not answer(Question("船长昨晚讯速检查什么"), INDEX).corrected


def test_a_question_in_japanese_is_not_corrected() -> None:
    assert not answer(Question("船長は讯速に検査する"), INDEX).corrected


def test_the_embedding_model_reads_the_character_that_is_meant() -> None:
    assert "迅速检查" in understand(parse("船长早上讯速检查什么"), INDEX).text


def test_only_the_beginning_of_a_long_question_is_corrected() -> None:
    far = "快" * MAX_CHARACTERS + "船长早上讯速检查什么"
    assert not understand(parse(far), INDEX).corrections
