"""Other words, same meaning: a small embedding model on this machine, beside BM25. Optional.

    meaning = Embedding.of("english", cache_folder)   # nothing is loaded yet
    meaning.open()                                  # loads the model; never fails, `problem` tells
    meaning.fill(index)                             # vectors of what has none yet
    answer(question, index, meaning)

Without `EMBEDDING_MODEL` nothing of this is imported; fastembed and what it brings are imported by `model` alone, when a model
is loaded. Whatever goes wrong here, the question is answered by BM25.
"""
