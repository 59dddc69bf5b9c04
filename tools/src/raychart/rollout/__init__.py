"""Bring the running pods of a namespace's clusters in line by hand, with the Jobs that the chart makes for it."""
