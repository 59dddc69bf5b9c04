"""A stand-in for the KubeRay operator, for tests on machines that cannot pull the real one."""
