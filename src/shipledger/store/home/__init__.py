"""What Home asks: how much there is of what, what is open, and when somebody looked last."""
