"""The search engine. It scores passages and decides nothing.

    index = Index.build(library)                       terms, postings, facets                        index, build, terms, bm25
    query = parse("author:newport deep work")          operators of the query language                query
    terms = query_terms(tokens("deep work"), index)    words with all their forms                     query_terms
    found = search(terms, index, limit=200)            BM25F, the top k, rescored: one pass           search, top_k, rescoring
    found.passages, found.scores, found.holds          which passage holds which word                 result

It knows no answer, no chat and no embedding.
"""
