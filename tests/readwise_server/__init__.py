"""Readwise's API v2 on loopback, written from its documentation. The tests run the real client against it.

async with ReadwiseServer() as readwise:
    book = readwise.account.add_source(title="The Tide Clock", author="Mara Quill")
    readwise.account.add_highlight(book, "Water keeps its own calendar.")
    readwise.settings          # READWISE_TOKEN and READWISE_API_URL for the bot
"""

from .account import Account, Highlight, Source
from .faults import Fault
from .server import ReadwiseServer

__all__ = ["Account", "Fault", "Highlight", "ReadwiseServer", "Source"]
