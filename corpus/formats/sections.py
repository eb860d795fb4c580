"""What stands below a heading, by its words: the properties of a source, its whole text, or the reader's own writing."""

METADATA = frozenset(
    "metadata|about|source|details|book details|episode metadata|article metadata|元数据|metadaten|métadonnées|metadatos|metadati|metadados"
    "|метаданные|メタデータ|书籍信息|book info|info|information".split("|")
)
DOCUMENT = frozenset({"full document", "document", "full text", "full article", "full content", "正文", "article"})
READERS = frozenset(
    "linked notes|my notes|notes|note|thoughts|my thoughts|comments|related|references|backlinks|see also|links|to do|todo|tasks|questions"
    "|actions|action items|reflections|footnotes|page notes|page note|review|my review|my summary|document note|document notes|overview"
    "|reading notes|personal notes|connections|takeaways|my takeaways|abstract|bibliography|citation|persistent notes"
    "|notizen|meine notizen|gedanken|zusammenfassung|verknüpfungen|fragen|notes personnelles|mes notes|réflexions|résumé|notas|mis notas"
    "|resumen|appunti|note mie|riassunto|minhas notas|resumo|notities|mijn notities|samenvatting|anteckningar|notater|заметки|мои заметки|мысли"
    "|メモ|感想|まとめ|笔记|我的笔记|想法|书评|本书评论|总结|메모|감상".split("|")
)
