"""Two states of a repository, compared for whoever reviews the change."""
