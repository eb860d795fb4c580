"""Every number that decides what is answered, what is refused and what is quoted.

One frozen class for words alone, one for words together with meaning. Each field carries its unit, its range and the section of
benchmarks/README.md that its value comes from. The tables in "Parameters" there list the same values; a test compares them.
"""

from dataclasses import dataclass, field, fields
from typing import Any, cast


@dataclass(frozen=True, slots=True)
class Description:
    """Unit, range and origin of a parameter."""

    unit: str
    low: float
    high: float
    section: str
    """Heading in benchmarks/README.md under which the value was found."""


def _parameter(value: float, unit: str, low: float, high: float, section: str) -> Any:
    return field(default=value, metadata={"description": Description(unit, low, high, section)})


def describe(parameters: "WordParameters | MeaningParameters") -> dict[str, tuple[float, Description]]:
    """The value and description of each parameter."""
    return {
        field_.name: (getattr(parameters, field_.name), cast("Description", field_.metadata["description"]))
        for field_ in fields(parameters)
    }


def _check_ranges(parameters: "WordParameters | MeaningParameters") -> None:
    for name, (value, about) in describe(parameters).items():
        if not about.low <= value <= about.high:
            raise ValueError(f"{name} is {value!r}; it must lie between {about.low:g} and {about.high:g}")


@dataclass(frozen=True, slots=True)
class WordParameters:
    """Deciding and quoting by words alone. `bot.answering.evidence` has the formula. Raises ValueError outside a range."""

    threshold: float = _parameter(0.87, "evidence", -1, 3, "Nothing fits")
    """Answer score from which a question is answered."""

    weak_threshold: float = _parameter(0.65, "evidence", -1, 3, "Nothing fits")
    """Answer score from which the nearest passage is shown and marked as such."""

    amount_weight: float = _parameter(0.2, "evidence per rarest word", 0, 1, "Nothing fits")
    """Bonus for covering a word that occurs in a single passage; common words add less."""

    score_weight: float = _parameter(0.15, "evidence per rarest word", 0, 1, "Nothing fits")
    """Bonus for a ranking score as high as the weight of such a word."""

    amount_cap: float = _parameter(4.0, "rarest words", 1, 10, "Nothing fits")
    """Covering more, or ranking higher, than this many rarest words adds nothing."""

    rare_word_weight: float = _parameter(0.5, "evidence per rarest word", 0, 1, "Nothing fits")
    """Bonus for covering a word that occurs in a single passage; of several covered words, the rarest counts."""

    missing_name_penalty: float = _parameter(0.1, "evidence per name", 0, 1, "Nothing fits")
    """Penalty for each name that a passage lacks, recognised by their capitals; at most `max_missing_names` count."""

    max_missing_names: int = _parameter(2, "names", 0, 10, "Nothing fits")
    """Missing names beyond this number say no more."""

    complete_evidence: float = _parameter(0.92, "evidence", -1, 3, "Nothing fits")
    """Least evidence of a passage that holds every word of the question."""

    missing_penalty: float = _parameter(0.3, "evidence per rarest word", 0, 1, "Nothing fits")
    """Penalty for lacking a word that occurs in a single passage; of several missing words, the rarest counts."""

    short_question_penalty: float = _parameter(0.4, "evidence, divided by words", 0, 1, "Nothing fits")
    """Penalty for a question of one word; half of it for two words, and so on."""

    bigram_weight: float = _parameter(0.14, "evidence per bigram", 0, 1, "Nothing fits")
    """Penalty for each bigram that a passage lacks, and bonus for each that it has beyond `short_bigrams`."""

    short_bigrams: int = _parameter(8, "bigrams", 0, 64, "Nothing fits")
    """Bigrams beyond this number count as extra evidence; up to this many are only one or two words."""

    other_source_factor: float = _parameter(0.8, "share of evidence", 0, 1, "Nothing fits")
    """Multiplier for passages by anyone but the named author."""

    named_source_bonus: float = _parameter(0.15, "evidence", 0, 1, "Nothing fits")
    """Bonus for passages by the named author or from the named source."""

    rare_language_bonus: float = _parameter(0.31, "evidence", 0, 1, "Nothing fits")
    """Bonus for a question in a language that few passages are in: few passages could have its words."""

    other_language_bonus: float = _parameter(0.25, "evidence", 0, 1, "Nothing fits")
    """Bonus for a question in another language than English, in a script with blanks."""

    unspaced_bonus: float = _parameter(0.35, "evidence", 0, 1, "Nothing fits")
    """Bonus for a question in a script without blanks, where pairs of characters that straddle two words are never found."""

    nowhere_penalty: float = _parameter(0.2, "evidence", 0, 1, "Nothing fits")
    """Penalty if none of the first passages holds any word of the question; if they hold a share of it, that much less."""

    unknown_word_penalty: float = _parameter(0.05, "evidence", 0, 1, "Nothing fits")
    """Penalty for a question with a word that no passage of the library has in any form."""

    considered: int = _parameter(5, "passages", 1, 50, "Nothing fits")
    """Passages at the head of the ranking that can justify an answer."""

    number_passages: int = _parameter(3, "passages", 0, 50, "Questions for a number")
    """A question for a number or a date is answered only if one of this many first passages has a number; 0 does not check."""

    named_score_factor: float = _parameter(1.25, "share of score", 1, 3, "Names")
    """Boost in the ranking for passages whose author or title the question names."""

    min_evidence_ratio: float = _parameter(0.5, "share of best", 0, 1, "Nothing fits")
    """A passage is quoted beside the best one with at least this share of its evidence."""

    strong_evidence: float = _parameter(1.5, "evidence", 0, 4, "Nothing fits")
    """Evidence of a first passage that probably answers the whole question."""

    min_strong_ratio: float = _parameter(0.75, "share of best", 0, 1, "Nothing fits")
    """A passage is quoted beside one with `strong_evidence` with at least this share of its evidence."""

    min_score_ratio: float = _parameter(0.4, "share of best", 0, 1, "Nothing fits")
    """A passage is quoted beside the best one with at least this share of its score."""

    near_passages: int = _parameter(3, "passages", 0, 50, "The first page")
    """A quote at most this many passages before or after the first one, in the same source, stands on the first page, if it has
    `near_score_ratio`."""

    near_score_ratio: float = _parameter(0.6, "share of the first one's", 0, 1, "The first page")
    """The least score of such a quote."""

    equal_score_ratio: float = _parameter(0.9, "share of the first one's", 0, 1, "The first page")
    """So does one with at least this share of the first one's score that holds every word of the question that the first one
    holds."""

    def __post_init__(self) -> None:
        _check_ranges(self)


