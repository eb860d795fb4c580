"""How questions begin and end in German, French, Spanish, Chinese and Japanese, as `bot.understanding.phrasing` has it for English.

Only what asks is listed: greetings, "is there anything about", "what does … say about", thanks. Articles and prepositions between
these are stop words. Phrases of the scripts without blanks stand alone: nothing marks where a word begins.
"""

import re
from functools import cache

_I = re.IGNORECASE

_GERMAN = (
    r"(?:hallo|hi|hey|moin|servus|guten (?:morgen|tag|abend))\b[\s,.!:-]*",
    r"(?:(?:kannst|könntest) du|könnt ihr)(?: (?:mir|uns|bitte|mal|etwas|was|alles))*(?: (?:über|zu[mr]?|von))?\s+",
    r"(?:zeig|find|such|nenn|sag|gib)(?:e|st|t)?(?: (?:mir|uns|bitte|mal|etwas|was|alles))+(?: (?:über|zu[mr]?|von|nach))?\b\s*",
    r"(?:haben wir|habe ich|hab ich|hast du|habt ihr|gibt es|gibt’s|gibt's|steht)\b"
    r"(?: (?:irgend)?(?:et)?was| hier| auch| schon| noch| irgendwo| notizen| zitate| stellen)*"
    r"(?: (?:über|zu[mr]?|von|mit|für))?\b\s*",
    r"(?:stimmt|ist) es(?: wahr| richtig)?,? dass\b\s*",
    r"was (?:steht|stand)(?: (?:hier|da|dort))?(?: (?:über|zu[mr]?))?\b\s*",
    r"wer (?:hat (?:gesagt|geschrieben)|sagte?|schrieb|schreibt),? dass\b\s*",
    r"(?:ich suche|ich such|suche|weißt du)(?: (?:et)?was| die stelle| das zitat)*(?: (?:über|zu[mr]?|von|mit|wo|in der))?\b\s*",
)
_FRENCH = (
    r"(?:bonjour|bonsoir|salut|coucou)\b[\s,.!:-]*",
    r"(?:(?:peux|pourrais)-tu|(?:pouvez|pourriez)-vous|tu peux)(?: (?:me|nous|m['’]|stp|svp))*\s*"
    r"(?:montrer|trouver|donner|dire|chercher|rappeler)?\b(?: (?:ce qu[ei]|quelque chose))?(?: (?:sur|de|à propos d[eu]))?\s*",
    r"(?:montre|trouve|donne|cherche|dis|rappelle)[- ](?:moi|nous)\b(?: (?:ce qu[ei]|quelque chose))?(?: (?:sur|de))?\s*",
    r"(?:est-ce (?:que |qu['’]\s*))?(?:il y a|y a[- ]t[- ]il|on a|j['’]ai|nous avons|as-tu|avons-nous|avez-vous)\b"
    r"(?: (?:quelque chose|des? (?:notes?|passages?|citations?)|une (?:note|citation)|un passage))?"
    r"(?: (?:sur|à propos d(?:e|u|es)|au sujet d(?:e|u|es)|concernant|de|avec))?\b\s*",
    r"est[- ](?:ce|il) vrai qu(?:e |['’])\s*",
    r"qui (?:a dit|a écrit|dit|disait) (?:que |qu['’])\s*",
    r"je cherche\b(?: (?:le passage|la citation|quelque chose))?(?: (?:sur|où|de|qui))?\b\s*",
)
_SPANISH = (
    r"¿?(?:hola|buenos días|buenas (?:tardes|noches)|buenas)\b[\s,.!:-]*",
    r"¿?(?:me |nos )?(?:puedes|podrías|pueden)(?: (?:mostrar|enseñar|encontrar|buscar|decir|dar|recordar)(?:me|nos)?)?\b"
    r"(?: (?:algo|lo que))?(?: (?:sobre|de|acerca de))?\s*",
    r"(?:mu[eé]stra|ens[eé]ña|b[uú]sca|encu[eé]ntra|di|da)(?:me|nos)\b(?: (?:algo|lo que))?(?: (?:sobre|de|acerca de))?\s*",
    r"¿?(?:hay|tenemos|tengo|tienes|guardé|guardamos|existe)\b(?: (?:algo|alguna? (?:cita|nota|pasaje)|algún pasaje|notas|citas))?"
    r"(?: (?:sobre|acerca de|de|con))?\b\s*",
    r"¿?es (?:verdad|cierto) que\b\s*",
    r"¿?quién (?:dijo|dice|escribió) que\b\s*",
    r"(?:busco|estoy buscando)\b(?: (?:algo|la (?:cita|nota)|el pasaje))?(?: (?:sobre|de|donde|que))?\b\s*",
)
_CHINESE = (
    r"(?:你好|您好|嗨|哈喽|请问|請問|麻烦|麻煩|帮我|幫我|帮忙|幫忙|给我|給我|请|請|我想知道|我想找|想问一下|想問一下|有没有人|有沒有人)[\s，,。！!]*",
    r"(?:找一下|找找|查一下|查查|搜一下|有没有|有沒有|有什么|有什麼|有哪些|还有|還有)",
    r"(?:关于|關於|提到|谈到|談到|讲到|講到)",
    r"(?:我们|我們|你们|你們|大家|有人|有谁|有誰|我|你|您|谁|誰)(?:都|还|還)?(?:知道|了解|记得|記得|听说过|聽說過|读过|讀過|看过|看過)"
    r"(?:哪些|什么|什麼|些)?",
    r"(?:我们|我們|我)的?(?:笔记|筆記|摘录|摘錄|资料|資料|收藏)(?:里面|裡面|里|裡|中)?(?:有没有|有沒有|有)?",
    r"(?:你|您)?(?:能不能|能否|可不可以|可以|能)(?:帮我|幫我|给我|給我)?(?:告诉|告訴|说说|說說|讲讲|講講|找|推荐|推薦|查)(?:我们|我們|我)?(?:一下)?",
    r"人?(?:聊|提|谈|談|讲|講|写|寫|说|說)到?(?:过|過)",
    r"(?:告诉我|告訴我|说说|說說|讲讲|講講|谈谈|談談|聊聊)",
    r"(?:想要|想找|需要|推荐|推薦|分享|找|来|來|求|要)?(?:一些|[一几幾两兩](?:句|段|条|條))",
    r"(?:谁说过|誰說過|谁说|誰說|哪本书(?:里)?(?:说|提到|讲)?|哪本書(?:裡)?(?:說|提到|講)?|哪里(?:提到|说)|哪裡(?:提到|說))",
)
_JAPANESE = (
    r"(?:こんにちは|こんばんは|おはよう(?:ございます)?|すみません|ねえ|皆さん|みなさん|みんな|誰か|だれか|どなたか|何か|なにか)[\s、。！!]*",
    r"(?:私たち|僕たち|我々|私|僕)(?:の(?:ノート|メモ|ハイライト))?(?:は|に|で|には)[\s、]*",
)

