"""A folder on disk: which files count, their bytes, their cache and their changes. It knows no layout."""
