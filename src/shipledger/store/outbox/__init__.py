"""The outbox: messages, who gets them, and the log of attempts."""
