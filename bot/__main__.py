"""`python -m bot` is `analects`."""

from adapters.terminal.entry import main

if __name__ == "__main__":
    main()
