"""Manifests held against the schemas and rules of Kubernetes and KubeRay."""
