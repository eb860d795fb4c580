"""Other words, same meaning: a small embedding model on this machine, beside BM25F. Optional.

    embedding = Embedding.of("english", models_folder, vectors_folder)   # loads nothing yet
    embedding.open()                                                     # loads the model; never raises, see `problem`
    fill(embedding, index, stop)                                         # vectors for passages that have none
    answer(question, index, embedding)

Without `EMBEDDING_MODEL` nothing here is imported. fastembed is imported only by `model`, and only when a model is loaded. If
anything goes wrong here, the question is answered by words alone.
"""
