"""The outbox: messages to other systems, which are sent until they are taken. Pure; ``duties/outbox.py`` sends them."""
