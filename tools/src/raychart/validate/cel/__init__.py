"""Rules in CEL that CRDs have (x-kubernetes-validations), applied to objects as the API server does."""
