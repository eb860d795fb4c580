"""`python -m bot` is `analects`."""

from adapters.terminal.cli import main

if __name__ == "__main__":
    main()
