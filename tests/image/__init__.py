"""The image, really built and run: `python -m tests.image`, called by `.ci/long`. Not part of pytest's run.

`engines` builds and starts (Docker, or buildah and namespaces of this machine), `checks` and `variables` hold the checks,
`layers` reads the files of an image.
"""
