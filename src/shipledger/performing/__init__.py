"""Performs the verbs that edges may ask for, over the real parts: one file for each topic."""
