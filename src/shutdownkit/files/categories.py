"""Plain names for the categories of Citizen Lab's test lists."""

from __future__ import annotations

__all__ = ["category_name"]

_NAMES = {
    "ALDR": ("drugs", "Alcohol and drugs"),
    "ANON": ("circumvention", "Circumvention tools"),
    "COMM": ("shopping", "Shopping"),
    "COMT": ("communication", "Communication tools"),
    "CTRL": ("control", "Harmless sites, to compare with"),
    "CULTR": ("culture", "Culture"),
    "DATE": ("dating", "Dating"),
    "ECON": ("economics", "Economics"),
    "ENV": ("environment", "Environment"),
    "FILE": ("file-sharing", "File sharing"),
    "GAME": ("games", "Games"),
    "GMB": ("gambling", "Gambling"),
    "GOVT": ("government", "Government"),
    "GRP": ("social-networks", "Social networks"),
    "HACK": ("hacking", "Hacking tools"),
    "HATE": ("hate-speech", "Hate speech"),
    "HOST": ("hosting", "Hosting and blogs"),
    "HUMR": ("human-rights", "Human rights"),
    "IGO": ("international-organisations", "Organisations of states"),
    "LGBT": ("lgbt", "LGBT"),
    "MILX": ("militants", "Militants"),
    "MISC": ("miscellaneous", "Miscellaneous"),
    "MMED": ("media-sharing", "Sharing of video, sound and pictures"),
    "NEWS": ("news", "News media"),
    "POLR": ("political-criticism", "Political criticism"),
    "PORN": ("pornography", "Pornography"),
    "PROV": ("provocative-attire", "Provocative attire"),
    "PUBH": ("public-health", "Public health"),
    "REL": ("religion", "Religion"),
    "SRCH": ("search", "Search engines"),
    "XED": ("sex-education", "Sex education"),
}


def category_name(code: str, description: str = "") -> tuple[str, str]:
    """The name and the title of a category.

    Args:
        code: of the test list, such as ``NEWS``; one that is not known keeps it for its name.
        description: the list's own words, the title of a code that is not known.
    """
    return _NAMES.get(code, (code, description.strip() or code))