@dataclass(frozen=True, slots=True)
class MeaningParameters:
    """Ranking, deciding and quoting by words together with meaning. Raises ValueError outside a range."""

    min_probability: float = _parameter(0.5, "probability", 0, 1, "Meaning")
    """Probability from which a question is answered. Training shifts the weights so that 0.5 is the right place."""

    weak_probability: float = _parameter(0.25, "probability", 0, 1, "Meaning")
    """Probability from which the nearest passage is shown and marked as such."""

    candidates: int = _parameter(300, "passages", 1, 10_000, "Meaning")
    """Best passages by words, and as many by meaning, that are ranked together."""

    closeness_weight: float = _parameter(0.7, "score", 0, 10, "Meaning")
    """Weight of closeness in the ranking; both it and the word score are scaled by their best. A model of the catalog may have a
    weight of its own: `bot.semantic.catalog.ModelCard.closeness_weights`."""

    least_word_evidence: float = _parameter(0.7, "evidence", -1, 3, "Meaning")
    """Best evidence up to which words have the least weight in the ranking."""

    min_word_weight: float = _parameter(0.1, "share of full weight", 0, 1, "Meaning")
    """Weight of words in the ranking where they say least: they still tell which of the passages that are near in meaning fits."""

    full_word_evidence: float = _parameter(1.6, "evidence", 0, 4, "Meaning")
    """Best evidence from which words have full weight in the ranking. Between the two, the weight grows with the square of the
    distance."""

    short_question_words: int = _parameter(2, "words", 0, 20, "What refuses by words and meaning")
    """A question of at most this many words is not answered by meaning if no first passage holds them all; 0 does not check."""

    evidence_scale: float = _parameter(1.5, "evidence", 0, 4, "Meaning")
    """Evidence that suggests a passage as strongly as a closeness of 1."""

    sufficient_evidence: float = _parameter(1.6, "evidence", 0, 4, "Meaning")
    """Evidence from which words alone answer, whatever the model says."""

    min_word_evidence: float = _parameter(0.9, "evidence", -1, 3, "Meaning")
    """Evidence that the best passage needs for any passage to be quoted for its words."""

    enough_word_evidence: float = _parameter(1.2, "evidence", 0, 4, "Meaning")
    """Best evidence from which no further passage is quoted for its meaning alone: beside good words it is mostly noise."""

    min_closeness_ratio: float = _parameter(0.8, "share of best", 0, 1, "Meaning")
    """A passage is quoted for its meaning alone if its closeness is at least this share of the best one."""

    min_closeness_ratio_alone: float = _parameter(0.65, "share of best", 0, 1, "Meaning")
    """The same if no passage is quoted for its words: then the right one is often not the closest."""

    typical_closeness: float = _parameter(0.9, "closeness", 0, 3, "Meaning")
    """Closeness of a typical passage that answers: beside quotes by words, the best one counts as at least this."""

    similar_closeness: float = _parameter(0.6, "closeness", 0, 3, "Meaning")
    """Closeness from which a passage is shown as similar to another ("More like this")."""

    def __post_init__(self) -> None:
        _check_ranges(self)


WORDS = WordParameters()
MEANING = MeaningParameters()
