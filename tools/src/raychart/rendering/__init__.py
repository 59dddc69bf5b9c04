"""Values rendered to manifests, in process or by the helm command, each different content once."""
