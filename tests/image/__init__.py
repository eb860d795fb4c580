"""Builds the image, runs it and checks it: `python -m tests.image`, called by `.ci/long`. pytest does not run these checks.

`engines` builds and runs the image with Docker, or with buildah and this machine's namespaces. `checks` and `variables` contain the
checks. `layers` reads the files of the image.
"""
