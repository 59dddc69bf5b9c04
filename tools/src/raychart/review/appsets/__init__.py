"""Argo CD ApplicationSets: which Applications their generators make, as far as the repository says it."""
