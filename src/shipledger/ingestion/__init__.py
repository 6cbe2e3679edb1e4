"""The one way in: from a durable receipt to its verdict."""
