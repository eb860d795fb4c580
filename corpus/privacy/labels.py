"""Labels of tag lists, and of titles and names, in the languages of reading tools. To add a language, add a line."""

from corpus.normalize import fold

_TAGS = {
    "en": "tag tags tagged hashtag hashtags keyword keywords label labels topic topics category categories subject subjects",
    "org": "filetags roam_tags",
    "de": "schlagwort schlagworte schlagwörter stichwort stichworte stichwörter thema themen kategorie kategorien",
    "fr": "étiquette étiquettes libellé libellés mot-clé mots-clés thème thèmes catégorie catégories",
    "es": "etiqueta etiquetas palabras-clave tema temas categoría categorías",
    "pt": "marcador marcadores palavras-chave categoria categorias tópicos",
    "it": "etichetta etichette parole-chiave argomento argomenti",
    "nl": "trefwoord trefwoorden etiket etiketten onderwerp onderwerpen",
    "da, nb, sv": "nøgleord nyckelord tagg taggar etikett etiketter emneord merkelapp emne emner ämne ämnen",
    "fi": "avainsanat tunniste tunnisteet",
    "pl": "znacznik znaczniki tagi słowa-kluczowe etykieta etykiety",
    "cs, sk": "štítek štítky klíčová-slova značky",
    "hu": "címke címkék kulcsszavak",
    "ro": "etichete cuvinte-cheie",
    "el": "ετικέτα ετικέτες",
    "ru, uk": "теги тег тэг тэги метки метка ключевые-слова хештег хештеги мітки мітка",
    "tr": "etiket etiketler",
    "he": "תגית תגיות תג תגים",
    "ar, fa": "وسم وسوم علامات برچسب",
    "hi, th": "टैग टैग्स แท็ก",
    "zh": "标签 標籤 标记 標記 关键词 關鍵詞 关键字 關鍵字 分类 分類 话题 話題 主题 主題",
    "ja": "タグ キーワード ラベル",
    "ko": "태그 키워드 라벨 분류",
}

_NAMES = {
    "en": "title author authors alias aliases name headline heading chapter series publisher album show podcast episode",
    "de, fr, es, it, pt": "titel titre título titolo autor autoren auteur auteurs autore kapitel chapitre capítulo",
    "ru": "заголовок название автор",
    "zh, ja, ko": "标题 標題 书名 書名 作者 著者 章节 タイトル 제목 저자",
}

TAG_WORDS = frozenset(fold(word) for words in _TAGS.values() for word in words.split())
NAME_WORDS = frozenset(fold(word) for words in _NAMES.values() for word in words.split())
"""After these labels a bare word is a name, not a tag: "Private" is a novel."""
