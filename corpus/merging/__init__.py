"""Many notes to one library: copies merged, private ones left out, ids given. It reads no files."""
