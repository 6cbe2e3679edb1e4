"""The one way in: from a receipt that is durable to a verdict that is kept."""
