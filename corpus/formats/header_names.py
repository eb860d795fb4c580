"""Names that exporters give to properties and headings, in many languages."""

import re

KEYS = {
    "author": (
        "author", "authors", "author(s)", "creator", "creators", "owner / host", "show_author", "show", "show_title", "by",
        "writer",
        "book author", "book_author", "autor", "autorin", "autoren", "auteur", "auteurs", "autora", "autore", "autori",
        "autores", "schrijver", "författare",
        "forfatter", "kirjailija", "автор", "авторы", "作者", "著者", "저자", "المؤلف", "מחבר", "yazar", "szerző", "συγγραφέας",
    ),
    "title": (
        "full title", "real title", "full-title", "full_title", "fulltitle", "title", "episode title", "episode_title",
        "book title", "book_title", "booktitle",
        "source title", "source_title", "sourcetitle", "article title", "article_title",
        "book", "buch", "livre", "libro", "livro", "boek", "книга", "书",
        "titel", "titre", "título", "titolo", "tytuł", "název", "название", "назва", "书名", "標題", "标题", "書名",
        "タイトル",
        "제목", "العنوان", "כותרת", "başlık", "cím", "τίτλος",
    ),
    "category": (
        "category", "type", "kategorie", "catégorie", "categoría", "categoria", "categorie", "kategori", "категория",
        "分类", "类别",
        "カテゴリ", "분류",
    ),
    "url": (
        "url", "episode link", "episode_url", "source url", "source_url", "source-url", "sourceurl", "link", "source",
        "reference",
        "original_url", "original url", "document_url", "episode url",
        "quelle", "fuente", "fonte", "bron", "källa", "kilde", "источник", "来源", "出处", "出典", "lien", "enlace",
    ),
    "opens": ("opens",
        "readwise-link", "readwise url", "readwise_url", "readwise link", "highlights_url", "highlights url",
        "omnivore_url", "glasp url",
        "pc地址", "pcurl",
    ),
    "tags": (
        "document tags", "document-tags", "document_tags", "documenttags", "tags", "tag", "topics", "keywords", "labels",
        "schlagworte",
        "schlagwörter",
        "étiquettes", "etiquetas", "etichette", "теги", "标签", "タグ", "태그",
    ),
    "cover": ("cover", "image", "cover_image_url", "cover-image", "bookimageurl", "coverurl", "imageurl", "image_url"),
    "date": (
        "published-date", "published date", "published_date", "published", "publish date", "date published", "date_published",
        "publication date", "publication", "publication_date", "episode publish date", "episode_publish_date", "出版时间",
        "erscheinungsdatum",
        "date", "year", "datum", "fecha", "data", "date created", "created", "date saved", "date_saved", "saved", "updated",
        "last-highlighted-date", "last highlighted", "last highlight", "last updated on",
    ),
}  # fmt: skip
"""Names of the properties that the bot reads, by role, in many languages and tools. Lower case."""
OTHER_KEYS = frozenset(
    """summary|document note|document_note|note|asin|isbn|pages|publisher|kindle link|highlights|highlights count|last synced
    |number of annotations|citekey|cite key|cite|doi|bibliography|abstract|journal|editor|show url|guests|duration
    |export date|mentioned books|episode ai description|resumen|zusammenfassung|résumé|riassunto|resumo|краткое содержание|
    简介|出版社
    |首次阅读时间|genre|language|progress|last read|last read on|word count""".replace("\n    ", "").split(
        "|"
    )
)
"""Names of properties that exporters write and the bot does not read."""

HIGHLIGHTS_PATTERN = re.compile(
    r"(?:\W*)(?:new |my )?highlights?\b(?:\s*(?:from\b.*|added\b.*|first synced\b.*|synced\b.*|[&+/].*|and notes.*|\(.*\)))?\W*$",
    re.I,
)
HIGHLIGHTS_HEADINGS = frozenset(
    """markierungen|hervorhebungen|surlignages|surlignements|passages surlignés|subrayados|destacados|resaltados|evidenziazioni
    |sottolineature
    |destaques|markeringen|markeringar|markeringer|korostukset|zaznaczenia|podkreślenia|zvýraznění|выделения|цитаты|
    хайлайты|виділення|vurgular
    |ハイライト|高亮|高亮划线|划线|劃線|标注|摘录|书摘|하이라이트|밑줄|اقتباسات|تظليلات|הדגשות|kiemelések|evidențieri|επισημάνσεις
    |本书摘录""".replace("\n    ", "").split("|")
)
"""Headings above highlights in other languages and tools. They count only with passages below them."""


CHOSEN_PATTERN = re.compile(
    r"(?:(?:my|the|some|top|best|key|favou?rite|memorable|notable|important|selected|interesting|\d{1,3})\s+){1,4}"
    r"(?:quotes|quotations|passages|excerpts)$",
    re.I,
)
"""Headings above passages that the reader chose: "My top 3 quotes". They count only in a note that is an export."""

PASSAGES_HEADINGS = frozenset(
    [
        "annotations",
        "annotationen",
        "anmerkungen",
        "in-text annotations",
        "annotation",
        "notes and highlights",
        "quotes",
        "quotations",
        "zitate",
        "passages",
        "citations",
        "citas",
        "citazioni",
        "citações",
        "clippings",
        "extracted annotations",
        "marginalia",
        "citaten",
        "citat",
        "citaty",
        "sitaatit",
        "cytaty",
        "цитаты",
        "alıntılar",
        "引用",
        "摘抄",
        "名言",
        "인용",
        "اقتباسات",
        "ציטוטים",
        "idézetek",
    ]
)
"""Headings above passages. They count only in a note that is an export."""
