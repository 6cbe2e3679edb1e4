"""A made-up company and the year that its CI jobs reported, to try the program with."""
