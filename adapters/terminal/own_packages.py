"""Whether another distribution has put its files into Analects' own packages.

Analects is an application with an environment of its own. The names of its three packages are common, and other projects on the
package index have them, too: installed beside Analects, the one that comes later overwrites files of the other.
"""

from importlib.metadata import packages_distributions, version

from adapters.finding import Finding

PACKAGES = ("adapters", "bot", "corpus")
FIX = "give Analects an environment of its own: `uv tool install`, `pipx install`, or a new venv"


def foreign_packages() -> list[Finding]:
    """One finding for each package that another distribution has as well. None where all is well."""
    owners = packages_distributions()
    return [
        Finding(
            "packages",
            False,
            f"`{package}` belongs to {owner} {version(owner)} as well, which may have overwritten parts of Analects",
            FIX,
        )
        for package in PACKAGES
        for owner in sorted(set(owners.get(package, ())) - {"analects"})
    ]
