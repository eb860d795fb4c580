"""Saves messages from chat as highlights: `Saver` decides who may and answers; a `MessageStore` keeps them, as notes in a folder
(`store`) or elsewhere."""
