"""What a CI job tells of a deployment, and how it reaches a server: the client's side, which protocols share with commands."""
