"""Whether another distribution has put its files into Analects' own packages.

Analects is an application with an environment of its own. The names of its three packages are common: other projects on the package
index use them, too. If one is installed beside Analects, the later installation overwrites files of the earlier one.
"""

from importlib.metadata import Distribution, distributions

from adapters.finding import Finding

PACKAGES = ("adapters", "bot", "corpus")
FIX = "give Analects an environment of its own: `uv tool install`, `pipx install`, or a new venv"


def foreign_packages() -> list[Finding]:
    """A finding for each package that another distribution has, too. Empty if there is none."""
    return [
        Finding(
            "packages",
            False,
            f"`{package}` belongs to {owner.name} {owner.version} as well, which may have overwritten parts of Analects",
            FIX,
        )
        for owner in sorted(distributions(), key=lambda distribution: distribution.name)
        if owner.name != "analects"
        for package in sorted(_folders(owner).intersection(PACKAGES))
    ]


def _folders(owner: Distribution) -> set[str]:
    """The top-level folders of a distribution, from its RECORD. `Distribution.files` parses that file, too, but eight times
    slower."""
    return {line.partition("/")[0] for line in (owner.read_text("RECORD") or "").splitlines()}
