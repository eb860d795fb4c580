"""`python -m bot` is `analects`."""

from adapters.terminal.main import main

if __name__ == "__main__":
    main()
