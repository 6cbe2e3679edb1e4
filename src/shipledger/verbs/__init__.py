"""What an edge, a protocol or a page, may ask of the ledger: one small contract for each topic."""