OPENINGS = (*_GERMAN, *_FRENCH, *_SPANISH)
"""Patterns of what may stand at the begin of a question, one after the other."""

UNSPACED_OPENINGS = (*_CHINESE, *_JAPANESE)
"""The same for Chinese and Japanese."""


_CLOSING = re.compile(
    r"[\s,;:.…?!–—-]+(?:danke(?: (?:schön|dir|euch))?|vielen dank|bitte|oder so(?: ähnlich)?"
    r"|merci(?: (?:beaucoup|d['’]avance))?|s['’]il (?:te|vous) pla[iî]t|ou quelque chose comme ça"
    r"|(?:muchas )?gracias|por favor|o algo así)[\s?!.…]*$",
    _I,
)
"""What may stand at the end of a question in a language with blanks."""

_UNSPACED_CLOSING = (
    r"(?:(?:的)?(?:内容|內容|句子|段落|笔记|筆記|摘录|摘錄|话|話|观点|觀點|名言|语录|語錄|引文|引用|文字|看法|什么|什麼)(?=[\s?？。.!！]*$)|(?:有哪些|在哪里|在哪裡|是什么|是什麼|是啥|说了什么|說了什麼|怎么说(?:的)?|怎麼說(?:的)?"
    r"|怎么看|怎麼看|(?:会|會)?(?:怎样|怎樣|怎么样|怎麼樣)|吗|嗎|呢|谢谢|謝謝)"
    r"|(?:に関(?:して|する)|について)(?:の)?(?:メモ|ハイライト|引用|文章|一節|言葉|話)?(?:は|が|を)?(?:何|なに|なん|どう|どこ)?(?:と|か|て|に)?"
    r"(?:(?:言って|書いて|述べて|考えて)(?:いますか|いました(?:か)?|いる(?:の)?(?:か)?|ありますか|ある(?:の)?(?:か)?|た)|ありますか|ある(?:か)?|あった(?:か|っけ)?"
    r"|教えて(?:ください|下さい)?)?"
    r"|(?:とは|って)(?:何|なに|なん)(?:ですか|だっけ|でしょうか|か)?"
    r"|を?(?:教えて|見せて|探して)(?:ください|下さい)?|(?:は|が)?(?:何|なに|なん|どこ|誰|だれ)(?:ですか|でしたか|でしょうか|だっけ)|(?:です|ます|でしょう)か)"
    r"[\s?？。.!！]*$"
)
"""What may stand at the end of a Chinese or Japanese question."""

