"""The lives of credentials as an aggregate: who issued which, who replaced it, who ended it. Without secrets. Pure."""
