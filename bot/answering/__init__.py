"""From a question to an answer: find passages, decide whether any of them answers, quote.

    answer(question, index, embedding)                    answer.py
      find(text, index, embedding)                        find.py       the steps below, in this order
        parse(text)                                       bot.search.query: phrases, filters, exclusions
        allowed_passages(query, index)                    filters.py    the passages that these leave
        understand(query, index)                          bot.understanding: words to look for, names, corrections
        rank(...)                                         find.py       the search by words (bot.search.search), once
          evidence(...)                                   evidence.py   how strongly the words of each passage suggest it
          fuse(...)                                       fusion.py     one ranking with the embedding model, if there is one
        decide(ranked, intent, index)                     decision.py   ANSWER or REFUSE, by which rule, by what score
          answer_score(...)                               evidence.py   the rule for words
          refusal_signals(...), probability_of_answer()   signals.py, refusal_weights.py   the rule for words and meaning
        select_quotable(...)                              evidence.py, fusion.py   which passages may be quoted
      quoted(...), paginate(...)                          quoting.py, excerpt.py, paging.py
      suggestions(...)                                    suggestions.py   after a refusal: what the library has instead

Why was this question refused? `find(text, index, embedding).decision` says which rule decided, its score, its threshold, and the
parts of the score (breakdown.py); `analects ask --explain` prints them. The numbers of both rules are in parameters.py;
benchmarks/README.md says where they come from.

Also here: listing.py (highlights by author, title, tag), lookup.py (by id, of the day), similar.py ("More like this"),
shorten.py. The package knows no chat and no platform.
"""
