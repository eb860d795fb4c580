"""What devices and apps for reading write themselves: Kindle, KOReader, Apple Books, and others. It knows no other layouts."""
