"""Makes one library of many notes: merges copies, leaves private ones out, gives ids. It reads no files."""
