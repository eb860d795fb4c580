"""The search engine: terms, postings, BM25F, top k, rescoring, facets and the query language. It scores passages and decides
nothing."""
