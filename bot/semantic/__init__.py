"""Finds passages that say the same in other words: a small embedding model on this machine, used together with BM25F.

    embedding = Embedding.of("auto", models_folder, vectors_folder)   # loads nothing yet
    embedding.open()                                                  # loads the model; never raises, see `problem`
    fill(embedding, index, stop)                                      # vectors for passages that have none
    answer(question, index, embedding)

With `EMBEDDING_MODEL=off` nothing here is imported. `catalog` names the models; libraries are imported when a model is loaded.
If anything goes wrong here, the question is answered by words alone.
"""
