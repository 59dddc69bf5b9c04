"""What Kubernetes' validation code asks of values beyond its schemas, by definition, wherever one is used."""
