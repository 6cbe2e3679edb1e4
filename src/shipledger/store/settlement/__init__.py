"""The transaction that settles a batch of receipts."""
