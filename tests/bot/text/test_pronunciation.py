import subprocess
import sys

from bot.text.pronunciation import homophones


def test_characters_of_one_syllable_are_homophones_whatever_their_tone() -> None:
    assert {"情", "清", "请"} <= set(homophones("晴"))
    assert "晴" not in homophones("晴")
    assert "女" not in homophones("努")  # "nü" is another syllable than "nu"


def test_what_is_no_chinese_character_has_no_homophones() -> None:
    assert not homophones("a")
    assert not homophones("カ")
    assert not homophones("𠀀")


def test_the_package_of_the_readings_is_not_imported() -> None:
    code = "import sys; from bot.text.pronunciation import homophones; homophones('晴'); assert 'pypinyin' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
