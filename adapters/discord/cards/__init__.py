"""What is shown: cards, buttons and forms as data; nothing here calls the platform."""
