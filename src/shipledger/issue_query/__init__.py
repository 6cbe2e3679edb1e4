"""A small language that finds issues by what was deployed of them, in the manner of JQL. Pure."""
