"""The library as tools of the Model Context Protocol, for assistants. It shows what the other platforms show, and no more."""
