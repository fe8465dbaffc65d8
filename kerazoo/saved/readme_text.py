"""What the README of a saved model says of each kind of network, and how names stand in it."""

from __future__ import annotations

import html
import re

PIPELINES = {
    "rows of classes": "tabular-classification",
    "rows": "tabular-regression",
    "images of classes": "image-classification",
    "segmentation": "image-segmentation",
    "detection": "object-detection",
    "texts of classes": "text-classification",
    "series": "time-series-forecasting",
    "language": "text-generation",
    "generation": "unconditional-image-generation",
    "words": "feature-extraction",
}
"""What the Hub calls what a task does; the others have no name there."""

TAKES = {
    "rows": "It takes rows of a table with the columns below, each in the unit of the training.",
    "images": "It takes images, as files or as arrays of pixels from 0 to 255.",
    "segmentation": "It takes images, as files of any size or as arrays of pixels from 0 to 255, "
    "and tells the class of each pixel.",
    "detection": "It takes images, as files of any size or as arrays of pixels from 0 to 255, and "
    "draws a box around each object.",
    "texts": "It takes texts as they are: it splits them into words itself.",
    "series": "It takes the last rows of a series, and tells the next ones.",
    "words": "It has a vector for each word that it knows; similar words have similar vectors.",
    "language": "It takes the beginning of a text, and tells how likely each next word is.",
    "translation": "It takes texts as they are, and writes one for each, a character at a time.",
    "generation": "It compresses what it was trained on, or makes more that looks like it.",
    "ranking": "It takes users and items, and tells what these users think of those items.",
    "control": "It takes what is observed before each step, and tells what to do next.",
}

USES = {
    "rows": "kerazoo predict MODEL rows.csv",
    "images": "kerazoo predict MODEL image.png",
    "segmentation": "kerazoo predict MODEL image.png --masks masks",
    "detection": "kerazoo predict MODEL image.png --plot boxes.png",
    "texts": "kerazoo predict MODEL texts.txt",
    "series": "kerazoo predict MODEL series.csv",
    "words": "kerazoo predict MODEL WORD",
    "language": "kerazoo predict MODEL texts.txt",
    "translation": "kerazoo predict MODEL texts.txt",
    "generation": "kerazoo generate MODEL --out images.png",
    "ranking": "kerazoo predict MODEL --user NAME --top 10",
    "control": "kerazoo predict MODEL rows.csv\nkerazoo predict MODEL --play episode.gif",
}

NOT_CALIBRATED = {
    "generation": "What it makes is neither right nor wrong, so that nothing is calibrated.",
    "words": "Vectors are neither right nor wrong, so that nothing is calibrated.",
    "language": "Probabilities of the next word are as the network gives them, not calibrated. The "
    "perplexity above says how good they are on texts that it was not trained on.",
    "control": "What an agent does is judged by what an episode returns, not step by step, so that "
    "nothing is calibrated.",
    "translation": "The probability of what it writes is as the network gives it, not calibrated.",
}
"""What is said of tasks that no scores of validation rows are kept of."""

LIMITS = {
    "rows": (
        "Rows of another source, another time or another unit: it answers these, too, and says "
        "nothing. `kerazoo check` compares them with the training rows.",
        "Causes: a column that counts for an answer need not bring it about.",
    ),
    "images": (
        "Images of anything else: it names one of its classes whatever it is shown, and may be "
        "sure of it.",
    ),
    "segmentation": (
        "Images of anything else: each pixel gets one of its classes, whatever it shows.",
    ),
    "detection": (
        "Images of anything else: it passes over what it does not know, or takes it for what it "
        "knows.",
        "Crowds: two objects whose centers are close together are taken for one.",
    ),
    "texts": (
        "Texts of another kind or language than those of the training: words that it does not know "
        "are all one to it.",
    ),
    "series": (
        "Times unlike those it has seen: a forecast goes on as the past did. Compare it with the "
        "last value, and with the same day of the week before, as `kerazoo backtest` does.",
    ),
    "words": ("Facts: vectors tell in whose company words stand, with all prejudice in the text.",),
    "language": ("Facts: it writes what is likely in the texts it has read, true or not.",),
    "control": ("Another environment: what it sees there may look alike and mean something else.",),
    "translation": (
        "Texts of other forms than those of the training: it writes something for these, too, and "
        "may be sure of it.",
    ),
    "generation": ("Evidence: what it makes has never been there.",),
    "ranking": (
        "Users and items that were not there in training: of these it knows the mean only.",
    ),
}
SHARED_LIMITS = (
    "Decisions about people: nobody has measured whether it treats groups of them alike.",
    "Safety: it was made to learn from, and was tested on the data below and nothing else.",
)

_SPECIAL = re.compile(r"([\\`*_\[\]|#~$])")


def as_code(name: str) -> str:
    r"""Return a name as code, or as text if code could not hold it.

    Example:
        >>> as_code("free_sulfur"), as_code("a|b"), as_code("<b>")
        ('`free_sulfur`', 'a\\|b', '&lt;b&gt;')
    """
    name = " ".join(name.split())
    return f"`{name}`" if name and not re.search(r"[`|<>&\\]", name) else as_text(name)


def as_text(text: str) -> str:
    r"""Return text of somebody else's, of which Markdown and HTML make nothing.

    Example:
        >>> as_text("2 * 3 <!-- end -->")
        '2 \\* 3 &lt;!-- end --&gt;'
    """
    return _SPECIAL.sub(r"\\\1", html.escape(" ".join(text.split()), quote=False))
