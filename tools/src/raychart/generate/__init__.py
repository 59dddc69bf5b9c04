"""Values files of short specs: spec.py reads, choose.py decides, write.py writes, merge.py keeps what was edited."""
