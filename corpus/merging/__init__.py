"""Makes one library of many notes: merges copies, leaves out private highlights, assigns ids. It reads no files."""
