"""Tables: the CSV files in, typed frames out, every fault named by file, row and column."""
