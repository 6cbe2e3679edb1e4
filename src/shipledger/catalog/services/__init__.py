"""Services as an aggregate: what may be asked of one, how that is decided, and what its entries make of it. Pure."""
