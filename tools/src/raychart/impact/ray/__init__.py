"""What changes of Ray's own objects do, as KubeRay 1.7 treats them."""
