"""Deploy values files to a real cluster, use the Ray clusters as applications do, and say what happened."""