_JAPANESE_ASKING = "|".join(
    sorted(
        """何か 何を 何と 何が 何 なにか なに なん 誰か だれか どこか どこ どんな どう 本 ノート メモ ハイライト 引用文
        引用 文章 言葉 名言 一節 話 記述 情報 箇所 部分 もの こと 知って 知り 知ら 知る 言って 言い 言う 言われ 書いて
        書かれ 書い 書き 述べて 述べ 話して 考えて 思って 思い 思う 教えて 教え 見せて 見つけて 見つけ 見つか 探して 探し
        覚えて 読んだ 読み 出て あった あり ある ない なかった ください 下さい くれ もらえ 欲しい ほしい ます ません ました
        ましょう まし いた いる い おり る た て で は が を に の も と か な よ ね っけ です でしょう だっけ った""".split(),  # noqa: SIM905
        key=len,
        reverse=True,
    )
)
"""What may stand behind the topic of a Japanese question, the longest first."""
_JAPANESE_CLOSING = (
    rf"(?:(?:に(?:ついて|関(?:する|して|し))|のことを?)(?:{_JAPANESE_ASKING})*+"
    r"|(?:って|を|は|が|に)?(?:何か|なにか|誰か|だれか)?(?:知って|知りま|教えて|見せて|探して|書いてあ|書かれて|言って|覚えて|ご存じ|ご存知)"
    rf"(?:{_JAPANESE_ASKING})*+)[\s?？。.!！]*$"
)
"""What may stand at the end of a Japanese question: "に関する言葉を探しています"."""


@cache
def _unspaced_closings() -> tuple[re.Pattern[str], ...]:
    return re.compile(_JAPANESE_CLOSING), re.compile(_UNSPACED_CLOSING)


def closings(text: str) -> tuple[re.Pattern[str], ...]:
    """What may stand at the end of this question. An ASCII text has nothing Chinese or Japanese: those patterns are compiled when a
    text may have, since to compile them takes as long as to answer."""
    return (_CLOSING,) if text.isascii() else (_CLOSING, *_unspaced_closings())


_OPINION = (
    r"(?P<name>[^\s，。？?！!、]{2,12}?)(?P<on>对于|對於|对|對|关于|關於)[^\s，。？?！!、]{1,30}?"
    r"(?:怎么看|怎麼看|如何看|怎么说|怎麼說|怎么想|怎麼想|有(?:什么|什麼|何)(?:看法|观点|觀點|想法|意见|意見)"
    r"|的(?:看法|观点|觀點|想法|态度|態度)|[说說讲講](?:过|過|了)?(?:什么|什麼|些什么))"
)
"""What somebody thinks of something, in Chinese: the name, and the word between it and the topic."""


@cache
def _opinion() -> re.Pattern[str]:
    return re.compile(_OPINION)


def opinion(text: str, start: int) -> re.Match[str] | None:
    """The question, if it asks in Chinese what somebody thinks of something: `name`, and `on` between it and the topic."""
    return None if text.isascii() else _opinion().match(text, start)


_TAIL = r"(?P<name>[^?!.,;:¿]{2,60}?)"
ABOUT_SOMEONE = (
    re.compile(
        rf"(?P<ask>was (?:sagte?|schreibt|schrieb|meinte?|denkt|dachte|empfiehlt|rät) ){_TAIL}"
        r"(?P<say> (?:über|zu[mr]?|von|dazu|daran)\b)",
        _I,
    ),
    re.compile(rf"(?P<ask>was (?:hat|hatte) ){_TAIL}(?P<say> (?:über|zu[mr]?|von)\b)", _I),
    re.compile(
        rf"(?P<ask>(?:que (?:dit|disait|pense|écrit)|qu['’](?:a dit|a écrit|en dit)|qu['’]est-ce que) ){_TAIL}"
        r"(?P<say>(?: (?:dit|disait|pense|écrit|a dit|a écrit))? (?:sur|d[eu]s?|à propos d(?:e|u|es)|au sujet d(?:e|u|es))\b)",
        _I,
    ),
    re.compile(
        rf"(?P<ask>¿?qué (?:dice|dijo|decía|escribió|piensa|opina|recomienda) ){_TAIL}(?P<say> (?:sobre|acerca de|de|del)\b)",
        _I,
    ),
)
"""What somebody says about something: the name in it, between what asks."""

PARTICIPLE = re.compile(r"\s(?:gesagt|geschrieben|gemeint|gedacht)(?: hat)?[\s?!.]*$", _I)
"""The end of a German question for what somebody said."""
