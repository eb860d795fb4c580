"""The plain text of a passage: without markup, but with all its words and no others."""

import re
from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from corpus.plain_text import plain

TABLE = [
    ("As it is.", "As it is."),
    ("**bold** and *slanted* and ***both*** and __under__", "bold and slanted and both and __under__"),
    ("_slanted_ but snake_case and __init__ and 2*3*4 and a * b * c",
     "slanted but snake_case and __init__ and 2*3*4 and a * b * c"),
    ("**Note:**text and **“quoted”**后文", "Note:text and “quoted”后文"),
    ("**cut bold", "cut bold"), ("cut bold** at its end", "cut bold at its end"),
    ("def f(*args, **kwargs): g(*args, **kwargs)", "def f(*args, **kwargs): g(*args, **kwargs)"),
    ("F**king and 2**10 and $_.Name $_", "F**king and 2**10 and $_.Name $_"),
    ("~~gone~~ ==marked== a == b ~ c", "gone marked a == b ~ c"),
    ("`code_with_*signs*` and `` ` ``", "code_with_*signs* and `` ` ``"),
    ("[label](https://x.org/a_(b)) end", "label end"), ("[a](https://x.org \"Title\") b", "a b"),
    ("![alt](https://x.org/i.png)", ""), ("[![](https://x.org/i)](https://x.org/i) A picture", "A picture"),
    ("a\n![](https://x.org/i.png)\nb", "a\nb"), ("a\n\n![](i)\n\n![[j]]\n\nb", "a\n\nb"),
    ("See [Foo [pdf] bar](https://x.org) and a[b [c]](d e)", "See Foo [pdf] bar and a[b [c]](d e)"),
    ("mind.[[1]](https://x.org/w#cite-1) Next", "mind. Next"), ("[a](https://x.org/#The role of b) c", "a c"),
    ("70 years[1](https://x.org/j#ref-1), and[^2] in [2024](https://x.org)", "70 years, and in 2024"),
    ("`==strict==` `==lamp.====find==` `a == b`", "strict lamp.find a == b"), ("\ufeff\u200fA passage", "A passage"),
    ("array[0](x y) stays", "array[0](x y) stays"), ("[not a link] (really)", "[not a link] (really)"),
    ("[[Dopamine]] and [[page|name]] and ![[embed.png]]", "Dopamine and name and"), ("#tag @name", "#tag @name"),
    ("<https://x.org/a> and <me@x.org>", "https://x.org/a and <me@x.org>"),
    ("one<br>two<br/>three", "one\ntwo\nthree"), ("<b>bold</b> <img src='x.png'> a < b > c", "bold  a < b > c"),
    ("return ( <div> <h1>Hi</h1> <MyButton /> </div> );", "return ( <div> <h1>Hi</h1> <MyButton /> </div> );"),
    ("a &amp; b &lt;c&gt; &nbsp;&notanentity; AT&T", "a & b <c> \u00a0&notanentity; AT&T"),
    ("# Heading\n## Second\ntext", "Heading\nSecond\ntext"), ("#no heading", "#no heading"),
    ("> quoted\n> > twice\nnot", "quoted\ntwice\nnot"), ("5 > 4", "5 > 4"),
    ("list:\n- a\n* b\n+ c\n- [ ] d\n- [x] e", "list:\na\nb\nc\nd\ne"), ("- Où vas-tu ?", "- Où vas-tu ?"),
    ("1. First\n2. Second", "1. First\n2. Second"), ("● a\n• b", "● a\n• b"), ("a\n\nb", "a\n\nb"),
    (r"information\_schema \*not slanted\* C:\path", "information_schema *not slanted* C:\\path"),
    ("```python\nx = 1\n```\nafter", "x = 1\nafter"), ("a\n~~~\n# x = *1*\n- y\n~~~", "a\n# x = *1*\n- y"), ("a\n```\n# b", "a\nb"),
    ("$$x^2$$ and \\(y\\)", "$$x^2$$ and \\(y\\)"),
    ("“smart” ‘quotes’ ﬁx 𝗯𝗼𝗹𝗱 \u00a0 \u200b", "“smart” ‘quotes’ ﬁx 𝗯𝗼𝗹𝗱 \u00a0 \u200b"),
    ("trailing  \nblank ", "trailing\nblank"),
    ("~~~~0~~", "~~0"), ("```what now?", "```what now?"), ("so\n```python\nx = 1", "so\nx = 1"),
    ("", ""), ("***", "***"), ("[](", "[]("), ("[[]]", "[[]]"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "shown"), TABLE)
def test_plain_text_of_markdown(text: str, shown: str) -> None:
    assert plain(text) == shown


WORD = re.compile(r"\w+")


def letters(text: str) -> Counter[str]:
    return Counter(char for char in text if char.isalnum())


words = st.text("abcdefgé中文ﬁß0123", min_size=1, max_size=6)
signs = st.sampled_from(
    ["*", "**", "_", "~~", "==", "`", " ", "\n", "- ", "> ", "# ", "(", ")", ": ", ".", "[x]", "\\", "|", "+"]
)
wrapped = st.builds(
    lambda word, form: form.format(word),
    words,
    st.sampled_from(
        [
            "**{}**",
            "*{}*",
            "_{}_",
            "`{}`",
            "[[{}]]",
            "[{}](https://)",
            "<b>{}</b>",
            "~~{}~~",
            "=={}==",
            "# {}",
            "> {}",
            "- {}\n",
            "\\*{}",
            "***{}***",
            "[[[{}]]](https://)",
        ]
    ),
)


@given(st.lists(st.one_of(words, signs, wrapped), max_size=30).map("".join))
def test_plain_text_has_exactly_the_letters_of_the_passage(text: str) -> None:
    """The letters of link targets, tags, embeds and task boxes are markup; the test takes them out first."""
    visible = re.sub(r"\]\(https://\)", "](//)", text)
    assume(re.search(r"\[\d{1,3}\]+\(", text) is None)  # may be a footnote mark, which is dropped
    for tag in ("<b>", "</b>"):
        visible = visible.replace(tag, "")
    visible = re.sub(r"(?m)^([ \t]*[-*+][ \t]+)\[[xX]\]", r"\1", visible)
    visible = re.sub(r"(?m)^[ \t]*(?:```|~~~)\w*$", "", visible)
    lost = letters(visible) - letters(plain(text))
    added = letters(plain(text)) - letters(visible)
    assert not lost, (text, plain(text))
    assert set(added) <= set("https" + "b"), (text, plain(text))  # HTML tags within code stay


@given(st.text(max_size=300))
def test_any_text_can_be_made_plain(text: str) -> None:
    shown = plain(text)
    assert len(shown) <= len(text) + 10 * text.count("&") + text.count("<")
    assert shown == shown.strip()


@given(st.lists(words, min_size=1, max_size=20))
def test_text_without_markup_is_unchanged(passage_words: list[str]) -> None:
    text = " ".join(passage_words)
    assert plain(text) == text
    assert WORD.findall(plain(f"**{text}**")) == WORD.findall(text)
